import { effect, untracked } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { theme } from '../../../state/theme.ts'
import { canvasSurface } from '../draw/canvas-surface.ts'
import { coloursNow } from '../draw/colours.ts'
import { Overlay } from '../draw/overlay.ts'
import { batchesOf, sceneOf } from '../draw/scene.ts'
import type { Surface } from '../draw/surface.ts'
import type { TrackRow } from '../model/rows.ts'
import { dependOn } from '../state/depend-on.ts'
import { keepLoaded } from '../state/keep-loaded.ts'
import { frameMeter } from '../state/frame-meter.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import styles from '../timeline.module.css'
import { Labels } from './labels.tsx'
import { listen } from './pointer.ts'
import { Tip } from './tip.tsx'

/** The rows and the ruler over them. */
export function Stage({
  state,
  nameOf,
}: {
  readonly state: TimelineState
  readonly nameOf: (row: TrackRow, name: string) => string
}) {
  const element = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const under = useRef<HTMLCanvasElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!element.current || !canvas.current || !overlay.current || !under.current || !scroller.current) return
    const drawing = begin(state, element.current, canvas.current, [overlay.current, under.current], nameOf)
    const silence = listen(state, element.current, scroller.current)
    const stop = keepLoaded(state)
    return () => {
      stop()
      silence()
      drawing()
    }
  }, [state])
  return (
    <div
      class={styles['stage']}
      ref={element}
      role="application"
      aria-label="Timeline: drag to select, Ctrl and wheel to zoom"
      aria-describedby="timeline-statistics"
      tabIndex={0}
    >
      <div class={styles['canvases']}>
        <canvas ref={under} aria-hidden="true" />
        <canvas ref={canvas} aria-hidden="true" />
        <canvas ref={overlay} aria-hidden="true" />
      </div>
      <Labels state={state} scroller={scroller} />
      <Tip state={state} nameOf={nameOf} />
    </div>
  )
}

/** Draws when something has changed, and only then. */
function begin(
  state: TimelineState,
  element: HTMLElement,
  canvas: HTMLCanvasElement,
  [over, under]: readonly [HTMLCanvasElement, HTMLCanvasElement],
  nameOf: (row: TrackRow, name: string) => string,
): () => void {
  let surface: Surface | undefined
  let isOver = false
  let asked = 0
  let size = ''
  let loaded = -1
  const overlay = new Overlay(over, under, state, nameOf)
  const frame = (): void => {
    asked = 0
    if (!surface || state.width.value === 0) return
    const began = performance.now()
    untracked(() => {
      const [width, height, ratio] = [state.width.value, state.height.value, devicePixelRatio]
      const now = `${width} ${height} ${ratio}`
      if (now !== size) {
        size = now
        surface?.resize(width, height, ratio)
        overlay.resize(width, height, ratio)
      }
      if (state.loaded.value !== loaded) {
        loaded = state.loaded.value
        surface?.load(batchesOf(state))
      }
      surface?.draw(sceneOf(state))
      overlay.draw()
    })
    frameMeter.add(performance.now() - began)
    if (state.loaded.peek() > 0) element.dataset['loaded'] = ''
  }
  const ask = (): void => {
    asked ||= requestAnimationFrame(frame)
  }
  const observer = new ResizeObserver(() => {
    const narrow = element.clientWidth < 720
    state.labelWidth.value = narrow ? 0 : 208
    state.resize(Math.max(element.clientWidth - state.labelWidth.value, 1), element.clientHeight)
  })
  observer.observe(element)
  void surfaceOn(canvas).then((made) => {
    if (isOver) {
      made.destroy()
      return
    }
    surface = made
    loaded = -1
    canvas.dataset['plain'] = String(made.isPlain)
    const colours = coloursNow()
    made.setColours(colours.paints)
    overlay.setColours(colours)
    ask()
  })
  void document.fonts.ready.then(ask)
  const undo = [
    effect(() => {
      dependOn(theme.value)
      // The attribute that colours hang on is set by another effect of the same change.
      queueMicrotask(() => {
        const colours = coloursNow()
        surface?.setColours(colours.paints)
        overlay.setColours(colours)
        ask()
      })
    }),
    effect(() => {
      dependOn(
        state.camera.value,
        state.width.value,
        state.height.value,
        state.scroll.value,
        state.selection.value,
      )
      dependOn(
        state.markers.value,
        state.names.all.value,
        state.measuredShift.value,
        state.rows.value,
        state.isLogarithmic.value,
        state.isTight.value,
      )
      dependOn(state.hover.value, state.loaded.value, state.sources.value)
      ask()
    }),
  ]
  return () => {
    isOver = true
    observer.disconnect()
    for (const one of undo) one()
    if (asked) cancelAnimationFrame(asked)
    surface?.destroy()
  }
}

async function surfaceOn(canvas: HTMLCanvasElement): Promise<Surface> {
  try {
    // A context cannot change its kind: whether there is WebGL is tried on another canvas.
    if (!document.createElement('canvas').getContext('webgl2')) return canvasSurface(canvas)
    const { pixiSurface } = await import('../draw/pixi-surface.ts')
    return await pixiSurface(canvas)
  } catch {
    const plain = document.createElement('canvas')
    canvas.replaceWith(plain)
    return canvasSurface(plain)
  }
}
