import type { Cycles } from '../cpu/bus.ts'
import type { Plain, Saved } from '../snapshot/saved.ts'
import { pieceOf, statisticsOf } from './statistics.ts'
import type { Piece, Statistics } from './statistics.ts'
import type { SavedSpans } from './spans.ts'
import type { SavedSteps } from './steps.ts'
import { DEFAULT_LIMITS } from './track.ts'
import type { TimelineLimits, TrackInfo } from './track.ts'
import { LevelTrack, SpanTrack, StateTrack } from './tracks.ts'
import type { LevelInfo, SavedStates, SpanInfo, StateInfo, Track, TrackStart } from './tracks.ts'

/** Records a stretch of the run once more, and keeps all of it. */
export interface Detail {
  /** @returns what begins at or before `from`, goes to `to` or further, and has nothing folded in between */
  stretch(from: Cycles, to: Cycles): Timeline
}

/** Why there are no statistics: an end of the stretch lies in a bucket, and nobody records it again. */
export interface Folded {
  readonly kind: 'folded'
  /** The longest stretch within the one asked for that is known; empty where `from` is not before `to`. */
  readonly from: Cycles
  readonly to: Cycles
}

interface SavedTrack {
  readonly info: TrackInfo & Partial<Pick<StateInfo, 'first' | 'idle'>>
  readonly state: SavedSteps | SavedStates | SavedSpans
}

export interface SavedTimeline {
  readonly start: Cycles
  readonly until: Cycles
  readonly continues: boolean
  readonly tracks: readonly SavedTrack[]
}

/** What is under way: enough to go on from here on an empty timeline. */
export interface PresentOfTimeline {
  readonly cycle: Cycles
  readonly tracks: readonly { readonly info: SavedTrack['info']; readonly state: Plain | SavedSpans }[]
}

/**
 * What happened when, in cycles of 64 MHz since the run began. Tracks come to be when somebody has something to write on
 * them, and until then are what they begin as.
 */
export class Timeline implements Saved<SavedTimeline> {
  readonly #tracks = new Map<string, Track>()
  #start: Cycles
  #until: Cycles
  /** It goes on where another was. */
  #continues = false

  constructor(
    readonly limits: TimelineLimits = DEFAULT_LIMITS,
    start: Cycles = 0,
  ) {
    this.#start = start
    this.#until = start
  }

  get #begin(): TrackStart {
    return { cycle: this.#start, continues: this.#continues }
  }

  /** Nothing is known of what was before. */
  get start(): Cycles {
    return this.#start
  }

  /** All that was before is on the tracks. */
  get until(): Cycles {
    return this.#until
  }

  get tracks(): ReadonlyMap<string, Track> {
    return this.#tracks
  }

  /** The present: nothing more will come for what was before. */
  advance(cycle: Cycles): void {
    this.#until = Math.max(this.#until, cycle)
  }

  level(info: Omit<LevelInfo, 'kind'>, value = 0): LevelTrack {
    const known = this.#tracks.get(info.id)
    if (known instanceof LevelTrack) return known
    return this.#add(new LevelTrack({ ...info, kind: 'level' }, this.#begin, this.limits, value))
  }

  state(info: Omit<StateInfo, 'kind'>): StateTrack {
    const known = this.#tracks.get(info.id)
    if (known instanceof StateTrack) return known
    return this.#add(new StateTrack({ ...info, kind: 'state' }, this.#begin, this.limits))
  }

  spans(info: Omit<SpanInfo, 'kind'>, kind: SpanInfo['kind'] = 'spans'): SpanTrack {
    const known = this.#tracks.get(info.id)
    if (known instanceof SpanTrack) return known
    return this.#add(new SpanTrack({ ...info, kind }, this.#begin, this.limits))
  }

  marks(info: Omit<SpanInfo, 'kind'>): SpanTrack {
    return this.spans(info, 'marks')
  }

  #add<T extends Track>(track: T): T {
    if (this.#tracks.has(track.info.id))
      throw new Error(`the track ${track.info.id} is of another kind than ${track.info.kind}`)
    this.#tracks.set(track.info.id, track)
    return track
  }

  /**
   * Of the stretch [from, to) of a track, exactly, however far it is folded: where an end lies in a bucket, `detail` has
   * the rest. Without it, and there, that it is folded.
   * @throws RangeError for a track that is not there, and for a stretch that is empty or not on the timeline
   */
  statistics(id: string, from: Cycles, to: Cycles, detail?: Detail): Statistics | Folded {
    const [found] = this.statisticsOfEach([id], from, to, detail)
    if (!found) throw new RangeError(`no track ${id}`)
    return found
  }

