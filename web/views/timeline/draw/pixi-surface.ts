import 'pixi.js/unsafe-eval'
import { Buffer, BufferUsage, Container, Geometry, Mesh, Shader, UniformGroup, WebGLRenderer } from 'pixi.js'
import { FLOATS, type Batch } from './instances.ts'
import { fragment, PAINTS, vertex } from './shader.ts'
import type { Placed, Surface } from './surface.ts'

const CORNERS = new Float32Array([0, 0, 1, 0, 1, 1, 0, 1])
const TRIANGLES = new Uint32Array([0, 1, 2, 0, 2, 3])

/** A row as it is drawn: what changes from frame to frame is in its uniforms. */
class Quads {
  readonly uniforms = new UniformGroup({
    uTime: { value: new Float32Array(4), type: 'vec4<f32>' },
    uRow: { value: new Float32Array(4), type: 'vec4<f32>' },
    uClip: { value: new Float32Array(4), type: 'vec4<f32>' },
  })
  readonly mesh: Mesh<Geometry, Shader>

  constructor(program: Shader['glProgram'], shared: UniformGroup, geometry: Geometry) {
    const shader = new Shader({ glProgram: program, resources: { row: this.uniforms, shared } })
    this.mesh = new Mesh({ geometry, shader })
  }

  place(placed: Placed, geometry: Geometry): void {
    const { scale, shift, top, height, low, high, isLogarithmic, dots, left, right, above, below } = placed
    const { uTime, uRow, uClip } = this.uniforms.uniforms
    uTime.set([scale, shift, isLogarithmic ? 1 : 0, dots])
    uRow.set([top, height, low, high])
    uClip.set([left, right, above, below])
    this.uniforms.update()
    if (this.mesh.geometry !== geometry) this.mesh.geometry = geometry
    this.mesh.visible = true
  }
}

/** Instanced quads, all rows by one program: pan and zoom upload nothing but a few uniforms. */
export async function pixiSurface(canvas: HTMLCanvasElement): Promise<Surface> {
  const renderer = new WebGLRenderer<HTMLCanvasElement>()
  await renderer.init({
    canvas,
    backgroundAlpha: 0,
    antialias: false,
    autoDensity: false,
    clearBeforeRender: true,
  })
  const stage = new Container({ interactiveChildren: false })
  const size = new Float32Array(4)
  const colours = new Float32Array(4 * PAINTS)
  const shared = new UniformGroup({
    uSize: { value: size, type: 'vec4<f32>' },
    uPaints: { value: colours, type: 'vec4<f32>', size: PAINTS },
  })
  const { glProgram } = Shader.from({ gl: { vertex, fragment, name: 'timeline' }, resources: { shared } })
  const corners = new Buffer({ data: CORNERS, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST })
  const triangles = new Buffer({ data: TRIANGLES, usage: BufferUsage.INDEX | BufferUsage.COPY_DST })
  const uploads = new Map<Batch, { readonly geometry: Geometry; readonly data: Buffer }>()
  const pool: Quads[] = []

  const uploadOf = (batch: Batch): { readonly geometry: Geometry; readonly data: Buffer } => {
    let known = uploads.get(batch)
    if (!known) {
      const data = new Buffer({ data: batch.quads, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST })
      const attribute = { buffer: data, stride: 4 * FLOATS, instance: true } as const
      const geometry = new Geometry({
        attributes: {
          aPosition: { buffer: corners, format: 'float32x2', stride: 8, offset: 0 },
          aBox: { ...attribute, format: 'float32x4', offset: 0 },
          aStyle: { ...attribute, format: 'float32', offset: 16 },
        },
        indexBuffer: triangles,
        instanceCount: batch.count,
      })
      uploads.set(batch, (known = { geometry, data }))
    }
    return known
  }

  const forget = (kept: ReadonlySet<Batch>): void => {
    for (const [batch, { geometry, data }] of uploads)
      if (!kept.has(batch)) {
        uploads.delete(batch)
        geometry.unload()
        data.destroy()
      }
  }

  return {
    isPlain: false,
    setColours: (values) => {
      colours.set(values.subarray(0, colours.length))
      shared.update()
    },
    resize: (width, height, pixelRatio) => {
      renderer.resize(width, height, pixelRatio)
      size.set([width, height, pixelRatio, 0])
      shared.update()
    },
    load: (batches) => {
      forget(batches)
      for (const batch of batches) if (batch.count > 0) renderer.buffer.updateBuffer(uploadOf(batch).data)
    },
    draw: (all) => {
      let at = 0
      for (const placed of all) {
        if (placed.batch.count === 0) continue
        const { geometry } = uploadOf(placed.batch)
        let quads = pool[at]
        if (!quads) {
          quads = new Quads(glProgram, shared, geometry)
          pool.push(quads)
          stage.addChild(quads.mesh)
        }
        quads.place(placed, geometry)
        at += 1
      }
      for (; at < pool.length; at++) {
        const mesh = pool[at]?.mesh
        if (mesh) mesh.visible = false
      }
      renderer.render({ container: stage })
    },
    destroy: () => {
      renderer.destroy()
    },
  }
}
