import { FLOATS, Shape } from './instances.ts'
import { fractionOf, LINE, type Placed, type Surface } from './surface.ts'

/** The same quads on a plain canvas, where there is no WebGL. */
export function canvasSurface(canvas: HTMLCanvasElement): Surface {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser draws on no canvas')
  let colours: readonly string[] = []
  let ratio = 1
  return {
    isPlain: true,
    setColours: (values) => {
      colours = Array.from({ length: values.length / 4 }, (_, i) => {
        const [r = 0, g = 0, b = 0] = values.subarray(4 * i, 4 * i + 3)
        return `rgb(${Math.round(255 * r)} ${Math.round(255 * g)} ${Math.round(255 * b)})`
      })
    },
    resize: (width, height, pixelRatio) => {
      ratio = pixelRatio
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(height * ratio)
    },
    load: () => undefined,
    draw: (all) => {
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      context.clearRect(0, 0, canvas.width, canvas.height)
      for (const placed of all) drawBatch(context, placed, colours)
      context.globalAlpha = 1
    },
    destroy: () => undefined,
  }
}

function drawBatch(context: CanvasRenderingContext2D, placed: Placed, colours: readonly string[]): void {
  const { batch, scale, shift, top, height, left, right, above, below, dots } = placed
  const { quads, count } = batch
  let drawn = -1
  for (let i = 0; i < count; i++) {
    const at = i * FLOATS
    let x0 = (quads[at] ?? 0) * scale + shift
    let x1 = (quads[at + 1] ?? 0) * scale + shift
    if (x1 < left - dots || x0 > right + dots) continue
    let y0 = top + (1 - fractionOf(quads[at + 3] ?? 0, placed)) * height
    let y1 = top + (1 - fractionOf(quads[at + 2] ?? 0, placed)) * height
    const style = quads[at + 4] ?? 0
    const shape = Math.floor(style / 65_536)
    if (shape === Shape.dot) {
      if (dots === 0) continue
      ;[x0, x1, y0, y1] = [x0 - dots / 2, x0 + dots / 2, y0 - dots / 2, y0 + dots / 2]
    } else if (shape === Shape.level) {
      ;[y0, y1] = [y0 - LINE / 2, y0 + LINE / 2]
      x1 = Math.max(x1, x0 + 1)
    } else if (shape === Shape.riser) {
      ;[x0, x1] = [x0 - LINE / 2, x0 + LINE / 2]
    } else {
      if (shape === Shape.parted && x1 - x0 > 3) x1 -= 1
      x1 = Math.max(x1, x0 + 1)
      y1 = Math.max(y1, y0 + 1)
    }
    x0 = Math.max(x0, left)
    x1 = Math.min(x1, right)
    y0 = Math.max(y0, above)
    y1 = Math.min(y1, below)
    if (x1 <= x0 || y1 <= y0) continue
    if (style !== drawn) {
      drawn = style
      context.globalAlpha = (style % 256) / 255
      context.fillStyle = colours[Math.floor(style / 256) % 256] ?? '#888'
    }
    context.fillRect(x0, y0, x1 - x0, y1 - y0)
  }
}