  /** The same of several tracks, in their order: what is folded at an end is recorded again once for all of them. */
  statisticsOfEach(
    ids: readonly string[],
    from: Cycles,
    to: Cycles,
    detail?: Detail,
  ): readonly (Statistics | Folded)[] {
    if (!(from < to) || from < this.#start || to > this.#until || !Number.isInteger(from + to))
      throw new RangeError(`no stretch of cycles: ${from} to ${to} of ${this.#start} to ${this.#until}`)
    const parts = ids.map((id): Part => {
      const track = this.#known(id)
      const [first, last] = [exactFrom(track, from), exactTo(track, to)]
      // Nothing of it is exact: all of it is recorded again.
      const [head, tail] = first >= last ? [to, to] : [first, last]
      return { track, first, last, head, tail, pieces: head < tail ? [pieceOf(track, head, tail)] : [] }
    })
    if (detail) {
      const heads = parts.filter(({ head }) => from < head)
      const tails = parts.filter(({ tail }) => tail < to)
      const headEnd = Math.max(...heads.map(({ head }) => head))
      const tailBegin = Math.min(...tails.map(({ tail }) => tail))
      // One timeline at a time: the second stretch takes the place of the first.
      if (heads.length > 0) {
        const again = detail.stretch(from, headEnd)
        for (const { track, head, pieces } of heads) pieces.unshift(pieceAgain(track, again, from, head))
      }
      if (tails.length > 0) {
        const again = detail.stretch(tailBegin, to)
        for (const { track, tail, pieces } of tails) pieces.push(pieceAgain(track, again, tail, to))
      }
    }
    return parts.map(({ track, first, last, head, tail, pieces }) =>
      detail || (head === from && tail === to)
        ? statisticsOf(track, to - from, pieces)
        : { kind: 'folded', from: Math.min(first, to), to: Math.max(last, from) },
    )
  }

  #known(id: string): Track {
    const track = this.#tracks.get(id)
    if (!track) throw new RangeError(`no track ${id}`)
    return track
  }

  /** Of the tracks, in typed arrays. */
  get bytes(): number {
    return [...this.#tracks.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  save(): SavedTimeline {
    const tracks = [...this.#tracks.values()].map((track) => ({ info: track.info, state: track.save() }))
    return { start: this.#start, until: this.#until, continues: this.#continues, tracks }
  }

  /** Of any limits; into a timeline of the same. */
  restore({ start, until, continues, tracks }: SavedTimeline): void {
    this.#continues = continues
    this.#start = start
    this.#until = until
    this.#tracks.clear()
    for (const { info, state } of tracks) {
      const track = this.#made(info)
      if (track instanceof LevelTrack) track.restore(state as SavedSteps)
      else if (track instanceof StateTrack) track.restore(state as SavedStates)
      else track.restore(state as SavedSpans)
    }
  }

  present(): PresentOfTimeline {
    const tracks = [...this.#tracks.values()].map((track) => ({ info: track.info, state: track.present() }))
    return { cycle: this.#until, tracks }
  }

  /** Forgets all, and begins where a present is. */
  beginWith({ cycle, tracks }: PresentOfTimeline): void {
    this.#continues = true
    this.#start = cycle
    this.#until = cycle
    this.#tracks.clear()
    for (const { info, state } of tracks) {
      if (info.kind === 'level') this.level(info, Number(state))
      else {
        const track = this.#made(info.kind === 'state' ? { ...info, now: state as string } : info)
        if (track instanceof SpanTrack) track.restore(state as SavedSpans)
      }
    }
  }

  #made(info: SavedTrack['info'] & { readonly now?: string }): Track {
    const { kind, first = '', idle = [], now, ...rest } = info
    if (kind === 'level') return this.level(rest)
    if (kind !== 'state') return this.spans(rest, kind)
    return this.#add(new StateTrack({ ...rest, kind, first, idle }, this.#begin, this.limits, now))
  }
}

const exactFrom = (track: Track, cycle: Cycles): Cycles =>
  track instanceof SpanTrack ? track.spans.exactFrom(cycle) : track.steps.exactFrom(cycle)

const exactTo = (track: Track, cycle: Cycles): Cycles =>
  track instanceof SpanTrack ? track.spans.exactTo(cycle) : track.steps.exactTo(cycle)

/** Of a stretch of a track: what is known of it, and as far as where it is not. */
interface Part {
  readonly track: Track
  readonly first: Cycles
  readonly last: Cycles
  /** Until here it is recorded again, and from `tail` on. */
  readonly head: Cycles
  readonly tail: Cycles
  readonly pieces: Piece[]
}

/** Of what was recorded again. A track that is not there has not come to be in it. */
const pieceAgain = (track: Track, again: Timeline, from: Cycles, to: Cycles): Piece => {
  if (again.start > from || again.until < to)
    throw new Error(`recorded again from ${again.start} to ${again.until} in place of ${from} to ${to}`)
  const { info } = track
  const found = again.tracks.get(info.id)
  if (found) return pieceOf(found, from, to)
  const empty = new Timeline(again.limits, from)
  if (track instanceof LevelTrack) return pieceOf(empty.level(track.info), from, to)
  if (track instanceof StateTrack) return pieceOf(empty.state(track.info), from, to)
  return pieceOf(empty.spans(track.info, track.info.kind), from, to)
}
