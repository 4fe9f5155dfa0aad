import type { Loaded } from '../state/loader.ts'
import { RULER, type TimelineState } from '../state/timeline-state.ts'
import type { Source } from '../state/source.ts'
import type { TrackRow } from '../model/rows.ts'
import { BOARD, DIFFERENCE, MEASURED } from '../state/track-ids.ts'
import type { Placed } from './surface.ts'

export interface Axis {
  readonly low: number
  readonly high: number
  readonly isLogarithmic: boolean
}

const PLAIN: Axis = { low: 0, high: 1, isLogarithmic: false }
/** Quads reach so far beyond their time: a pixel, or a dot. */
const EDGE = 8
/** Where true changes are so far from each other, they have dots. */
const DOT_DISTANCE = 24

/** What is drawn in a frame, from the back to the front; nothing that is made here is uploaded. */
export function sceneOf(state: TimelineState): readonly Placed[] {
  const all: Placed[] = []
  const { pinned, pinnedHeight, rows } = state.rows.value
  const [height, scroll] = [state.height.value, state.scroll.value]
  for (const row of rows) {
    if (row.kind !== 'track') continue
    const top = row.top - scroll + pinnedHeight + RULER
    if (top > height || top + row.height < RULER + pinnedHeight) continue
    addRow(state, row, all)
  }
  for (const row of pinned) addRow(state, row, all)
  return all
}

/** What is near, and beside it what is known of all. */
function addRow(state: TimelineState, row: TrackRow, all: Placed[]): void {
  const source = state.sourceOf(row.run)
  if (!source) return
  const { near, all: whole } = source.loader
  const axis = axisOf(state, source, row)
  const width = state.width.value
  const [nearFrom, nearTo] = near?.batches.has(row.info.id)
    ? [state.pixelOf(near.from + source.offset), state.pixelOf(near.to + source.offset)]
    : [0, 0]
  const add = (loaded: Loaded | undefined, id: string, left: number, right: number): void => {
    const [from, to] = [Math.max(left, 0), Math.min(right, width)]
    if (!loaded || from >= to) return
    const { perPixel } = state.camera.value
    const dots = loaded === near ? dotsOf(loaded, id, perPixel) : 0
    const moved = id === MEASURED ? state.measuredShift.value : 0
    for (const batch of loaded.batches.get(id) ?? []) {
      const shift = state.pixelOf(batch.origin + source.offset + moved)
      if (batch.to / perPixel + shift < from - EDGE || batch.from / perPixel + shift > to + EDGE) continue
      all.push({
        batch,
        scale: 1 / perPixel,
        shift,
        top: state.topOf(row),
        height: row.height,
        ...axis,
        dots,
        left: from,
        right: to,
        above: row.isPinned ? RULER : RULER + state.rows.value.pinnedHeight,
        below: state.height.value,
      })
    }
  }
  for (const id of row.info.id === BOARD ? [BOARD, MEASURED] : [row.info.id])
    if (nearFrom >= nearTo) add(whole, id, 0, width)
    else {
      add(whole, id, 0, nearFrom)
      add(whole, id, nearTo, width)
      add(near, id, nearFrom, nearTo)
    }
}

function dotsOf(loaded: Loaded, id: string, perPixel: number): number {
  const drawing = loaded.drawings[id]
  if (drawing?.kind !== 'level') return 0
  const pixels = (loaded.to - loaded.from) / perPixel
  return drawing.begins.length > 0 && pixels / drawing.begins.length > DOT_DISTANCE ? 5 : 0
}

/**
 * Of a level: from nothing to what it ever comes to, or to what is in view, round, in all runs that are drawn; of samples,
 * all of them.
 */
export function axisOf(state: TimelineState, source: Source, { info }: TrackRow): Axis {
  if (info.kind !== 'level' && info.decoded !== 'samples') return PLAIN
  const loaded = state.isTight.value ? (source.loader.near ?? source.loader.all) : source.loader.all
  const drawing = loaded?.drawings[info.id]
  const others = state.sources.value.flatMap(({ loader: { all } }) => {
    const other = all?.drawings[info.id]
    return all && all !== source.loader.all && other?.kind === 'level' ? [other] : []
  })
  if (!loaded || !drawing) return PLAIN
  const { from, to } = state.view.value
  const view = state.isTight.value ? { from: from - source.offset, to: to - source.offset } : undefined
  const key = `${info.id} ${String(state.isLogarithmic.value)}`
  const known = axes.get(loaded)?.get(key)
  if (known && !view && others.length === 0) return known
  const axis =
    drawing.kind === 'lines'
      ? linesAxis(drawing)
      : drawing.kind === 'level'
        ? info.id === DIFFERENCE
          ? differenceAxis(drawing, view)
          : levelAxis(
              [drawing, ...(info.id === BOARD ? measuredIn(loaded) : []), ...others],
              state.isLogarithmic.value && info.unit === 'pA',
              view,
            )
        : PLAIN
  if (!axes.has(loaded)) axes.set(loaded, new Map())
  axes.get(loaded)?.set(key, axis)
  return axis
}

const axes = new WeakMap<Loaded, Map<string, Axis>>()

interface Levels {
  readonly begins: Float64Array
  readonly ends: Float64Array
  readonly minimum: Float64Array
  readonly maximum: Float64Array
}

function extremes(
  { begins, ends, minimum, maximum }: Levels,
  view?: { readonly from: number; readonly to: number },
): readonly [least: number, most: number] {
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < begins.length; i++) {
    if (view && ((ends[i] ?? 0) < view.from || (begins[i] ?? 0) > view.to)) continue
    least = Math.min(least, minimum[i] ?? Infinity)
    most = Math.max(most, maximum[i] ?? -Infinity)
  }
  return [least, most]
}

const measuredIn = ({ drawings }: Loaded): readonly Levels[] => {
  const measured = drawings[MEASURED]
  return measured?.kind === 'level' ? [measured] : []
}

/** As far above nothing as below. */
function differenceAxis(drawing: Levels, view?: { readonly from: number; readonly to: number }): Axis {
  const [least, most] = extremes(drawing, view)
  const high = 1.1 * Math.max(Math.abs(least), Math.abs(most))
  return high > 0 && high < Infinity ? { low: -high, high, isLogarithmic: false } : PLAIN
}

function levelAxis(
  drawn: readonly Levels[],
  isLogarithmic: boolean,
  view?: { readonly from: number; readonly to: number },
): Axis {
  const all = drawn.map((one) => extremes(one, view))
  const [least, most] = [Math.min(...all.map(([one]) => one)), Math.max(...all.map(([, one]) => one))]
  if (!(most > 0)) return { low: 0, high: 1, isLogarithmic: false }
  if (!isLogarithmic) return { low: 0, high: most * 1.06, isLogarithmic: false }
  const low = Math.floor(Math.log10(Math.max(least, most / 1e6, 1e3)))
  return {
    low: Math.min(low, Math.ceil(Math.log10(most)) - 1),
    high: Math.log10(most * 1.4),
    isLogarithmic: true,
  }
}

function linesAxis({ lines }: { readonly lines: readonly Levels[] }): Axis {
  const all = lines.map((line) => extremes(line))
  const [least, most] = [Math.min(...all.map(([one]) => one)), Math.max(...all.map(([, one]) => one))]
  const margin = (most - least) * 0.05 || 1
  return { low: least - margin, high: most + margin, isLogarithmic: false }
}
