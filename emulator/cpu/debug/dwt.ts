import type { Cycles } from '../bus.ts'
import type { CoreClock } from '../core-clock.ts'
import type { InstructionCycles } from './cycle-counters.ts'
import { State, addressOf } from '../layout.ts'
import { identification, remembered, stored, type RegisterMap } from '../system/register-map.ts'
import type { ProcessorState } from '../state.ts'

const BASE = 0xe000_1000
const CYCCNTENA = 1
const CPIEVTENA = 1 << 17
const EXCEVTENA = 1 << 18
const SLEEPEVTENA = 1 << 19
const LSUEVTENA = 1 << 20
const FOLDEVTENA = 1 << 21
/** Four comparators, trace, counters: TRM 9.3, note a. */
const PRESENT = 0x4000_0000
const CTRL_WRITABLE = 0x007f_1fff

export interface DwtContext {
  /** Undefined: instructions are not counted one by one. */
  readonly instructionCycles: (() => InstructionCycles) | undefined
  readonly clock: CoreClock
  readonly state: ProcessorState
  readonly onUnmodelled: (name: string, address: number, isWrite: boolean) => void
}

interface SavedCounter {
  readonly value: number
  readonly since: number
  readonly running: boolean
}

export interface SavedDwt {
  readonly control: number
  readonly traceEnabled: boolean
  readonly overhead: Cycles
  /** In the order of `Dwt`'s own. */
  readonly counters: readonly SavedCounter[]
}

/** A count that goes on while enabled, computed when read. */
class Counter {
  #value = 0
  #since = 0
  #running = false

  constructor(private readonly source: () => number) {}

  save(): SavedCounter {
    return { value: this.#value, since: this.#since, running: this.#running }
  }

  restore({ value, since, running }: SavedCounter): void {
    this.#value = value
    this.#since = since
    this.#running = running
  }

  get value(): number {
    return this.#running ? this.#value + this.source() - this.#since : this.#value
  }

  set value(value: number) {
    this.#value = value
    this.#since = this.source()
  }

  set running(running: boolean) {
    const { value } = this
    this.#running = running
    this.value = value
  }
}

/**
 * Data watchpoint and trace unit, ARMv7-M ARM C1.8. Approximated: 1. CPICNT, LSUCNT and FOLDCNT count only where the
 * profile is on, else reads are reported as not modelled; the load that reads them is not in them. 2. Comparators are
 * stored and never match. 3. No packets are traced.
 */
export class Dwt {
  #control = 0
  #traceEnabled = false
  #overhead = 0
  readonly #cycles: Counter
  readonly #exceptions: Counter
  readonly #sleep: Counter
  readonly #instructions: Readonly<Record<'cpi' | 'lsu' | 'fold', Counter>>

  constructor(private readonly context: DwtContext) {
    this.#cycles = new Counter(() => context.clock.now)
    this.#exceptions = new Counter(() => this.#overhead)
    this.#sleep = new Counter(() => context.clock.slept)
    const counted = (what: 'cpi' | 'lsu' | 'fold'): Counter =>
      new Counter(() => context.instructionCycles?.()[what] ?? 0)
    this.#instructions = { cpi: counted('cpi'), lsu: counted('lsu'), fold: counted('fold') }
  }

  save(): SavedDwt {
    return {
      control: this.#control,
      traceEnabled: this.#traceEnabled,
      overhead: this.#overhead,
      counters: this.#counters.map((counter) => counter.save()),
    }
  }

  restore({ control, traceEnabled, overhead, counters }: SavedDwt): void {
    this.#control = control
    this.#traceEnabled = traceEnabled
    this.#overhead = overhead
    this.#counters.forEach((counter, n) => {
      const saved = counters[n]
      if (saved) counter.restore(saved)
    })
  }

  get #counters(): readonly Counter[] {
    const { cpi, lsu, fold } = this.#instructions
    return [this.#cycles, this.#exceptions, this.#sleep, cpi, lsu, fold]
  }

  /** DEMCR.TRCENA: nothing counts without it. */
  set traceEnabled(enabled: boolean) {
    this.#traceEnabled = enabled
    this.#update()
  }

  /** Cycles of exception entry, return and tail-chaining. */
  addOverhead(cycles: Cycles): void {
    this.#overhead += cycles
  }

  /** All of them so far, whether or not EXCCNT counts. */
  get overhead(): Cycles {
    return this.#overhead
  }

  addRegisters(map: RegisterMap): void {
    const { state, onUnmodelled } = this.context
    map.set(BASE, {
      ...stored(
        'DWT_CTRL',
        () => PRESENT | this.#control,
        (value) => {
          this.#control = value & CTRL_WRITABLE
          this.#update()
        },
      ),
    })
    const { cpi, lsu, fold } = this.#instructions
    const counter = (offset: number, name: string, count: Counter, mask: number): void => {
      map.set(
        BASE + offset,
        stored(
          name,
          () => ((count.value % 2 ** 32) >>> 0) & mask,
          (value) => (count.value = (value & mask) >>> 0),
        ),
      )
    }
    counter(0x04, 'DWT_CYCCNT', this.#cycles, 0xffff_ffff)
    counter(0x0c, 'DWT_EXCCNT', this.#exceptions, 0xff)
    counter(0x10, 'DWT_SLEEPCNT', this.#sleep, 0xff)
    const needProfile = [
      [0x08, 'DWT_CPICNT', cpi],
      [0x14, 'DWT_LSUCNT', lsu],
      [0x18, 'DWT_FOLDCNT', fold],
    ] as const
    for (const [offset, name, count] of needProfile) {
      counter(offset, name, count, 0xff)
      const register = map.get(BASE + offset)
      if (register && !this.context.instructionCycles)
        map.set(BASE + offset, {
          ...register,
          read: () => {
            onUnmodelled(name, BASE + offset, false)
            return register.read()
          },
        })
    }
    map.set(BASE + 0x1c, {
      name: 'DWT_PCSR',
      read: () => (this.#traceEnabled ? addressOf(state.word(State.current)) >>> 0 : 0xffff_ffff),
    })
    for (let n = 0; n < 4; n++) {
      const comparator = BASE + 0x20 + 0x10 * n
      map.set(comparator, remembered(`DWT_COMP${n}`))
      map.set(comparator + 4, remembered(`DWT_MASK${n}`, 0, 0x1f))
      const unused = remembered(`DWT_FUNCTION${n}`, 0, 0x000f_ffbf)
      map.set(comparator + 8, {
        ...unused,
        write: (value, lanes, size) => {
          if (value & 0xf) onUnmodelled(unused.name, comparator + 8, true)
          unused.write?.(value, lanes, size)
        },
      })
    }
    identification(map, BASE, 'DWT', [4, 0, 0, 0, 0x02, 0xb0, 0x3b, 0, 0x0d, 0xe0, 0x05, 0xb1])
  }

  #update(): void {
    const runs = (bit: number): boolean => this.#traceEnabled && (this.#control & bit) !== 0
    this.#cycles.running = runs(CYCCNTENA)
    this.#exceptions.running = runs(EXCEVTENA)
    this.#sleep.running = runs(SLEEPEVTENA)
    this.#instructions.cpi.running = runs(CPIEVTENA)
    this.#instructions.lsu.running = runs(LSUEVTENA)
    this.#instructions.fold.running = runs(FOLDEVTENA)
  }
}
