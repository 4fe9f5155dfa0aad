import { coarseIn, drawingOf } from '../../../emulator/timeline/drawn/drawn.ts'
import { SpanTrack } from '../../../emulator/timeline/tracks.ts'
import type { TrackInfo } from '../../../emulator/timeline/track.ts'
import type { Statistics } from '../../../emulator/timeline/statistics.ts'
import { UserError } from '../../errors.ts'
import type { Subject } from '../subject.ts'
import { Details } from './details.ts'
import { find } from './find.ts'
import { MeasuredDesk } from './measured.ts'
import { Names } from './names.ts'
import type {
  DetailAnswer,
  DrawAnswer,
  DrawRequest,
  Extras,
  FindAnswer,
  FoldedBefore,
  MeasureAnswer,
} from './protocol.ts'

/** What is asked of one timeline. */
export class TimelineDesk {
  readonly names: Names
  readonly measured: MeasuredDesk
  readonly #details: Details
  #measured = 0

  constructor(
    private readonly subject: Subject,
    breathe: (milliseconds: number) => Promise<void>,
  ) {
    this.#details = new Details(subject, breathe)
    this.names = new Names(subject)
    this.measured = new MeasuredDesk(subject, breathe, () => this.names.all)
  }

  /** Of the run, of what was recorded of it on request, and of what lies over it. */
  get tracks(): readonly TrackInfo[] {
    const { tracks } = this.subject.timeline
    return [
      ...Array.from(tracks.values(), ({ info }) => info),
      ...this.#details.tracks,
      ...this.measured.tracks,
    ]
  }

  set extras(extras: Extras) {
    this.#details.extras = extras
  }

  get extras(): Extras {
    return this.#details.extras
  }

  draw({ tracks, from: wantedFrom, to: wantedTo, column }: DrawRequest): DrawAnswer {
    const { timeline } = this.subject
    const from = Math.max(wantedFrom, timeline.start)
    const to = Math.min(wantedTo, timeline.until)
    if (!(from < to)) return { from, to: from, column, drawings: {}, folded: {}, detailed: [] }
    const drawings = tracks.flatMap((id) => {
      const drawing =
        this.measured.draw(id, from, to, column) ??
        drawingOf(this.#details.sourcesOf(id, from, to, column), column)
      return drawing ? [[id, drawing] as const] : []
    })
    const folded = tracks.flatMap((id): (readonly [string, FoldedBefore])[] => {
      const track = timeline.tracks.get(id)
      const width = track ? coarseIn(track, from, column) : 0
      if (!track || width === 0) return []
      const { frontier } = track instanceof SpanTrack ? track.spans : track.steps
      return [[id, { before: frontier, width }]]
    })
    return {
      from,
      to,
      column,
      drawings: Object.fromEntries(drawings),
      folded: Object.fromEntries(folded),
      detailed: this.#details.stretches,
    }
  }

  detail(from: number, to: number): Promise<DetailAnswer> {
    const { timeline } = this.subject
    return this.#details.view(Math.max(from, timeline.start), Math.min(to, timeline.until))
  }

  /**
   * Statistics of a stretch, exactly; undefined where another stretch was asked for before it was done, or where it would
   * take more than so many cycles awake to run its ends again.
   * @throws UserError where its ends are folded and cannot be run again
   */
  async measure(
    tracks: readonly string[],
    from: number,
    to: number,
    mostCycles: number,
  ): Promise<MeasureAnswer | undefined> {
    const { timeline, whyNoReplay } = this.subject
    const mine = ++this.#measured
    const known = tracks.filter((id) => timeline.tracks.has(id))
    const missing = this.#missing(known, from, to)
    if (missing.reduce((sum, [begin, end]) => sum + this.#details.awake(begin, end), 0) > mostCycles)
      return undefined
    for (const [begin, end] of missing) {
      const answer = await this.#details.cover(begin, end, () => mine === this.#measured)
      if (answer.kind === 'superseded') return undefined
      if (answer.kind !== 'there')
        throw new UserError(`the ends of that stretch are folded, and ${whyNoReplay}.`)
    }
    const statistics = known.map((id): readonly [string, Statistics] => {
      const found = timeline.statistics(id, from, to, this.#details)
      if (found.kind === 'folded') throw new Error(`${id}: nothing to make it exact with`)
      return [id, found]
    })
    return { from, to, statistics: Object.fromEntries(statistics) }
  }

  /** What has to be run again for it: nothing, the ends, or all. */
  #missing(
    tracks: readonly string[],
    from: number,
    to: number,
  ): readonly (readonly [from: number, to: number])[] {
    let [first, last] = [from, to]
    for (const id of tracks) {
      const found = this.subject.timeline.statistics(id, from, to)
      if (found.kind !== 'folded') continue
      first = Math.max(first, found.from)
      last = Math.min(last, found.to)
    }
    if (first >= last) return [[from, to]]
    const ends = [
      [from, first],
      [last, to],
    ] as const
    return ends.filter(([begin, end]) => begin < end)
  }

  async find(text: string): Promise<FindAnswer> {
    const report = this.subject.kind === 'recorded' ? await this.subject.report() : undefined
    return find(this.subject.timeline, this.#details.requested, text, report)
  }
}
