import { coarseIn } from '../../../emulator/timeline/drawn/drawn.ts'
import type { Source } from '../../../emulator/timeline/drawn/source.ts'
import { Timeline } from '../../../emulator/timeline/timeline.ts'
import type { Detail } from '../../../emulator/timeline/timeline.ts'
import { UNFOLDED, type TrackInfo } from '../../../emulator/timeline/track.ts'
import { LevelTrack, StateTrack } from '../../../emulator/timeline/tracks.ts'
import type { Track } from '../../../emulator/timeline/tracks.ts'
import { isOfFunctions } from '../../../emulator/timeline/record/functions.ts'
import type { Replay } from '../../recording/replay.ts'
import type { Subject } from '../subject.ts'
import { inSlices, type Breathe } from './in-slices.ts'
import type { DetailAnswer, Extras } from './protocol.ts'

/** Awake: what a replay takes. About five seconds in a browser. */
const MOST_CYCLES = 400_000_000
/** The same where each call is written down. */
const MOST_CYCLES_OF_CALLS = 64_000_000
const MOST_BYTES = 256 * 2 ** 20
const MOST_KEPT = 6
const FIRST_SLICE = 250_000
const MOST_ATTEMPTS = 8

interface Kept {
  readonly from: number
  readonly to: number
  readonly timeline: Timeline
  readonly extras: Extras
}

const NOTHING: Extras = { functions: false, dma: false }

/** It has what is wanted, at least. */
const satisfies = ({ extras }: Kept, { functions, dma }: Extras): boolean =>
  (extras.functions || !functions) && (extras.dma || !dma)

