import { batch, computed, signal, untracked } from '@preact/signals'
import type { Drawing } from '../../../../emulator/timeline/drawn/drawn.ts'
import type { Extras, Moment } from '../../../../runs/session/timeline/protocol.ts'
import type { OpenRun } from '../../../state/open-run.ts'
import {
  clamped,
  cycleAt,
  fitted,
  panned,
  pixelAt,
  visible,
  zoomed,
  type Camera,
  type Extent,
} from '../model/camera.ts'
import { edgeNear, findAt, type Found } from '../model/lookup.ts'
import { NOTHING_ARRANGED, rowsOf, type Arrangement, type Rows, type TrackRow } from '../model/rows.ts'
import { Names } from './names.ts'
import { dependOn } from './depend-on.ts'
import type { Loaded } from './loader.ts'
import { Source } from './source.ts'
import { MEASURED } from './track-ids.ts'

export interface Hover {
  readonly x: number
  readonly y: number
  readonly cycle: number
  readonly row: TrackRow | undefined
  readonly found: Found | undefined
}

/** Pixels in which an edge draws what is dragged to it. */
const SNAP = 7
export const RULER = 30

/** What the timeline shows, and what the user made of it. */
export class TimelineState {
  readonly camera = signal<Camera>({ from: 0, perPixel: 1 })
  readonly width = signal(0)
  readonly height = signal(0)
  readonly scroll = signal(0)
  readonly selection = signal<Extent | undefined>(undefined)
  readonly markers = signal<readonly number[]>([])
  readonly names: Names
  readonly arrangement = signal<Arrangement>(NOTHING_ARRANGED)
  readonly isLogarithmic = signal(false)
  /** The level's axis goes as far as what is in view. */
  readonly isTight = signal(false)
  readonly follows = signal(true)
  readonly hover = signal<Hover | undefined>(undefined)
  readonly sources = signal<readonly Source[]>([])
  /** Counts what was loaded. */
  readonly loaded = signal(0)
  /** The stretch that is being run again. */
  readonly detailing = signal<Extent | undefined>(undefined)
  /** Why what is in view is folded, where it stays so. */
  readonly whyFolded = signal('')
  readonly labelWidth = signal(200)
  /** What is pressed on the current moves the measurement. */
  readonly movesMeasured = signal(false)
  /** Cycles that it has been moved by and is not yet laid by. */
  readonly measuredShift = signal(0)
  /** Recorded of what is in view. */
  readonly extras = signal<Extras>({ functions: false, dma: false })
  readonly whyNoExtras = signal('')

