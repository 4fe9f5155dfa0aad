import type { Loaded } from '../state/loader.ts'
import { RULER, type TimelineState } from '../state/timeline-state.ts'
import type { Source } from '../state/source.ts'
import type { Extent } from '../model/camera.ts'
import { lanesOf, type Lane } from '../model/lanes.ts'
import type { TrackRow } from '../model/rows.ts'
import { BOARD, DIFFERENCE, MEASURED } from '../state/track-ids.ts'
import type { Batch } from './instances.ts'
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

/** All that may be drawn without anything being loaded. */
export const batchesOf = (state: TimelineState): ReadonlySet<Batch> =>
  new Set(
    state.sources.value.flatMap(({ loader: { near, all } }) =>
      [near, all].flatMap((loaded) => [...(loaded?.batches.values() ?? [])].flat()),
    ),
  )

/** A part of a row that has an axis of its own. */
export interface Part {
  /** Of its batches. */
  readonly key: string
  readonly axis: Axis
  /** From the upper edge of the stage. */
  readonly top: number
  readonly height: number
  readonly lane: Lane | undefined
}

const LANE_GAP = 4

/** All of a row, or each lane of lines. */
export function partsOf(state: TimelineState, source: Source, row: TrackRow): readonly Part[] {
  const [top, { id }] = [state.topOf(row), row.info]
  const drawing = source.loader.all?.drawings[id]
  if (drawing?.kind !== 'lines') {
    const whole = { axis: axisOf(state, source, row), top, height: row.height, lane: undefined }
    return (id === BOARD ? [BOARD, MEASURED] : [id]).map((key) => ({ key, ...whole }))
  }
  const lanes = lanesOf(id, drawing)
  const height = row.height / lanes.length
  return lanes.map((lane, i) => ({
    key: lane.key,
    axis: linesAxis(lane),
    top: top + i * height + LANE_GAP / 2,
    height: height - LANE_GAP,
    lane,
  }))
}

/** What is near, and beside it what is known of all. */
function addRow(state: TimelineState, row: TrackRow, all: Placed[]): void {
  const source = state.sourceOf(row.run)
  if (!source) return
  for (const part of partsOf(state, source, row)) addPart(state, source, row, part, all)
}

function addPart(
  state: TimelineState,
  source: Source,
  row: TrackRow,
  { key, axis, top, height }: Part,
  all: Placed[],
): void {
  const { near, all: whole } = source.loader
  const width = state.width.value
  const [nearFrom, nearTo] =
    near?.drawings[row.info.id] === undefined
      ? [0, 0]
      : [state.pixelOf(near.from + source.offset), state.pixelOf(near.to + source.offset)]
  const add = (loaded: Loaded | undefined, left: number, right: number): void => {
    const [from, to] = [Math.max(left, 0), Math.min(right, width)]
    if (!loaded || from >= to) return
    const { perPixel } = state.camera.value
    const dots = loaded === near ? dotsOf(loaded, key, perPixel) : 0
    const moved = key === MEASURED ? state.measuredShift.value : 0
    for (const batch of loaded.batches.get(key) ?? []) {
      const shift = state.pixelOf(batch.origin + source.offset + moved)
      if (batch.to / perPixel + shift < from - EDGE || batch.from / perPixel + shift > to + EDGE) continue
      all.push({
        batch,
        scale: 1 / perPixel,
        shift,
        top,
        height,
        ...axis,
        dots,
        left: from,
        right: to,
        above: row.isPinned ? RULER : RULER + state.rows.value.pinnedHeight,
        below: state.height.value,
      })
    }
  }
  if (nearFrom >= nearTo) {
    add(whole, 0, width)
    return
  }
  add(whole, 0, nearFrom)
  add(whole, nearTo, width)
  add(near, nearFrom, nearTo)
}

