import { setImmediate } from 'node:timers/promises'
import type { Machine, MachineFault, MachineStop } from '../../emulator/machine.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { FirmwareImage } from '../image/image.ts'
import { CallStack } from '../image/unwind.ts'
import { duration, grouped } from '../report/format.ts'
import type { FaultReport, StopKind } from '../report/run-report.ts'
import type { ConsoleWatch } from './console-watch.ts'
import type { ObserveOptions } from './observe.ts'

/** How a run came to its end. */
export interface Ending {
  readonly kind: StopKind
  readonly detail: string
  readonly exitCode?: number
  readonly fault?: FaultReport
  /** Cycle since which nothing could wake the processor. */
  readonly nothingWakesSince?: number
}

/** Wall-clock time between looks at the signal, the progress bar and the pending output. */
const SLICE_MILLISECONDS = 50

const LOOK_EVERY_CYCLES = CYCLES_PER_SECOND / 4

/** Firmware that is reset so often comes to nothing else, and each reset takes time. */
export const MOST_RESETS = 5000

const atALimit: ReadonlySet<StopKind> = new Set<StopKind>(['time', 'recording-end', 'asleep-for-ever'])

/** Lets firmware run to its end: its own, a line of the console, the limit, or the user's. */
export async function runToEnd(
  machine: Machine,
  options: ObserveOptions,
  console: ConsoleWatch,
): Promise<Ending> {
  const ending = await runOn(machine, options, console)
  console.end()
  const [unmodelled] = options.strict ? machine.unmodelled : []
  if (unmodelled && (atALimit.has(ending.kind) || ending.kind === 'exit' || ending.kind === 'until'))
    return { kind: 'unmodelled', detail: `--strict: ${unmodelled.name} is not modelled` }
  if (console.isMet && atALimit.has(ending.kind)) return { ...ending, ...printed(options) }
  return ending
}

async function runOn(machine: Machine, options: ObserveOptions, console: ConsoleWatch): Promise<Ending> {
  const { limitCycles, limit, signal, image } = options
  const spin = new SpinDetector(machine)
  let nothingWakesSince: number | undefined
  let slice = 1_000_000
  let yielded = performance.now()
  for (;;) {
    const [from, began] = [machine.now, performance.now()]
    const until = Math.min(from + slice, spin.nextLook, console.quietAt, limitCycles)
    const stop = machine.run(until, nothingWakesSince !== undefined)
    if (stop.kind === 'asleep-for-ever' && options.sleepsOn === true) {
      nothingWakesSince = machine.now
      slice = Infinity
      spin.nextLook = Infinity
    } else if (stop.kind !== 'paused') return endingOf(stop, machine, image)
    if (machine.resets.unwanted >= MOST_RESETS) return resetLoop(machine)
    console.look()
    if (console.isMet) return printed(options)
    if (machine.now >= spin.nextLook) spin.look()
    if (machine.now >= limitCycles) {
      const fault = machine.handledFault
      if (fault) return endingOf({ kind: 'fault', fault }, machine, image)
      if (nothingWakesSince === undefined) return { ...limit, detail: limit.detail + spin.describe(image) }
      const detail = `${limit.detail}; ${asleep(machine, image)} since ${when(nothingWakesSince)}, and nothing could wake it`
      return { ...limit, detail, nothingWakesSince }
    }
    if (signal?.aborted) return { kind: 'interrupted', detail: `interrupted${spin.describe(image)}` }
    const took = performance.now() - began
    if (took < SLICE_MILLISECONDS / 2 && machine.now - from >= slice) slice *= 2
    else if (took > SLICE_MILLISECONDS * 2) slice = Math.max(Math.floor(slice / 2), 10_000)
    if (performance.now() - yielded < SLICE_MILLISECONDS / 2) continue
    options.onProgress?.(machine.now)
    await setImmediate()
    yielded = performance.now()
  }
}

const resetLoop = (machine: Machine): Ending => ({
  kind: 'reset-loop',
  detail: `the chip was reset ${grouped(machine.resets.unwanted)} times in ${when(machine.now)}, and goes on like that`,
})

const printed = ({ until }: ObserveOptions): Ending => ({
  kind: 'until',
  detail: `the console printed ${String(until)}`,
})

const when = (cycle: number): string => duration(cycle / CYCLES_PER_SECOND)

const place = (machine: Machine, { symbols }: FirmwareImage): string => {
  const pc = machine.readRegister(15) >>> 0
  return `${symbols.describe(pc)} (0x${pc.toString(16)})`
}

const asleep = (machine: Machine, image: FirmwareImage): string =>
  `${machine.chip.isOff ? 'in System OFF' : 'asleep'} at ${place(machine, image)}`

/** Notices firmware that neither sleeps nor leaves a few instructions. Looks at fixed times, to say the same each time. */
class SpinDetector {
  nextLook = LOOK_EVERY_CYCLES
  #lowest = Infinity
  #highest = 0
  #since = 0
  #asleep = 0

  constructor(readonly machine: Machine) {}

  look(): void {
    const { machine } = this
    this.nextLook += LOOK_EVERY_CYCLES
    const pc = machine.readRegister(15) >>> 0
    const lowest = Math.min(this.#lowest, pc)
    const highest = Math.max(this.#highest, pc)
    if (highest - lowest < 64 && machine.sleepCycles === this.#asleep) {
      this.#lowest = lowest
      this.#highest = highest
      return
    }
    this.#lowest = this.#highest = pc
    this.#since = machine.now
    this.#asleep = machine.sleepCycles
  }

  describe({ symbols }: FirmwareImage): string {
    const cycles = this.machine.now - this.#since
    if (cycles < CYCLES_PER_SECOND / 2) return ''
    return `; it seems to spin at ${symbols.describe(this.#lowest)} (0x${this.#lowest.toString(16)})`
  }
}

function endingOf(
  stop: Exclude<MachineStop, { kind: 'paused' }>,
  machine: Machine,
  image: FirmwareImage,
): Ending {
  const where = place(machine, image)
  switch (stop.kind) {
    case 'exit':
      return { kind: 'exit', detail: 'the firmware exited through semihosting', exitCode: stop.code }
    case 'asleep-for-ever':
      return {
        kind: 'asleep-for-ever',
        detail: `${asleep(machine, image)} with nothing left that could wake it; all averages are over the ${when(machine.now)} until then, --for goes on`,
        nothingWakesSince: machine.now,
      }
    case 'breakpoint':
      return { kind: 'breakpoint', detail: `BKPT at ${where}` }
    case 'unmodelled':
      return {
        kind: 'unmodelled',
        detail: `--strict: ${stop.lost ?? `${stop.name} is not modelled; accessed`} at ${where}`,
      }
    case 'fault': {
      const fault = describeFault(stop.fault, machine, image)
      return { kind: 'fault', detail: fault.summary, fault }
    }
  }
}

function describeFault(fault: MachineFault, machine: Machine, image: FirmwareImage): FaultReport {
  const { causes, cfsr, hfsr, mmfar, bfar, registers, xpsr, instruction } = fault
  const pc = (registers[15] ?? 0) >>> 0
  const where = `${image.symbols.describe(pc)} (0x${pc.toString(16)})`
  return {
    summary: `the firmware crashed at ${where}: ${causes[0] ?? 'cause unknown'}`,
    causes,
    cfsr,
    hfsr,
    mmfar,
    bfar,
    pc,
    instruction,
    registers: registers.map((value) => value >>> 0),
    xpsr,
    callStack: new CallStack(image, (address, length) => machine.readMemory(address, length)).from(registers),
  }
}
