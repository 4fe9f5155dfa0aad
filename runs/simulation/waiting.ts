import type { Machine } from '../../emulator/machine.ts'
import { Log } from '../../emulator/snapshot/log.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { FirmwareImage } from '../image/image.ts'
import { duration, hexadecimal } from '../report/show/format.ts'
import type { WaitingReport } from '../report/run-report.ts'
import type { TracedLoop } from './loop-trace.ts'
import { polledRegister, polledVariable, type PolledRegister } from './waits-for.ts'

/** What lasts less is no waiting. */
export const LEAST_CYCLES = CYCLES_PER_SECOND / 2
const LOOK_EVERY_CYCLES = CYCLES_PER_SECOND / 4
/** Looks that are remembered: four and a half hours of them. */
const MOST_LOOKS = 65_536
const PC = 15
/** Of what a loop reads, so many are told. */
const MOST_READS = 2

interface Look {
  readonly cycle: number
  readonly pc: number
}

export interface SavedWhereabouts {
  /** Infinity for never. */
  readonly nextLook: number
  readonly looks: readonly (readonly Look[])[]
  readonly asleep: number
  readonly awakeSince: number
}

/** Where the processor was, at fixed times, so that each run says the same. */
export class Whereabouts {
  nextLook = LOOK_EVERY_CYCLES
  #looks = new Log<Look>()
  #asleep = 0
  #awakeSince = 0

  constructor(private readonly machine: Machine) {}

  save(): SavedWhereabouts {
    return {
      nextLook: this.nextLook,
      looks: this.#looks.save(),
      asleep: this.#asleep,
      awakeSince: this.#awakeSince,
    }
  }

  restore({ nextLook, looks, asleep, awakeSince }: SavedWhereabouts): void {
    this.nextLook = nextLook
    this.#looks.restore(looks)
    this.#asleep = asleep
    this.#awakeSince = awakeSince
  }

  /** After it was of no use to look. */
  resume(): void {
    this.nextLook = (Math.floor(this.machine.now / LOOK_EVERY_CYCLES) + 1) * LOOK_EVERY_CYCLES
  }

  look(): void {
    const { machine } = this
    this.nextLook += LOOK_EVERY_CYCLES
    if (machine.sleepCycles !== this.#asleep) {
      this.#asleep = machine.sleepCycles
      this.#awakeSince = machine.now
      this.#looks = new Log()
    }
    if (machine.cpu.exceptions.activeException !== 0) return
    if (this.#looks.length === MOST_LOOKS) this.#forgetEarlyOnes()
    this.#looks.push({ cycle: machine.now, pc: machine.readRegister(PC) >>> 0 })
  }

  get isLongAwake(): boolean {
    return this.machine.sleepCycles === this.#asleep && this.machine.now - this.#awakeSince >= LEAST_CYCLES
  }

  /** Earliest look since which each has found it there, handlers apart. */
  sinceIn(pcs: ReadonlySet<number>): number | undefined {
    if (this.machine.sleepCycles !== this.#asleep) return undefined
    const looks = this.#looks.toArray()
    const elsewhere = looks.findLastIndex(({ pc }) => !pcs.has(pc))
    return looks[elsewhere + 1]?.cycle
  }

  #forgetEarlyOnes(): void {
    const late = this.#looks.toArray().slice(MOST_LOOKS / 2)
    this.#looks = new Log()
    for (const look of late) this.#looks.push(look)
  }
}

/** The loop that the processor has long been in. */
export function waitingInLoop(
  machine: Machine,
  image: FirmwareImage,
  loop: TracedLoop,
  sinceCycle: number,
): WaitingReport {
  return {
    kind: 'loop',
    sinceCycle,
    address: loop.head,
    function: image.symbols.describe(loop.head),
    isUnchanging: loop.isUnchanging,
    reads: loop.reads.map((address) => {
      const { name, state, endsBy } = polledAt(address, machine, image)
      return { address, name, value: loop.isUnchanging ? valueAt(address, machine) : null, state, endsBy }
    }),
    wakes: [],
  }
}

/** Asleep for long or for ever, or off. */
export function waitingAsleep(machine: Machine, image: FirmwareImage, sinceCycle: number): WaitingReport {
  const address = machine.readRegister(PC) >>> 0
  return {
    kind: machine.chip.isOff ? 'off' : 'asleep',
    sinceCycle,
    address,
    function: image.symbols.describe(address),
    isUnchanging: true,
    reads: [],
    wakes: machine.wakesOn,
  }
}

export function describeWaiting(waiting: WaitingReport, isForEver: boolean): string {
  const since = duration(waiting.sinceCycle / CYCLES_PER_SECOND)
  const at = `at ${waiting.function} (0x${waiting.address.toString(16)})`
  if (waiting.kind === 'loop') {
    const loop = `in a loop ${at} since ${since} or before`
    const shown = [...waiting.reads].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_READS)
    const more = waiting.reads.length - shown.length
    if (shown.length > 0)
      return `waits for ${shown.map(readText).join(', and for ')}${more > 0 ? `, and for ${more} more (--json)` : ''}; ${loop}`
    return `${loop}${waiting.isUnchanging ? ', which reads nothing and never ends' : ''}`
  }
  const where = `${waiting.kind === 'off' ? 'in System OFF' : 'asleep'} ${at} since ${since}`
  const wakes = waiting.wakes.length > 0 ? waiting.wakes.join(' or ') : ''
  if (waiting.kind === 'off') return isForEver ? `${where}, and nothing could wake it` : where
  if (!isForEver)
    return `${where}; ${wakes === '' ? 'no interrupt that could wake it is enabled' : `what can wake it: ${wakes}`}`
  return `${where}, and nothing could wake it${wakes === '' ? '; no interrupt is enabled' : `; enabled to, but not under way: ${wakes}`}`
}

/** What a peripheral says is most likely what is waited for; then memory, then the processor's own registers. */
const rank = ({ address }: WaitingReport['reads'][number]): number =>
  address >= 0xe000_0000 ? 2 : address >= 0x4000_0000 ? 0 : 1

function readText({ name, address, value, state, endsBy }: WaitingReport['reads'][number]): string {
  const always = value === null ? '' : `, always ${value < 10 ? value : hexadecimal(value)}`
  const ends = endsBy === null ? '' : `; what ends it: ${endsBy}`
  return `${name}${name.startsWith('0x') ? '' : ` (${hexadecimal(address)})`}${always}${state === null ? '' : `; ${state}`}${ends}`
}

function polledAt(
  address: number,
  machine: Machine,
  { symbols }: FirmwareImage,
): PolledRegister & { readonly name: string } {
  const word = (address & ~3) >>> 0
  const register = machine.chip.registers.find((one) => one.address === word)
  if (register)
    return { name: `${register.peripheral}.${register.name}`, ...polledRegister(register, machine) }
  const isMemory = machine.readMemory(word, 4).length === 4
  return {
    name: machine.cpu.privateBus.nameOf(word) ?? symbols.describeData(address),
    ...(isMemory ? polledVariable(machine) : { state: null, endsBy: null }),
  }
}

/** Where reading it changes nothing. */
function valueAt(address: number, machine: Machine): number | null {
  const bytes = machine.readMemory(address & ~3, 4)
  if (bytes.length === 4) return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  return machine.chip.bus.isSteady(address) ? machine.chip.bus.read(address & ~3, 4) >>> 0 : null
}