function dotsOf(loaded: Loaded, id: string, perPixel: number): number {
  const drawing = loaded.drawings[id]
  if (drawing?.kind !== 'level') return 0
  const pixels = (loaded.to - loaded.from) / perPixel
  return drawing.begins.length > 0 && pixels / drawing.begins.length > DOT_DISTANCE ? 5 : 0
}

/** Of a level: from nothing to what it ever comes to, or to what is in view, round, in all runs that are drawn. */
function axisOf(state: TimelineState, source: Source, { info }: TrackRow): Axis {
  if (info.kind !== 'level') return PLAIN
  const { near, all } = source.loader
  const loaded = state.isTight.value ? (near ?? all) : all
  const drawing = loaded?.drawings[info.id]
  if (!loaded || drawing?.kind !== 'level') return PLAIN
  const { from, to } = state.view.value
  const extremesOf = ({ offset }: Source, levels: readonly Levels[]): readonly Extremes[] => {
    const view = state.isTight.value ? { from: from - offset, to: to - offset } : undefined
    return levels.map((one) => extremes(one, view))
  }
  const own = extremesOf(source, [drawing, ...(info.id === BOARD ? levelsIn(loaded, MEASURED) : [])])
  if (info.id === DIFFERENCE) return differenceAxis(extremesOfAll(own))
  const others = state.sources.value.flatMap((one) =>
    one === source ? [] : extremesOf(one, levelsIn(one.loader.all, info.id)),
  )
  return levelAxis(extremesOfAll([...own, ...others]), state.isLogarithmic.value && info.unit === 'pA')
}

const levelsIn = (loaded: Loaded | undefined, id: string): readonly Levels[] => {
  const drawing = loaded?.drawings[id]
  return drawing?.kind === 'level' ? [drawing] : []
}

interface Levels {
  readonly begins: Float64Array
  readonly ends: Float64Array
  readonly minimum: Float64Array
  readonly maximum: Float64Array
}

type Extremes = readonly [least: number, most: number]

const known = new WeakMap<Levels, Extremes>()

/** In view, or ever: that is looked for once, as frames ask for it. */
function extremes(levels: Levels, view?: Extent): Extremes {
  if (view) return extremesIn(levels, view)
  const found = known.get(levels) ?? extremesIn(levels, { from: -Infinity, to: Infinity })
  known.set(levels, found)
  return found
}

function extremesIn({ begins, ends, minimum, maximum }: Levels, { from, to }: Extent): Extremes {
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < begins.length; i++) {
    if ((ends[i] ?? 0) < from || (begins[i] ?? 0) > to) continue
    least = Math.min(least, minimum[i] ?? Infinity)
    most = Math.max(most, maximum[i] ?? -Infinity)
  }
  return [least, most]
}

const extremesOfAll = (all: readonly Extremes[]): Extremes => [
  Math.min(...all.map(([least]) => least)),
  Math.max(...all.map(([, most]) => most)),
]

/** As far above nothing as below. */
function differenceAxis([least, most]: Extremes): Axis {
  const high = 1.1 * Math.max(Math.abs(least), Math.abs(most))
  return high > 0 && high < Infinity ? { low: -high, high, isLogarithmic: false } : PLAIN
}

function levelAxis([least, most]: Extremes, isLogarithmic: boolean): Axis {
  if (!(most > 0)) return { low: 0, high: 1, isLogarithmic: false }
  if (!isLogarithmic) return { low: 0, high: most * 1.06, isLogarithmic: false }
  const low = Math.floor(Math.log10(Math.max(least, most / 1e6, 1e3)))
  return {
    low: Math.min(low, Math.ceil(Math.log10(most)) - 1),
    high: Math.log10(most * 1.4),
    isLogarithmic: true,
  }
}

function linesAxis({ lines }: Lane): Axis {
  const [least, most] = extremesOfAll(lines.map((line) => extremes(line)))
  const margin = (most - least) * 0.05 || 1
  return { low: least - margin, high: most + margin, isLogarithmic: false }
}
