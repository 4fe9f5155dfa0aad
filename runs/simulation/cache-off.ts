import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { createMachine } from '../../emulator/machine.ts'
import type { MachineOptions } from '../../emulator/machine.ts'
import type { CacheOffReport } from '../report/run-report.ts'
import { yieldToOthers } from './yield.ts'

/** So much of a run is made again: 4 s without sleep. */
const MOST_CYCLES = 256_000_000
const SLICE_CYCLES = 4_000_000

export type CacheOffOptions = Omit<
  MachineOptions,
  'onConsole' | 'onStimulus' | 'profile' | 'instructionCacheOn'
> & {
  /** Of the run whose cache was off. */
  readonly ran: { readonly cycles: number; readonly sleepCycles: number; readonly instructions: number }
  readonly signal?: AbortSignal | undefined
}

/** Can the cache make a difference? */
export const cacheMatters = ({ profile, cacheBytes, flashFetchWait }: TimingParameters): boolean =>
  profile === 'pipeline' && cacheBytes > 0 && flashFetchWait > 0

/**
 * Makes a run again with the instruction cache on from reset, and its beginning with the cache off where it is a long
 * one. Both run for the same simulated time; as one is faster it may get further, so what is compared is cycles an
 * instruction. Undefined when interrupted, or where nothing ran.
 */
export async function costOfCacheOff(options: CacheOffOptions): Promise<CacheOffReport | undefined> {
  const { ran, ...machine } = options
  const awake = ran.cycles - ran.sleepCycles
  const cycles = awake <= MOST_CYCLES ? ran.cycles : MOST_CYCLES
  const off =
    cycles === ran.cycles ? ran.instructions / awake : await instructionsPerCycle(machine, cycles, false)
  const on = await instructionsPerCycle(machine, cycles, true)
  return off && on
    ? { cyclesPerInstruction: 1 / off, cyclesPerInstructionIfOn: 1 / on, comparedCycles: cycles }
    : undefined
}

async function instructionsPerCycle(
  { signal, ...options }: Omit<CacheOffOptions, 'ran'>,
  until: number,
  instructionCacheOn: boolean,
): Promise<number | undefined> {
  const machine = createMachine({
    ...options,
    profile: false,
    instructionCacheOn,
    onConsole: () => undefined,
    onStimulus: () => undefined,
  })
  while (machine.now < until) {
    const { kind } = machine.run(Math.min(machine.now + SLICE_CYCLES, until))
    if (kind !== 'paused') break
    if (signal?.aborted) return undefined
    await yieldToOthers()
  }
  const awake = machine.now - machine.sleepCycles
  return awake > 0 ? machine.instructions / awake : undefined
}
