import type { Machine } from '../../emulator/machine.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { SpanTrack } from '../../emulator/timeline/tracks.ts'
import { SourceFrames } from '../image/source-frames.ts'
import type { Replay } from '../recording/replay.ts'
import type { RunSnapshot } from '../simulation/observe-options.ts'

/** Of simulated time, between two looks at what was asked meanwhile. */
const CHUNK_CYCLES = 4_000_000
/** A line that takes more instructions, apart from what it calls, is left where it is. */
const MOST_INSTRUCTIONS = 200_000
const FEW_INSTRUCTIONS = 64
const [SP, LR, PC] = [13, 14, 15]

/** Where a line of the source is, as one string. */
type Line = string | undefined

/**
 * Another machine of the same run, which goes where it has been or ahead of it to find the cycle at which something is.
 * The run itself is only ever told cycles: no probe touches it, so that it stays what it would be without.
 */
export class Scout {
  #at: number | undefined
  #frames: SourceFrames | undefined

  constructor(private readonly replay: Replay) {}

  get machine(): Machine {
    return this.replay.run.machine
  }

  get frames(): SourceFrames {
    return (this.#frames ??= new SourceFrames(this.replay.image))
  }

  /** Stands at the first instruction boundary at or after a cycle that the run has been at. */
  goTo(cycle: number): void {
    if (this.#at === cycle) return
    this.#at = undefined
    this.replay.goTo(cycle)
    this.#at = this.machine.now
  }

  /** Stands where the run is. */
  take(snapshot: RunSnapshot): void {
    if (this.#at === snapshot.cycle) return
    this.replay.take(snapshot)
    this.#at = snapshot.cycle
  }

  /** After the next instruction: of firmware that sleeps, the one that it wakes to; undefined where it never does. */
  instruction(): number | undefined {
    return this.#leaving(() => (this.#step() ? this.machine.now : undefined))
  }

  /** Where another line begins, calls and interrupts passed over. */
  line(): number | undefined {
    return this.#leaving(() => {
      const { machine } = this
      const began = this.#place()
      if (began.line === undefined) return this.#step() ? machine.now : undefined
      for (let n = 0; n < MOST_INSTRUCTIONS; n++) {
        if (!this.#step()) return undefined
        const at = this.#place()
        if (at.exception !== began.exception) this.#awaitException(began.exception)
        else if (this.#isEntry() && at.sp <= began.sp) {
          const back = this.#runTo((machine.readRegister(LR) & ~1) >>> 0, at.sp)
          if (back === undefined) return undefined
          if (this.#place().line !== began.line) return back
        } else if (at.line !== undefined && at.line !== began.line) return machine.now
      }
      return machine.now
    })
  }

  /** Just after the end of the next invocation of an interpreter. @param goesOn asked now and then, for time to pass and to be stopped */
  async inference(until: number, goesOn: () => Promise<boolean>): Promise<number | undefined> {
    const { machine } = this
    const from = machine.now
    const { place } = this.replay
    this.#at = undefined
    while (machine.now < until) {
      const ending = this.replay.run.advance(Math.min(machine.now + CHUNK_CYCLES, until))
      const found = this.#ends().find((end) => end > from && end < machine.now)
      if (found !== undefined) return found
      if (ending || !(await goesOn()) || this.replay.place !== place) return undefined
    }
    return undefined
  }

  /** The first of these places before a cycle, from where it stands. @returns undefined, and it stands at that cycle */
  firstAt(
    places: ReadonlySet<number>,
    until: number,
  ): { readonly cycle: number; readonly address: number } | undefined {
    const { machine } = this
    const from = machine.now
    let found: { readonly cycle: number; readonly address: number } | undefined
    const probes = [...places].map((address) => {
      const probe = (): void => {
        if (found || machine.now === from) return
        found = { cycle: machine.now, address }
        machine.stop()
      }
      machine.addProbe(address, probe)
      return () => {
        machine.removeProbe(address, probe)
      }
    })
    while (machine.now < until && !found) if (this.replay.run.advance(until)) break
    for (const remove of probes) remove()
    this.#at = found ? undefined : machine.now
    return found
  }

  /** Before the last instruction that has executed where it stands. */
  instructionBefore(cycle: number): number | undefined {
    this.goTo(cycle)
    const { instructions } = this.machine
    return this.#lastBefore(cycle, (machine) => machine.instructions < instructions)
  }

  /** Where the line began that a cycle is in the middle of, or the one before it. */
  lineBefore(cycle: number): number | undefined {
    for (let back = 512, from = cycle; from > 0; back *= 8) {
      from = Math.max(cycle - back, 0)
      this.goTo(from)
      let line = this.#place().line
      let found: number | undefined
      for (let n = 0; n < MOST_INSTRUCTIONS && this.machine.now < cycle; n++) {
        if (!this.#step()) break
        const next = this.#place().line
        if (next !== undefined && next !== line && this.machine.now < cycle) found = this.machine.now
        line = next ?? line
      }
      this.#at = undefined
      if (found !== undefined) return found
      if (back > CYCLES_PER_SECOND) return undefined
    }
    return undefined
  }

  /** Just after the end of each invocation of an interpreter between two cycles. */
  inferences(from: number, cycle: number): readonly number[] {
    this.goTo(from)
    this.#at = undefined
    const { run } = this.replay
    while (run.machine.now < cycle) if (run.advance(cycle)) break
    return this.#ends().filter((end) => end < cycle)
  }

  /** The last boundary before a cycle at which something still holds; it holds from some boundary on no more. */
  #lastBefore(cycle: number, holds: (machine: Machine) => boolean): number | undefined {
    const { machine } = this
    const { run } = this.replay
    let from = cycle
    for (let back = FEW_INSTRUCTIONS; ; back *= 2) {
      if (from === 0) return undefined
      from = Math.max(cycle - back, 0)
      this.goTo(from)
      if (holds(machine)) break
    }
    this.#at = undefined
    let saved = run.save()
    for (let to = cycle; to - saved.cycle > FEW_INSTRUCTIONS;) {
      const middle = Math.floor((saved.cycle + to) / 2)
      run.advance(middle)
      if (machine.now >= to || !holds(machine)) {
        to = middle
        run.restore(saved)
      } else saved = run.save()
    }
    let found = machine.now
    while (holds(machine)) {
      found = machine.now
      if (!this.#step()) break
    }
    return found
  }

  /** What it leaves behind is no place that it stands at. */
  #leaving(find: () => number | undefined): number | undefined {
    this.#at = undefined
    const found = find()
    if (found === this.machine.now) this.#at = found
    return found
  }

  #step(): boolean {
    const { machine } = this
    const before = machine.instructions
    while (machine.instructions === before) {
      const next = machine.cpu.asleepSince === undefined ? machine.now + 1 : machine.scheduler.nextDue
      if (next === Infinity || this.replay.run.advance(Math.max(next, machine.now + 1))) return false
    }
    return true
  }

  #place(): { readonly line: Line; readonly sp: number; readonly exception: number } {
    const { machine } = this
    const [frame] = this.frames.at(machine.readRegister(PC) >>> 0)
    return {
      line: frame && frame.line > 0 ? `${frame.file}:${frame.line}` : undefined,
      sp: machine.readRegister(SP) >>> 0,
      exception: machine.cpu.exceptions.activeException,
    }
  }

  #isEntry(): boolean {
    const pc = this.machine.readRegister(PC) >>> 0
    return this.replay.image.symbols.functionAt(pc)?.start === pc
  }

  #awaitException(exception: number): void {
    while (this.machine.cpu.exceptions.activeException !== exception) if (!this.#step()) return
  }

  /** To where a call returns to, with the stack as it was. */
  #runTo(address: number, sp: number): number | undefined {
    const { machine } = this
    let arrived: number | undefined
    const probe = (): void => {
      if (machine.readRegister(SP) >>> 0 < sp) return
      arrived ??= machine.now
      machine.stop()
    }
    machine.addProbe(address, probe)
    let isOver = false
    while (arrived === undefined && !isOver)
      isOver = this.replay.run.advance(machine.now + CHUNK_CYCLES) !== undefined
    machine.removeProbe(address, probe)
    return arrived
  }

  /** Of the invocations that are on its timeline: when they have been counted. */
  #ends(): readonly number[] {
    const track = this.replay.timeline.tracks.get('operators')
    if (!(track instanceof SpanTrack)) return []
    const { spans } = track
    return [...spans.spansIn(0, Infinity)]
      .filter(({ kind, end }) => spans.names[kind]?.depth === 0 && end < Infinity)
      .map(({ end }) => end + 1)
  }
}
