import { batch } from '@preact/signals'
import { alignMeasured, measuredOf } from '../../../state/measured.ts'
import { zoomed } from '../model/camera.ts'
import { exactly } from '../model/text.ts'
import { BOARD, DIFFERENCE } from '../state/track-ids.ts'
import { RULER, type TimelineState } from '../state/timeline-state.ts'

/** Pixels that a press may move and still be a click. */
const CLICK = 4
const EDGE = 5

type Drag =
  | { readonly kind: 'select'; readonly anchor: number; moved: boolean; readonly x: number }
  | { readonly kind: 'pan'; x: number }
  | { readonly kind: 'measured'; readonly x: number }

/** Mouse, touch and wheel on the stage. */
export function listen(state: TimelineState, element: HTMLElement, scroller: HTMLElement): () => void {
  let drag: Drag | undefined
  const touches = new Map<number, number>()
  const placeOf = (event: MouseEvent): { readonly x: number; readonly y: number } => {
    const { left, top } = element.getBoundingClientRect()
    return { x: event.clientX - left - state.labelWidth.value, y: event.clientY - top }
  }
  const isControl = ({ target }: Event): boolean =>
    target instanceof Element && target.closest('button, [data-label]') !== null

  const down = (event: PointerEvent): void => {
    if (isControl(event)) return
    const { x, y } = placeOf(event)
    if (x < 0) return
    if (event.pointerType === 'touch') {
      touches.set(event.pointerId, x)
      drag = touches.size === 1 ? { kind: 'pan', x } : undefined
      if (touches.size === 1) state.point(x, y)
      return
    }
    element.setPointerCapture(event.pointerId)
    element.focus({ preventScroll: true })
    if (event.button === 1 || event.shiftKey || y < RULER) drag = { kind: 'pan', x }
    else if (event.button === 0 && state.movesMeasured.value && isOnCurrent(state, y))
      drag = { kind: 'measured', x }
    else if (event.button === 0)
      drag = { kind: 'select', anchor: anchorOf(state, x, y, event.altKey), moved: false, x }
  }

  const move = (event: PointerEvent): void => {
    const { x, y } = placeOf(event)
    if (event.pointerType === 'touch') {
      touch(event.pointerId, x)
      return
    }
    batch(() => {
      if (drag?.kind === 'pan') {
        state.pan(drag.x - x)
        drag.x = x
      } else if (drag?.kind === 'measured')
        state.measuredShift.value = (x - drag.x) * state.camera.value.perPixel
      else if (drag && (drag.moved || Math.abs(x - drag.x) > CLICK)) {
        drag.moved = true
        state.select(drag.anchor, state.snapped(x, y, event.altKey))
      }
      if (x >= 0 && !isControl(event)) state.point(x, y)
      else state.hover.value = undefined
    })
    element.style.cursor =
      drag?.kind === 'pan' || drag?.kind === 'measured'
        ? 'grabbing'
        : y < RULER || (state.movesMeasured.value && isOnCurrent(state, y))
          ? 'grab'
          : x >= 0 && isEdge(state, x)
            ? 'ew-resize'
            : ''
  }

  const touch = (id: number, x: number): void => {
    const before = touches.get(id)
    if (before === undefined) return
    const other = [...touches].find(([one]) => one !== id)?.[1]
    if (other === undefined) state.pan(before - x)
    else if (Math.abs(x - other) > 8 && Math.abs(before - other) > 8)
      state.zoom(Math.abs(before - other) / Math.abs(x - other), (x + other) / 2)
    touches.set(id, x)
  }

  const up = (event: PointerEvent): void => {
    touches.delete(event.pointerId)
    if (drag?.kind === 'measured') void moveMeasured(state)
    if (drag?.kind === 'select' && !drag.moved) click(state, placeOf(event))
    drag = undefined
  }

  const wheel = (event: WheelEvent): void => {
    const { x, y } = placeOf(event)
    const isFixed =
      y < RULER + state.rows.value.pinnedHeight || scroller.scrollHeight <= scroller.clientHeight
    if (x < 0) return
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
      state.pan(event.deltaX || event.deltaY)
    else if (event.ctrlKey || event.metaKey || isFixed)
      state.zoom(Math.exp(Math.max(Math.min(event.deltaY, 120), -120) * 0.004), x)
    else return
    event.preventDefault()
    state.point(x, y)
  }

  const twice = (event: MouseEvent): void => {
    if (isControl(event)) return
    const { x, y } = placeOf(event)
    const row = state.rowAt(y)
    const found =
      row &&
      state.found(
        row,
        zoomed(state.camera.value, x, 1, state.extent.value, state.width.value).from +
          x * state.camera.value.perPixel,
        y,
      )
    if (found && found.kind !== 'lines' && found.end > found.begin)
      state.fit({ from: found.begin, to: found.end }, 0.1)
  }

  const leave = (): void => {
    state.hover.value = undefined
  }

  const listeners = {
    pointerdown: down,
    pointermove: move,
    pointerup: up,
    pointercancel: up,
    wheel,
    dblclick: twice,
    pointerleave: leave,
  }
  const all = Object.entries(listeners) as [string, (event: Event) => void][]
  for (const [name, listener] of all) element.addEventListener(name, listener, { passive: false })
  return () => {
    for (const [name, listener] of all) element.removeEventListener(name, listener)
  }
}

/** At an edge of the selection its other edge stays. */
function anchorOf(state: TimelineState, x: number, y: number, isFree: boolean): number {
  const selection = state.selection.value
  if (selection) {
    if (Math.abs(state.pixelOf(selection.from) - x) < EDGE) return selection.to
    if (Math.abs(state.pixelOf(selection.to) - x) < EDGE) return selection.from
  }
  return state.snapped(x, y, isFree)
}

const isEdge = (state: TimelineState, x: number): boolean => {
  const selection = state.selection.value
  return (
    selection !== undefined &&
    [selection.from, selection.to].some((cycle) => Math.abs(state.pixelOf(cycle) - x) < EDGE)
  )
}

const isOnCurrent = (state: TimelineState, y: number): boolean => {
  const id = state.rowAt(y)?.info.id
  return id === BOARD || id === DIFFERENCE
}

/** Laid where it was dragged to; drawn there meanwhile. */
async function moveMeasured(state: TimelineState): Promise<void> {
  const offset = measuredOf(state.run).facts.value?.offset
  const cycle = Math.round((offset ?? 0) + state.measuredShift.value)
  if (offset === undefined || cycle === Math.round(offset)) return
  await alignMeasured(state.run, `at:${cycle < 0 ? '-' : ''}${exactly(Math.abs(cycle)).replace(' ', '')}`)
  state.measuredShift.value = 0
}

/** What is there is selected; where there is nothing, nothing is. */
function click(state: TimelineState, { x, y }: { readonly x: number; readonly y: number }): void {
  state.point(x, y)
  const { row, found } = state.hover.value ?? {}
  const offset = row ? (state.sourceOf(row.run)?.offset ?? 0) : 0
  const isThing =
    found && (found.kind === 'span' || (found.kind === 'state' && found.isWhole)) && found.end > found.begin
  if (isThing) state.select(found.begin + offset, found.end + offset)
  else state.selection.value = undefined
}
