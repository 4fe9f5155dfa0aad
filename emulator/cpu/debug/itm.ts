import type { AccessSize } from '../bus.ts'
import { identification, remembered, type Register, type RegisterMap } from '../system/register-map.ts'

const BASE = 0xe000_0000
const PORTS = 32
const ITMENA = 1
const TCR_WRITABLE = 0x007f_0f1f
const UNLOCK = 0xc5ac_ce55

export interface ItmContext {
  readonly isPrivileged: () => boolean
  readonly onStimulus: (port: number, value: number, size: AccessSize) => void
  /** A write to a stimulus port that is off, and which bit is to blame. */
  readonly onLost: (port: number, why: string) => void
}

export interface SavedItm {
  readonly traceEnabled: boolean
  readonly ter: number
  readonly tpr: number
  readonly tcr: number
  readonly locked: boolean
}

/**
 * Instrumentation trace macrocell, ARMv7-M ARM C1.7. Approximated: 1. The FIFO is never full. 2. Time stamps and
 * hardware packets are not made: who listens to `onStimulus` knows the cycle.
 */
export class Itm {
  /** DEMCR.TRCENA. */
  traceEnabled = false
  #ter = 0
  #tpr = 0
  #tcr = 0
  #locked = true

  constructor(private readonly context: ItmContext) {}

  save(): SavedItm {
    return {
      traceEnabled: this.traceEnabled,
      ter: this.#ter,
      tpr: this.#tpr,
      tcr: this.#tcr,
      locked: this.#locked,
    }
  }

  restore({ traceEnabled, ter, tpr, tcr, locked }: SavedItm): void {
    this.traceEnabled = traceEnabled
    this.#ter = ter
    this.#tpr = tpr
    this.#tcr = tcr
    this.#locked = locked
  }

  addRegisters(map: RegisterMap): void {
    for (let port = 0; port < PORTS; port++) map.set(BASE + 4 * port, this.#stimulusPort(port))
    map.set(BASE + 0xe00, {
      name: 'ITM_TER',
      unprivileged: true,
      read: () => this.#ter >>> 0,
      write: (value, lanes) => this.#writeEnables(value, lanes),
    })
    this.#control(
      map,
      0xe40,
      'ITM_TPR',
      () => this.#tpr,
      (value) => (this.#tpr = value & 0xf),
    )
    this.#control(
      map,
      0xe80,
      'ITM_TCR',
      () => this.#tcr,
      (value) => (this.#tcr = value & TCR_WRITABLE),
    )
    map.set(BASE + 0xef8, remembered('ITM_IWR', 0, 1))
    map.set(BASE + 0xefc, remembered('ITM_IRR', 0, 1))
    map.set(BASE + 0xf00, remembered('ITM_IMCR', 0, 1))
    map.set(BASE + 0xfb0, {
      name: 'ITM_LAR',
      unprivileged: true,
      read: () => 0,
      write: (value, lanes) => {
        if (this.context.isPrivileged()) this.#locked = value >>> 0 !== UNLOCK || lanes !== -1
      },
    })
    map.set(BASE + 0xfb4, { name: 'ITM_LSR', unprivileged: true, read: () => (this.#locked ? 3 : 1) })
    identification(map, BASE, 'ITM', [4, 0, 0, 0, 0x01, 0xb0, 0x3b, 0, 0x0d, 0xe0, 0x05, 0xb1])
  }

  /** Reads say that the FIFO has room. A write is a packet as wide as the access. */
  #stimulusPort(port: number): Register {
    return {
      name: `ITM_STIM${port}`,
      unprivileged: true,
      read: () => 1,
      write: (value, _lanes, size) => {
        const why = this.#whyOff(port)
        if (why === undefined) this.context.onStimulus(port, value >>> 0, size)
        else this.context.onLost(port, why)
      },
    }
  }

  /** Undefined where a write to the port is a packet. */
  #whyOff(port: number): string | undefined {
    if (!this.traceEnabled) return 'trace is off, DEMCR.TRCENA is 0'
    if ((this.#tcr & ITMENA) === 0) return 'the ITM is off, ITM_TCR.ITMENA is 0'
    if (((this.#ter >>> port) & 1) === 0) return `the port is off, bit ${port} of ITM_TER is 0`
    return this.#mayUse(port) ? undefined : 'the port is for privileged code, by ITM_TPR'
  }

  /** A bit of TPR keeps eight ports for privileged code. */
  #mayUse(port: number): boolean {
    return this.context.isPrivileged() || ((this.#tpr >>> (port >> 3)) & 1) === 0
  }

  #writeEnables(value: number, lanes: number): void {
    if (this.#locked) return
    let writable = 0
    for (let port = 0; port < PORTS; port++) if (this.#mayUse(port)) writable |= 1 << port
    writable &= lanes
    this.#ter = (this.#ter & ~writable) | (value & writable)
  }

  /** Registers that anyone may read; writes without privilege or under the lock are discarded (TRM 10.3). */
  #control(
    map: RegisterMap,
    offset: number,
    name: string,
    read: () => number,
    set: (value: number) => void,
  ): void {
    map.set(BASE + offset, {
      name,
      unprivileged: true,
      read: () => read() >>> 0,
      write: (value, lanes) => {
        if (!this.#locked && this.context.isPrivileged()) set((read() & ~lanes) | value)
      },
    })
  }
}
