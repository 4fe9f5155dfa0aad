import { coarseIn } from '../../../emulator/timeline/drawn/drawn.ts'
import type { Source } from '../../../emulator/timeline/drawn/source.ts'
import { Timeline } from '../../../emulator/timeline/timeline.ts'
import type { Detail } from '../../../emulator/timeline/timeline.ts'
import { UNFOLDED } from '../../../emulator/timeline/track.ts'
import { LevelTrack, StateTrack } from '../../../emulator/timeline/tracks.ts'
import type { Track } from '../../../emulator/timeline/tracks.ts'
import type { Replay } from '../../recording/replay.ts'
import { Slice } from '../../simulation/slice.ts'
import type { Subject } from '../subject.ts'
import type { DetailAnswer } from './protocol.ts'

/** Awake: what a replay takes. About five seconds in a browser. */
const MOST_CYCLES = 400_000_000
const MOST_BYTES = 256 * 2 ** 20
const MOST_KEPT = 6
/** Of real time, that a slice of a replay takes the thread. */
const SLICE_MILLISECONDS = 12
const FIRST_SLICE = 250_000
const MOST_ATTEMPTS = 8

interface Kept {
  readonly from: number
  readonly to: number
  readonly timeline: Timeline
}

type Breathe = (milliseconds: number) => Promise<void>

/** Stretches of a run that were run again with everything kept, the newest few of them. */
export class Details implements Detail {
  #kept: Kept[] = []
  #viewWanted = 0
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly subject: Subject,
    private readonly breathe: Breathe,
  ) {}

  get stretches(): readonly { readonly from: number; readonly to: number }[] {
    return this.#kept.map(({ from, to }) => ({ from, to })).sort((a, b) => a.from - b.from)
  }

  /** Makes a stretch of what is in view be there; a later call takes the place of an earlier one. */
  view(from: number, to: number): Promise<DetailAnswer> {
    const wanted = ++this.#viewWanted
    if (this.awake(from, to) > MOST_CYCLES) return Promise.resolve({ kind: 'too-much' })
    return this.#next(from, to, () => wanted === this.#viewWanted)
  }

  /** Makes a stretch be there, however long that takes. */
  cover(from: number, to: number, isWanted: () => boolean): Promise<DetailAnswer> {
    return this.#next(from, to, isWanted)
  }

  #next(from: number, to: number, isWanted: () => boolean): Promise<DetailAnswer> {
    const answer = this.#queue.then(() => this.#replayed(from, to, isWanted))
    this.#queue = answer.catch(() => undefined)
    return answer
  }

  async #replayed(from: number, to: number, isWanted: () => boolean): Promise<DetailAnswer> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (this.#known(from, to)) return { kind: 'there' }
      if (!isWanted()) return { kind: 'superseded' }
      const { replay, whyNoReplay: why } = this.subject
      if (!replay) return { kind: 'never', why }
      const done = await this.#run(replay, from, to, isWanted)
      if (done === 'superseded' || done === 'too-much') return { kind: done }
      if (done === 'there') this.#keep(from, to, replay.timeline)
    }
    return { kind: 'superseded' }
  }

  /** Others may take the machine between two slices: then it begins anew. */
  async #run(
    replay: Replay,
    from: number,
    to: number,
    isWanted: () => boolean,
  ): Promise<'there' | 'superseded' | 'too-much' | 'taken'> {
    const place = replay.goBefore(from)
    const { machine } = replay.run
    const slice = new Slice(SLICE_MILLISECONDS, FIRST_SLICE)
    while (machine.now < to) {
      const [began, before] = [performance.now(), machine.now]
      if (!replay.advance(Math.min(before + slice.cycles, to))) return 'there'
      slice.took(performance.now() - began, machine.now - before)
      await this.breathe(0)
      if (replay.place !== place) return 'taken'
      if (!isWanted()) return 'superseded'
      if (replay.timeline.bytes > MOST_BYTES) return 'too-much'
    }
    return 'there'
  }

  #keep(from: number, to: number, timeline: Timeline): void {
    const kept = new Timeline(UNFOLDED, timeline.start)
    kept.restore(timeline.save())
    this.#kept = this.#kept.filter((one) => one.from < from || one.to > to)
    this.#kept.push({ from, to, timeline: kept })
    const bytes = (): number => this.#kept.reduce((sum, one) => sum + one.timeline.bytes, 0)
    while (this.#kept.length > MOST_KEPT || (this.#kept.length > 1 && bytes() > MOST_BYTES))
      this.#kept.shift()
  }

  #known(from: number, to: number): Kept | undefined {
    return this.#kept.find((one) => one.from <= from && one.to >= to)
  }

  /** For statistics: from what is there, and else run again at once. */
  stretch(from: number, to: number): Timeline {
    const known = this.#known(from, to)
    if (known) return known.timeline
    const { replay } = this.subject
    if (!replay) throw new Error('there is nobody to run it again')
    this.#keep(from, to, replay.stretch(from, to))
    return this.stretch(from, to)
  }

  /** Where a track is drawn from: from what was run again wherever the rest is coarser than a column. */
  sourcesOf(id: string, from: number, to: number, column: number): readonly Source[] {
    const base = this.subject.timeline.tracks.get(id)
    if (base && coarseIn(base, from, column) === 0) return [{ track: base, from, to }]
    const sources: Source[] = []
    let at = from
    const add = (track: Track | undefined, begin: number, end: number): void => {
      if (track && begin < end) sources.push({ track, from: begin, to: end })
    }
    for (const kept of [...this.#kept].sort((a, b) => a.from - b.from)) {
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