  constructor(readonly run: OpenRun) {
    this.sources.value = [new Source(run, this.#onLoaded)]
    this.names = new Names(run)
  }

  /** Something else is to be drawn of what is there already. */
  drawAnew(): void {
    for (const { loader } of this.sources.value) loader.refreshAll()
    this.loaded.value += 1
  }

  readonly #onLoaded = (): void => {
    this.loaded.value += 1
  }

  /** Of the run in front: what is selected and named is of it. */
  readonly own = computed((): Extent => {
    const facts = this.run.facts.value
    return { from: facts?.from ?? 0, to: Math.max(facts?.to ?? 0, 1) }
  })

  /** Of all that is drawn. */
  readonly extent = computed((): Extent => {
    const { from, to } = this.own.value
    const others = this.sources.value.filter(({ run }) => run !== this.run)
    return {
      from: Math.min(from, ...others.map(({ extent, offset }) => extent.from + offset)),
      to: Math.max(to, ...others.map(({ extent, offset }) => extent.to + offset)),
    }
  })

  readonly rows = computed((): Rows => {
    // Loading says how deep spans go.
    dependOn(this.loaded.value)
    const tracks = this.sources.value.flatMap(({ id, tracks: infos }) =>
      infos.filter((info) => info.id !== MEASURED).map((info) => ({ run: id, info })),
    )
    return rowsOf(tracks, this.arrangement.value, (key) => {
      const [run = '', ...rest] = key.split(':')
      return this.sourceOf(run)?.loader.lanes.get(rest.join(':')) ?? 1
    })
  })

  /** How often an alignment was asked for. */
  #asked = 0

  readonly view = computed((): Extent => visible(this.camera.value, this.width.value))

  sourceOf(run: string): Source | undefined {
    return this.sources.value.find(({ id }) => id === run)
  }

  /** Puts another run below, or takes it away. */
  toggleRun(run: OpenRun): void {
    const others = this.sources.value.filter((source) => source.run !== run)
    this.sources.value =
      others.length < this.sources.value.length ? others : [...others, new Source(run, this.#onLoaded)]
  }

  /** What the runs below have at marker B comes to marker A. */
  align(): void {
    const [a, b] = this.markers.value
    if (a === undefined || b === undefined) return
    this.#asked += 1
    for (const source of this.sources.value)
      if (source.run !== this.run) {
        source.offset += a - b
        source.aligned.value = ''
      }
    this.markers.value = [a]
    this.loaded.value += 1
  }

  /** The same moment of all runs comes below each other; what was asked last counts, whichever is found first. */
  async alignOn(moment: Moment): Promise<void> {
    const [first, ...others] = this.sources.value
    const asked = (this.#asked += 1)
    await Promise.all(
      others.map(async (source) => {
        try {
          const [here, there] = await Promise.all(
            [first?.run ?? this.run, source.run].map((run) => run.link.call.moment(moment)),
          )
          if (asked !== this.#asked) return
          source.offset = (here ?? 0) - (there ?? 0)
          source.aligned.value = ''
        } catch (cause) {
          if (asked !== this.#asked) return
          source.aligned.value = cause instanceof Error ? cause.message : String(cause)
        }
      }),
    )
    this.loaded.value += 1
  }

  resize(width: number, height: number): void {
    const first = this.width.value === 0
    batch(() => {
      const view = this.view.value
      this.width.value = width
      this.height.value = height
      if (!first)
        this.camera.value = clamped(
          { ...this.camera.value, perPixel: (view.to - view.from) / width },
          this.extent.value,
          width,
        )
    })
  }

  fit(stretch: Extent = this.extent.value, margin?: number): void {
    this.follows.value = stretch.to >= this.extent.value.to
    this.camera.value = clamped(
      fitted(stretch, this.width.value, margin),
      this.extent.value,
      this.width.value,
    )
  }

  zoom(factor: number, x = this.width.value / 2): void {
    this.#moved(zoomed(this.camera.value, x, factor, this.extent.value, this.width.value))
  }

  pan(pixels: number): void {
    this.#moved(panned(this.camera.value, pixels, this.extent.value, this.width.value))
  }

  /** A cycle to the middle, where it is not in view. */
  show(cycle: number): void {
    const { from, to } = this.view.value
    const margin = (to - from) / 10
    if (cycle < from + margin || cycle > to - margin)
      this.#moved(
        clamped({ ...this.camera.value, from: cycle - (to - from) / 2 }, this.extent.value, this.width.value),
      )
  }

  #moved(camera: Camera): void {
    this.camera.value = camera
    this.follows.value = visible(camera, this.width.value).to >= this.extent.value.to
  }

  /** While a run goes on: the end stays in view. */
  followEnd(): void {
    const { to } = this.extent.value
    const camera = untracked(() => this.camera.value)
    const width = this.width.value
    const view = visible(camera, width)
    const whole = fitted(this.extent.value, width)
    const isWhole = camera.perPixel >= whole.perPixel * 0.8 || view.to - view.from < 1000
    this.camera.value = isWhole
      ? whole
      : clamped({ ...camera, from: to - (view.to - view.from) * 0.97 }, this.extent.value, width)
  }

  /** The row at a height of the stage. */
  rowAt(y: number): TrackRow | undefined {
    const { pinned, pinnedHeight, rows } = this.rows.value
    const at = y - RULER
    const within = ({ top, height }: TrackRow, place: number): boolean =>
      place >= top - 4 && place < top + height + 4
    if (at < pinnedHeight) return pinned.find((row) => within(row, at))
    const place = at - pinnedHeight + this.scroll.value
    return rows.find((row): row is TrackRow => row.kind === 'track' && within(row, place))
  }

  /** From the upper edge of the stage. */
  topOf(row: TrackRow): number {
    return RULER + row.top + (row.isPinned ? 0 : this.rows.value.pinnedHeight - this.scroll.value)
  }

  /** What is drawn of a row at a cycle of the stage: the finer where that is loaded. */
  drawingAt(
    row: TrackRow,
    cycle: number,
  ): { readonly drawing: Drawing; readonly offset: number; readonly loaded: Loaded } | undefined {
    const source = this.sourceOf(row.run)
    if (!source) return undefined
    const { near, all } = source.loader
    const own = cycle - source.offset
    const loaded = near && own >= near.from && own <= near.to && near.drawings[row.info.id] ? near : all
    const drawing = loaded?.drawings[row.info.id]
    return loaded && drawing ? { drawing, offset: source.offset, loaded } : undefined
  }

  found(row: TrackRow, cycle: number, y: number): Found | undefined {
    const at = this.drawingAt(row, cycle)
    if (!at) return undefined
    const depths = 'depths' in at.drawing ? at.drawing.depths : 1
    const depth = Math.min(Math.max(Math.floor(((y - this.topOf(row)) / row.height) * depths), 0), depths - 1)
    return findAt(at.drawing, cycle - at.offset, 4 * this.camera.value.perPixel, depth)
  }

  /** What was measured where a row has the board's current: picoamperes, on average of what is drawn as one. */
  measuredAt(row: TrackRow, cycle: number): number | undefined {
    const source = this.sourceOf(row.run)
    const info = source?.infoOf(MEASURED)
    if (!info) return undefined
    const at = this.drawingAt({ ...row, info }, cycle)
    const found = at && findAt(at.drawing, cycle - at.offset, 0, 0)
    return found?.kind === 'level' ? found.average : undefined
  }

  point(x: number, y: number): void {
    const cycle = cycleAt(this.camera.value, x)
    const row = this.rowAt(y)
    this.hover.value = { x, y, cycle, row, found: row && this.found(row, cycle, y) }
  }

  /** The nearest edge of the row under the pointer, else of the pinned ones, where one is near; else a whole cycle. */
  snapped(x: number, y: number, isFree: boolean): number {
    const camera = this.camera.value
    const cycle = cycleAt(camera, x)
    const { from, to } = this.own.value
    const whole = Math.round(Math.min(Math.max(cycle, from), to))
    if (isFree) return whole
    const row = this.rowAt(y)
    for (const one of [...(row ? [row] : []), ...this.rows.value.pinned]) {
      const at = this.drawingAt(one, cycle)
      const edge = at && edgeNear(at.drawing, cycle - at.offset, SNAP * camera.perPixel)
      if (at && edge !== undefined) return Math.min(Math.max(edge + at.offset, from), to)
    }
    return whole
  }

  select(from: number, to: number): void {
    const [begin, end] = from < to ? [from, to] : [to, from]
    const { own } = this
    const stretch = { from: Math.max(begin, own.value.from), to: Math.min(end, own.value.to) }
    this.selection.value = stretch.from < stretch.to ? stretch : undefined
  }

  pixelOf(cycle: number): number {
    return pixelAt(this.camera.value, cycle)
  }
}
