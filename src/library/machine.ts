import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { UserError } from '../../runs/errors.ts'
import { demangle } from '../../runs/image/demangle.ts'
import { didYouMean } from '../../runs/nearest.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import type { Ending } from '../../runs/simulation/ending.ts'
import { RunInputs } from '../../runs/simulation/inputs.ts'
import { Run } from '../../runs/simulation/run.ts'
import { observeOptionsOf, reportOf, type SimulateOptions } from '../../runs/simulation/simulate.ts'
import { secondsOf, simulationOf, type FirmwareOptions, type Time } from './options.ts'

/** How far `Machine.run` goes: for a time, or until a whole line of the console matches, whichever comes first. */
export interface RunFor {
  readonly for?: Time
  readonly until?: RegExp | string
}

/** Why it returned: its time is over, the line has come, or the run has come to its end. */
export type Returned = 'time' | 'until' | 'ended'

/** Simulated time that `run({ until })` waits at most where nothing is said. */
const LONGEST_WAIT = 60
/** In a microamp. */
const PICOAMPS = 1e6

/** A board with firmware on it, which goes on when it is told to and can be looked at and reached in between. */
export class Machine {
  readonly #options: SimulateOptions
  readonly #inputs: RunInputs
  readonly #run: Run
  readonly #text = new TextDecoder()
  #console = ''
  #ending: Ending | undefined
  #onLine: ((line: string) => void) | undefined
  #line = ''

  private constructor(options: SimulateOptions) {
    this.#inputs = new RunInputs()
    this.#options = { ...options, inputs: this.#inputs, seconds: Number.MAX_SAFE_INTEGER / CYCLES_PER_SECOND }
    this.#run = new Run(observeOptionsOf({ ...this.#options, onConsole: (byte) => this.#printed(byte) }))
  }

  /** Reads firmware, as `runFirmware` does, and stands at reset. @throws UserError */
  static async load(file: string, options: FirmwareOptions = {}): Promise<Machine> {
    return new Machine(await simulationOf(file, options))
  }

  /** Since reset, at 64 MHz. */
  get cycles(): number {
    return this.#run.machine.now
  }

  /** Simulated, since reset. */
  get seconds(): number {
    return this.cycles / CYCLES_PER_SECOND
  }

  get instructions(): number {
    return this.#run.machine.instructions
  }

  /** All that it has printed, by UART, semihosting or ITM port 0. */
  get console(): string {
    return this.#console
  }

  /** What ended it, once something has: `exit`, `fault`, ... as `run.stop` of its report. */
  get ended(): string | undefined {
    return this.#ending?.kind
  }

  /** What the board has drawn from its supply since reset. */
  get microcoulombs(): number {
    return this.#run.machine.boardCharge() / PICOAMPS / CYCLES_PER_SECOND
  }

  /** @throws UserError for what is no time */
  run({ for: time, until }: RunFor): Returned {
    const seconds = time === undefined ? (until === undefined ? undefined : LONGEST_WAIT) : secondsOf(time)
    if (seconds === undefined) throw new UserError('run: give { for: "10ms" } or { until: /ready/ }.')
    const pattern = until === undefined ? undefined : new RegExp(until)
    const end = this.cycles + Math.round(seconds * CYCLES_PER_SECOND)
    const seen = { line: false }
    this.#onLine = (line) => {
      if (!pattern?.test(line)) return
      seen.line = true
      this.#run.machine.stop()
    }
    try {
      while (!seen.line && !this.#ending && this.cycles < end) this.#ending = this.#run.advance(end)
    } finally {
      this.#onLine = undefined
    }
    return seen.line ? 'until' : this.#ending ? 'ended' : 'time'
  }

  /** On the console's RX line. */
  type(text: string): void {
    this.#inputs.add({ kind: 'console', bytes: new TextEncoder().encode(text), cycle: this.cycles })
  }

  /** @throws UserError for a button that the board has not */
  press(button: string): void {
    this.#button(button, true)
  }

  release(button: string): void {
    this.#button(button, false)
  }

  /** Drives a pin, such as `P1.11`, from outside; null lets go of it. @throws UserError for what is no pin */
  drive(pin: string, level: boolean | null): void {
    if (!/^P(0\.([0-9]|[12][0-9]|3[01])|1\.([0-9]|1[0-5])|[01]\.0[0-9])$/.test(pin))
      throw new UserError(`${pin} is not a pin: P0.00 to P0.31, P1.00 to P1.15.`)
    this.#inputs.add({ kind: 'pin', pin, level, cycle: this.cycles })
  }

  /** Bytes of flash or RAM. @param where an address, or the name of a symbol @throws UserError for no such symbol */
  read(where: number | string, length = 4): Uint8Array {
    return this.#run.machine.readMemory(this.#addressOf(where), length)
  }

  /** The 32-bit word there, unsigned. @throws UserError for no such symbol, and where there is no memory */
  readWord(where: number | string): number {
    const bytes = this.read(where, 4)
    if (bytes.length < 4) throw new UserError(`${where}: there is no memory.`)
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  }

  /** Ends it here: nothing may follow. @returns the report, as of `boardless run` */
  async report(): Promise<RunReport> {
    const observation = this.#ending ? this.#run.observation(this.#ending) : this.#run.interrupted()
    this.#ending ??= { kind: 'interrupted', detail: 'its report was asked for' }
    return reportOf(this.#options, observation)
  }

  #button(button: string, isPressed: boolean): void {
    const { buttons } = this.#run.machine.board
    if (!buttons.has(button)) {
      const known = [...buttons.keys()]
      throw new UserError(
        `${button}: the board has no such button; it has ${known.length === 0 ? 'none' : known.join(', ')}.`,
      )
    }
    this.#inputs.add({ kind: 'button', button, isPressed, cycle: this.cycles })
  }

  #addressOf(where: number | string): number {
    if (typeof where === 'number') return where
    const { symbols } = this.#options.image
    const whole = new RegExp(`^${where.replace(/[^\w:]/g, '\\$&')}$`)
    const address = symbols.value(where) ?? symbols.objectsMatching(whole)[0]?.address
    if (address !== undefined) return address
    const names = symbols.objectsMatching(/./).map(({ name }) => demangle(name))
    throw new UserError(`${where}: the firmware has no such symbol.${didYouMean(where, names)}`)
  }

  #printed(byte: number): void {
    const text = this.#text.decode(Uint8Array.of(byte), { stream: true })
    this.#console += text
    this.#line += text
    if (!text.endsWith('\n')) return
    const line = this.#line.replace(/\r?\n$/, '')
    this.#line = ''
    this.#onLine?.(line)
  }
}
