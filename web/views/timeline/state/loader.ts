import type { Drawing } from '../../../../emulator/timeline/drawn/drawn.ts'
import type { DrawAnswer, DrawRequest, FoldedBefore } from '../../../../runs/session/timeline/protocol.ts'
import { batchOf, linesBatch, type Batch, type Look } from '../draw/instances.ts'
import { frameMeter } from './frame-meter.ts'
import { lanesOf } from '../model/lanes.ts'
import { columnOf, holds, windowAround, type Extent } from '../model/camera.ts'

/** A stretch that is there, row by row. */
export interface Loaded extends Extent {
  readonly column: number
  readonly drawings: Readonly<Record<string, Drawing>>
  readonly batches: ReadonlyMap<string, readonly Batch[]>
  readonly folded: Readonly<Record<string, FoldedBefore>>
  readonly detailed: readonly Extent[]
  readonly asked: ReadonlySet<string>
}

const COLUMNS_OF_ALL = 2048
/** Of real time, between two requests while a run goes on. */
const PAUSE_MILLISECONDS = 60

/** Keeps what is drawn of one run: three times what is in view, and all of it in few columns. */
export class Loader {
  near: Loaded | undefined
  all: Loaded | undefined
  /** How deep the spans of each track go. */
  readonly lanes = new Map<string, number>()
  #isBusy = false
  #isStale = false
  #isAllStale = false
  #last: (() => void) | undefined

  constructor(
    private readonly draw: (request: DrawRequest) => Promise<DrawAnswer>,
    private readonly lookOf: (track: string) => Look,
    private readonly onLoaded: () => void,
  ) {}

  /** What was loaded is no longer all that there is. */
  refresh(): void {
    this.#isStale = true
  }

  /** Nor is what is known of all of it. */
  refreshAll(): void {
    this.#isStale = true
    this.#isAllStale = true
  }

  /** Loads what is missing of what is in view; the last call counts. */
  want(view: Extent, run: Extent, perPixel: number, tracks: readonly string[]): void {
    this.#last = () => {
      this.want(view, run, perPixel, tracks)
    }
    if (this.#isBusy) return
    const request = this.#nextRequest(view, run, perPixel, tracks)
    if (!request) return
    this.#isBusy = true
    void this.#load(request.of, request.request)
  }

  #nextRequest(
    view: Extent,
    run: Extent,
    perPixel: number,
    tracks: readonly string[],
  ): { readonly of: 'near' | 'all'; readonly request: DrawRequest } | undefined {
    if (!(run.from < run.to) || tracks.length === 0) return undefined
    const has = (loaded: Loaded | undefined): loaded is Loaded =>
      loaded !== undefined && tracks.every((id) => loaded.asked.has(id))
    const length = run.to - run.from
    const { all, near } = this
    if (!has(all) || this.#isAllStale || run.to - all.to > length / 32 || all.to > run.to) {
      this.#isAllStale = false
      return { of: 'all', request: { tracks, ...run, column: columnOf(length / COLUMNS_OF_ALL) } }
    }
    const column = columnOf(perPixel)
    const seen = { from: Math.max(view.from, run.from), to: Math.min(view.to, run.to) }
    if (!(seen.from < seen.to)) return undefined
    if (has(near) && holds(near, seen, run, column) && !this.#isStale) return undefined
    this.#isStale = false
    const stretch = windowAround(seen, run)
    return {
      of: 'near',
      request: { tracks, ...stretch, from: Math.floor(stretch.from), to: Math.ceil(stretch.to), column },
    }
  }

  async #load(of: 'near' | 'all', request: DrawRequest): Promise<void> {
    try {
      const began = performance.now()
      const answer = await this.draw(request)
      frameMeter.measure('timeline load', performance.now() - began)
      const { from, to, column, drawings, folded, detailed } = answer
      const batches = new Map<string, readonly Batch[]>()
      for (const [id, drawing] of Object.entries(drawings)) {
        if (drawing.kind === 'lines') {
          const lanes = lanesOf(id, drawing)
          for (const { key, lines } of lanes) batches.set(key, linesBatch(lines, from))
          this.lanes.set(id, Math.max(this.lanes.get(id) ?? 1, lanes.length))
        } else batches.set(id, batchOf(drawing, from, this.lookOf(id)))
        if ('depths' in drawing) this.lanes.set(id, Math.max(this.lanes.get(id) ?? 1, drawing.depths))
      }
      this[of] = { from, to, column, drawings, folded, detailed, batches, asked: new Set(request.tracks) }
      this.onLoaded()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS))
    } finally {
      this.#isBusy = false
    }
    this.#last?.()
  }
}
