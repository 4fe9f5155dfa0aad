import type { Machine, MachineInput } from '../../emulator/machine.ts'
import { lastAt } from '../../emulator/last-at.ts'
import type { Channel, Motion } from '../../emulator/trace/recording.ts'

/** What a hand feels from a cycle on, in g, dps and gauss. */
export interface MotionInput {
  readonly kind: 'motion'
  readonly values: Readonly<Partial<Record<Channel, number>>>
}

/** It reaches the board at the first instruction boundary at or after its cycle. */
export type RunInput = (MachineInput | MotionInput) & { readonly cycle: number }

/** The same, whenever it comes. */
export type Unplaced<Input> = Input extends unknown ? Omit<Input, 'cycle'> : never

/**
 * What reaches a board from outside while it runs, in the order of time. Those who share it run the same: a run that goes
 * on, and one that makes stretches of it again.
 */
export class RunInputs implements Motion {
  /** Not saved: what the run is given. */
  readonly #all: RunInput[]
  /** Not saved: of the same. */
  readonly #motion: (RunInput & MotionInput)[]

  /** @param feelsMotion sensors feel what comes as `motion`, and no recording */
  constructor(
    all: readonly RunInput[] = [],
    readonly feelsMotion = false,
  ) {
    this.#all = [...all]
    this.#motion = all.filter((one) => one.kind === 'motion')
  }

  get all(): readonly RunInput[] {
    return this.#all
  }

  /** @throws RangeError for one that comes before another */
  add(input: RunInput): void {
    if (input.cycle < (this.#all.at(-1)?.cycle ?? 0))
      throw new RangeError(`an input at cycle ${input.cycle} comes after a later one`)
    this.#all.push(input)
    if (input.kind === 'motion') this.#motion.push(input)
  }

  valueAt(channel: Channel, cycle: number): number {
    const motion = this.#motion
    return motion[lastAt(motion.length, (i) => motion[i]?.cycle, cycle)]?.values[channel] ?? 0
  }
}

/** How many have reached the machine. */
export class InputFeed {
  #applied = 0

  constructor(
    private readonly inputs: RunInputs,
    private readonly machine: Machine,
  ) {}

  save(): number {
    return this.#applied
  }

  restore(applied: number): void {
    this.#applied = applied
  }

  /** Cycle of the next one; Infinity when there is none. */
  get due(): number {
    return this.inputs.all[this.#applied]?.cycle ?? Infinity
  }

  /** Between two calls of `machine.run`. @returns whether there was anything */
  apply(): boolean {
    const before = this.#applied
    for (let next = this.inputs.all[before]; next && next.cycle <= this.machine.now;) {
      if (next.kind !== 'motion') this.machine.input(next)
      this.#applied += 1
      next = this.inputs.all[this.#applied]
    }
    return this.#applied > before
  }
}
