import type { Machine } from '../../emulator/machine.ts'
import type { LedState, PinStates } from './protocol.ts'

const PINS = 48
const PORTS = [
  { direction: 0x5000_0514, from: 0, pins: 32 },
  { direction: 0x5000_0814, from: 32, pins: 16 },
] as const

export function pinsOf({ chip }: Machine): PinStates {
  const levels = Uint8Array.from({ length: PINS }, (_, pin) => Number(chip.gpio.level(pin)))
  const driven = new Uint8Array(PINS)
  for (const { direction, from, pins } of PORTS) {
    const bits = chip.bus.read(direction, 4)
    for (let i = 0; i < pins; i++) driven[from + i] = (bits >>> i) & 1
  }
  return { levels, driven }
}

/** As they are at one moment. */
export const ledsOf = ({ board }: Machine): readonly LedState[] =>
  [...board.leds.values()].map(({ name, brightness, lit }) => ({ name, brightness, lit: Number(lit) }))

/** How much of the time since the last look each was lit. */
export class LitLeds {
  #since = 0
  #told: readonly LedState[] = []
  readonly #lit = new Map<string, number>()

  constructor(private readonly machine: Machine) {}

  states(): readonly LedState[] {
    const { board, now } = this.machine
    const cycles = now - this.#since
    if (cycles === 0 && this.#told.length > 0) return this.#told
    this.#since = now
    this.#told = [...board.leds.values()].map(({ name, brightness, lit, litCycles }) => {
      const before = this.#lit.get(name) ?? 0
      this.#lit.set(name, litCycles)
      return { name, brightness, lit: cycles > 0 ? (litCycles - before) / cycles : Number(lit) }
    })
    return this.#told
  }
}
