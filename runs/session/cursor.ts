import type { Machine } from '../../emulator/machine.ts'
import { SpanTrack } from '../../emulator/timeline/tracks.ts'
import { UserError } from '../errors.ts'
import type { LiveRun } from './live-run.ts'
import type { StepKind } from './protocol.ts'
import type { Scout } from './scout.ts'

/** Before a cycle, invocations whose ends are no longer on the timeline one by one are looked for in stretches as long as this. */
const STRETCH_CYCLES = 640_000_000

/**
 * Where one looks at a run: its end, or anywhere before. A step from the past stays there until it comes to the end; there
 * it makes the run go on.
 */
export class Cursor {
  constructor(
    private readonly live: LiveRun,
    private readonly scout: () => Scout,
    /** Lets others have the thread. */
    private readonly breathe: () => Promise<void>,
  ) {}

  get cycle(): number {
    return this.live.cursor ?? this.#end
  }

  get isPast(): boolean {
    return this.live.cursor !== undefined
  }

  /** The machine as it is where one looks. */
  get machine(): Machine {
    const { cursor, run } = this.live
    if (cursor === undefined) return run.machine
    const scout = this.scout()
    scout.goTo(cursor)
    return scout.machine
  }

  goTo(cycle: number): void {
    if (cycle >= this.#end) {
      this.live.cursor = undefined
      return
    }
    const scout = this.scout()
    scout.goTo(Math.max(0, Math.floor(cycle)))
    this.#look(scout.machine.now)
  }

  /** @throws UserError where there is nothing to go to */
  async step(kind: StepKind): Promise<void> {
    const { live } = this
    if (!this.isPast && live.ending) throw new UserError('the run is over: it goes no further than this.')
    const scout = this.scout()
    if (live.cursor === undefined) scout.take(live.run.save())
    else scout.goTo(live.cursor)
    const found = await this.#found(scout, kind)
    const to = found ?? scout.machine.now
    if (to > this.#end) {
      live.cursor = undefined
      live.advance(to)
    } else this.#look(to)
    if (found === undefined && !live.ending) throw new UserError(whyNot[kind])
  }

  /** @throws UserError where there is nothing before */
  async back(kind: StepKind): Promise<void> {
    const from = this.cycle
    const found = from === 0 ? undefined : await this.#before(kind, from)
    if (found === undefined) throw new UserError(`nothing before: no ${kind} begins there.`)
    this.goTo(found)
  }

  async #found(scout: Scout, kind: StepKind): Promise<number | undefined> {
    if (kind === 'instruction') return scout.instruction()
    if (kind === 'line') return scout.line()
    const { live } = this
    return live.asking(() =>
      scout.inference(live.limit, async () => {
        await this.breathe()
        return live.isAsked
      }),
    )
  }

  async #before(kind: StepKind, cycle: number): Promise<number | undefined> {
    const scout = this.scout()
    // The run's end may be in the middle of what only its own snapshot knows.
    if (kind === 'instruction') return scout.instructionBefore(cycle)
    if (kind === 'line') return scout.lineBefore(cycle)
    const known = this.#keptBefore(cycle)
    if (known !== undefined) return known
    for (let to = cycle; to > 0; to -= STRETCH_CYCLES) {
      const found = this.#lastThatIsBefore(scout.inferences(Math.max(0, to - STRETCH_CYCLES), to), cycle)
      if (found !== undefined) return found
      await this.breathe()
    }
    return undefined
  }

  #keptBefore(cycle: number): number | undefined {
    const track = this.live.recorder.timeline.tracks.get('operators')
    if (!(track instanceof SpanTrack)) return undefined
    const { spans } = track
    const ends = [...spans.spansIn(spans.frontier, cycle)]
      .filter(({ kind, end }) => end + 1 < cycle && spans.names[kind]?.depth === 0)
      .map(({ end }) => end + 1)
    return this.#lastThatIsBefore(ends, cycle)
  }

  /** The boundary after the newest may be where one stands. */
  #lastThatIsBefore(ends: readonly number[], cycle: number): number | undefined {
    const scout = this.scout()
    return ends.slice(-2).findLast((end) => {
      scout.goTo(end)
      return scout.machine.now < cycle
    })
  }

  #look(cycle: number): void {
    this.live.cursor = cycle < this.#end ? cycle : undefined
  }

  get #end(): number {
    return this.live.run.machine.now
  }
}

const whyNot: Readonly<Record<StepKind, string>> = {
  instruction: 'it is asleep, and nothing is to come that wakes it.',
  line: 'it is asleep, and nothing is to come that wakes it.',
  inference: 'no interpreter was seen at work from here to the end of the run.',
}