/** Stretches of a run that were run again with everything kept, the newest few of them. */
export class Details implements Detail {
  #kept: Kept[] = []
  #viewWanted = 0
  #extras = NOTHING
  #replay: Replay | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly subject: Subject,
    private readonly breathe: Breathe,
  ) {}

  /** What is recorded of stretches from now on. @throws UserError for firmware without symbols: all stays as it was */
  set extras(extras: Extras) {
    const { functions, dma } = extras
    if (functions === this.#extras.functions && dma === this.#extras.dma) return
    this.#replay =
      functions || dma ? this.subject.another({ withFunctions: functions, withDma: dma }) : undefined
    this.#extras = functions || dma ? extras : NOTHING
    this.#kept = []
    this.#viewWanted += 1
  }

  get extras(): Extras {
    return this.#extras
  }

  /** Tracks that the run itself does not have. */
  get tracks(): readonly TrackInfo[] {
    const known = this.subject.timeline.tracks
    const found = new Map<string, TrackInfo>()
    for (const { timeline } of this.#kept)
      for (const { info } of timeline.tracks.values()) if (!known.has(info.id)) found.set(info.id, info)
    return [...found.values()]
  }

  /** Tracks of what was recorded on request, of the newest stretch. */
  get requested(): readonly Track[] {
    const newest = this.#kept.findLast((one) => one.extras !== NOTHING)
    if (!newest) return []
    const known = this.subject.timeline.tracks
    return [...newest.timeline.tracks.values()].filter(({ info }) => !known.has(info.id))
  }

  /** Of all that is wanted of them. */
  get stretches(): readonly { readonly from: number; readonly to: number }[] {
    return this.#kept
      .filter((one) => satisfies(one, this.#extras))
      .map(({ from, to }) => ({ from, to }))
      .sort((a, b) => a.from - b.from)
  }

  /** Makes a stretch of what is in view be there; a later call takes the place of an earlier one. */
  view(from: number, to: number): Promise<DetailAnswer> {
    const wanted = ++this.#viewWanted
    const most = this.#extras.functions ? MOST_CYCLES_OF_CALLS : MOST_CYCLES
    if (this.awake(from, to) > most) return Promise.resolve({ kind: 'too-much' })
    return this.#next(from, to, this.#extras, () => wanted === this.#viewWanted)
  }

  /** Makes a stretch be there, however long that takes. */
  cover(from: number, to: number, isWanted: () => boolean): Promise<DetailAnswer> {
    return this.#next(from, to, NOTHING, isWanted)
  }

  #next(from: number, to: number, extras: Extras, isWanted: () => boolean): Promise<DetailAnswer> {
    const answer = this.#queue.then(() => this.#replayed(from, to, extras, isWanted))
    this.#queue = answer.catch(() => undefined)
    return answer
  }

  async #replayed(from: number, to: number, extras: Extras, isWanted: () => boolean): Promise<DetailAnswer> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (this.#known(from, to, extras)) return { kind: 'there' }
      if (!isWanted()) return { kind: 'superseded' }
      const replay = extras === NOTHING ? this.subject.replay : this.#replay
      if (!replay) return { kind: 'never', why: this.subject.whyNoReplay }
      const done = await this.#run(replay, from, to, isWanted)
      if (done === 'superseded' || done === 'too-much') return { kind: done }
      if (done === 'there') this.#keep(from, to, replay.timeline, extras)
    }
    return { kind: 'superseded' }
  }

  /** Others may take the machine between two slices: then it begins anew. */
  #run(
    replay: Replay,
    from: number,
    to: number,
    isWanted: () => boolean,
  ): Promise<'there' | 'superseded' | 'too-much' | 'taken'> {
    const place = replay.goBefore(from)
    const stop = (): 'taken' | 'superseded' | 'too-much' | undefined => {
      if (replay.place !== place) return 'taken'
      if (!isWanted()) return 'superseded'
      return replay.timeline.bytes > MOST_BYTES ? 'too-much' : undefined
    }
    return inSlices(replay, to, this.breathe, stop, FIRST_SLICE)
  }

  #keep(from: number, to: number, timeline: Timeline, extras: Extras): void {
    const kept = new Timeline(UNFOLDED, timeline.start)
    kept.restore(timeline.save())
    this.#kept = this.#kept.filter((one) => one.from < from || one.to > to || one.extras !== extras)
    this.#kept.push({ from, to, timeline: kept, extras })
    const bytes = (): number => this.#kept.reduce((sum, one) => sum + one.timeline.bytes, 0)
    while (this.#kept.length > MOST_KEPT || (this.#kept.length > 1 && bytes() > MOST_BYTES))
      this.#kept.shift()
  }

  #known(from: number, to: number, extras: Extras): Kept | undefined {
    // What has calls told anew has inlined ones too, which sums of the run do not.
    return this.#kept.find(
      (one) =>
        one.from <= from &&
        one.to >= to &&
        (extras === NOTHING ? !one.extras.functions : satisfies(one, extras)),
    )
  }

  /** For statistics: from what is there, and else run again at once. */
  stretch(from: number, to: number): Timeline {
    const known = this.#known(from, to, NOTHING)
    if (known) return known.timeline
    const { replay } = this.subject
    if (!replay) throw new Error('there is nobody to run it again')
    this.#keep(from, to, replay.stretch(from, to), NOTHING)
    return this.stretch(from, to)
  }

  /** Where a track is drawn from: from what was run again wherever the rest is coarser than a column. */
  sourcesOf(id: string, from: number, to: number, column: number): readonly Source[] {
    const base = this.subject.timeline.tracks.get(id)
    const isCalls = isOfFunctions(id)
    const isAnew = isCalls && this.#extras.functions
    if (base && !isAnew && coarseIn(base, from, column) === 0) return [{ track: base, from, to }]
    const sources: Source[] = []
    let at = from
    const add = (track: Track | undefined, begin: number, end: number): void => {
      if (track && begin < end) sources.push({ track, from: begin, to: end })
    }
    const usable = this.#kept.filter(({ extras }) =>
      isAnew ? extras.functions : !isCalls || !extras.functions,
    )
    for (const kept of usable.sort((a, b) => a.from - b.from)) {
      const [begin, end] = [Math.max(kept.from, at), Math.min(kept.to, to)]
      if (begin >= end) continue
      add(base, at, begin)
      add(kept.timeline.tracks.get(id) ?? asItBegins(base, begin), begin, end)
      at = end
    }
    add(base, at, to)
    return sources
  }

  /** Cycles awake, near enough; all of them where the processor is not recorded. */
  awake(from: number, to: number): number {
    const processor = this.subject.timeline.tracks.get('processor')
    if (!(processor instanceof StateTrack) || from >= to) return to - from
    let awake = 0
    processor.steps.keysIn(from, to, (key, cycles) => {
      if (processor.isBusy(processor.states[key] ?? '')) awake += cycles
    })
    return Math.min(awake, to - from)
  }
}

/** A track that had not come to be in what was run again. */
const asItBegins = (track: Track | undefined, from: number): Track | undefined => {
  const empty = new Timeline(UNFOLDED, from)
  if (track instanceof LevelTrack) return empty.level(track.info)
  if (track instanceof StateTrack) return empty.state(track.info)
  return track && empty.spans(track.info, track.info.kind)
}
