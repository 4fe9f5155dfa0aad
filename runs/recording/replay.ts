import type { Recorder } from '../../emulator/timeline/record/recorder.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import type { Detail } from '../../emulator/timeline/timeline.ts'
import type { Track } from '../../emulator/timeline/tracks.ts'
import { UNFOLDED } from '../../emulator/timeline/track.ts'
import { UserError } from '../errors.ts'
import { parseImage } from '../image/image.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { RunInputs } from '../simulation/inputs.ts'
import type { RunSnapshot } from '../simulation/observe-options.ts'
import { choicesFor } from '../simulation/begins.ts'
import { Run } from '../simulation/run.ts'
import { observeOptionsOf } from '../simulation/simulate.ts'
import { CodeFrames } from './functions/code-frames.ts'
import { DetailedCalls } from './functions/detailed-calls.ts'
import { givenOf } from './given.ts'
import { missingForReplay } from './parts.ts'
import { recording, type CallWatcher, type RecordedRun } from './recorded-run.ts'

/** What of a run it takes to run stretches of it again. */
export interface Replayable extends Pick<RecordedRun, 'given' | 'firmware'> {
  readonly snapshots: Pick<RecordedRun['snapshots'], 'nearest'>
  /** Of a run that goes on, shared with it: it may still grow. */
  readonly inputs?: RunInputs | undefined
}

export interface ReplayOptions {
  /** Calls are recorded, whether they were or not, and inlined ones told apart. */
  readonly withFunctions?: boolean
  /** Each transfer of EasyDMA. */
  readonly withDma?: boolean
}

/** What a replay has of calls. */
export interface ReplayedCalls {
  readonly code: CodeFrames
  readonly steps: DetailedCalls
}

/**
 * Makes stretches of a recorded run again, from the nearest snapshot before, with everything on the timeline that was
 * folded away. The machine is made once and goes where it is wanted.
 */
export class Replay implements Detail {
  readonly image: FirmwareImage
  readonly #recorded: Replayable
  readonly #run: Run
  readonly #recorder: () => Recorder
  readonly #file: string
  #place = 0
  #calls: ReplayedCalls | undefined

  /**
   * @param options what is recorded that usually is not
   * @throws UserError where the run was recorded without what it takes, or calls have no names
   */
  constructor(
    recorded: Replayable,
    file: string,
    { withFunctions = false, withDma = false }: ReplayOptions = {},
  ) {
    const { given, firmware } = recorded
    const missing = missingForReplay((part) => (part === 'firmware' ? firmware : given) !== undefined)
    if (!given || !firmware)
      throw new UserError(
        `${file}: it was recorded without ${missing ?? ''}, so that nothing of it can be run again. Record it with --record and without --record-without.`,
      )
    this.#recorded = recorded
    this.#file = file
    this.image = parseImage(firmware.bytes, firmware.file, choicesFor(given.board))
    const watch = withFunctions ? this.#watchCalls : undefined
    const { attach, recorder } = recording((now) => new Timeline(UNFOLDED, now), watch, withDma)
    this.#recorder = recorder
    try {
      const { inputs } = recorded
      const options = {
        ...givenOf(given),
        ...(inputs && { inputs }),
        ...(withFunctions && { functions: true }),
        image: this.image,
        attach,
      }
      this.#run = new Run(observeOptionsOf(options))
    } catch (cause) {
      throw cause instanceof UserError ? cause : this.#refused('what it was given is damaged', cause)
    }
  }

  get run(): Run {
    return this.#run
  }

  /** Where it was made with functions. */
  get calls(): ReplayedCalls {
    if (!this.#calls) throw new Error('functions are not recorded')
    return this.#calls
  }

  readonly #watchCalls: CallWatcher = (recorder, functions) => {
    const code = new CodeFrames(this.image, functions)
    const sink = recorder.functions
    sink.nameOf = (frame) => code.frames[frame]?.name ?? ''
    const listener = new DetailedCalls((address) => code.inlinedAt(address), sink)
    this.#calls = { code, steps: listener }
    return { listener, parts: code.parts, hearsAnew: true }
  }

  /** Goes to the first instruction boundary at or after a cycle. @throws UserError for a snapshot that does not fit */
  goTo(cycle: number): void {
    this.goBefore(cycle)
    this.advance(cycle)
  }

  /**
   * Goes to the last snapshot at or before a cycle: `advance` leads on from there, in steps if one likes.
   * @returns what `place` is until somebody goes elsewhere
   * @throws UserError for a snapshot that does not fit
   */
  goBefore(cycle: number): number {
    const nearest = this.#recorded.snapshots.nearest(cycle)
    if (!nearest) throw this.#refused(`there is no snapshot before cycle ${cycle}`)
    try {
      this.#recorder().functions.forget()
      this.#calls?.steps.forget()
      this.#run.restore(nearest)
      if (this.#run.machine.now !== nearest.cycle) throw new Error('a snapshot is of another time')
    } catch (cause) {
      throw this.#refused(whyOf(cause), cause)
    }
    return ++this.#place
  }

  get place(): number {
    return this.#place
  }

  /** What was recorded by another version of the tool, or is no record of a run at all. */
  #refused(why: string, cause?: unknown): UserError {
    return new UserError(`${this.#file}: it cannot be run again: ${why}. Record the run again.`, undefined, {
      cause,
    })
  }

  /** Goes to where another run of the same is. */
  take(snapshot: RunSnapshot): void {
    this.#run.restore(snapshot)
    this.#place += 1
  }

  /** On one and the same timeline each time: the next call begins it anew. */
  stretch(from: number, to: number): Timeline {
    this.goTo(from)
    this.advance(to)
    return this.timeline
  }

  /** As far as it has come since it was last somewhere else. */
  get timeline(): Timeline {
    const recorder = this.#recorder()
    recorder.settle()
    return recorder.timeline
  }

  /** The tracks as far as it has come; the timeline begins anew with others. */
  takeTracks(): ReadonlyMap<string, Track> {
    const recorder = this.#recorder()
    const saved = recorder.save()
    const tracks = new Map(recorder.timeline.tracks)
    recorder.restore(saved)
    return tracks
  }

  /**
   * @returns whether it has come there: the run may end before
   * @throws UserError for a snapshot whose damage shows only now
   */
  advance(to: number): boolean {
    try {
      for (let turns = 0; this.#run.machine.now < to; turns++) {
        const before = this.#run.machine.now
        if (this.#run.advance(to)) return false
        if (this.#run.machine.now > before) turns = 0
        else if (turns > MOST_TURNS) throw new Error('time does not go on')
      }
      return true
    } catch (cause) {
      throw cause instanceof UserError ? cause : this.#refused(whyOf(cause), cause)
    }
  }
}

/** Calls that lead no cycle on: what is whole needs a few. */
const MOST_TURNS = 1000

/** Ours say what does not fit; what JavaScript says of damaged data helps nobody. */
const whyOf = (cause: unknown): string =>
  cause instanceof Error && !(cause instanceof TypeError || cause instanceof RangeError)
    ? cause.message
    : 'a snapshot is damaged'
