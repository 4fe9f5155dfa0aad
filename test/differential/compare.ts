import { itAdvance, type Decoder } from '../../emulator/cpu/engine/decode.ts'
import { disassemble } from '../../emulator/cpu/debug/disassemble.ts'
import type { Case } from './generate.ts'
import { CodePlaces, ramPatterns } from './layout.ts'
import type { Ours } from './ours.ts'
import { Memory, STATE_WORDS, Word, stateNames, type Outcome } from './state.ts'
import type { Unicorn } from './unicorn.ts'

/** A case on which the two disagree, in words. */
export interface Difference {
  readonly name: string
  readonly text: string
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')

/** Runs cases on both processors and compares all that they leave behind. */
export class Comparison {
  readonly #places: CodePlaces
  readonly #patterns = ramPatterns()

  constructor(
    readonly ours: Ours,
    readonly unicorn: Unicorn,
  ) {
    this.#places = new CodePlaces([ours, unicorn])
  }

  run(one: Case): Difference | undefined {
    const { ours, unicorn } = this
    const address = this.#places.next(one.region, one.code.length + 1, one.odd)
    this.#places.place(address, one.code)
    const pattern = this.#patterns[one.ramPattern] ?? new Uint8Array()
    const outcomes = [ours, unicorn].map((processor): Outcome => {
      processor.ram.set(pattern)
      processor.state.set(one.state)
      return processor.run(address, one.instructions)
    })
    this.#places.landed(unicorn.state[Word.registers + 15] ?? 0)
    const found = this.#differences(one, address, outcomes)
    if (found.length === 0) return undefined
    return {
      name: one.name,
      text: `${describe(one, address, ours.cpu.core.decoder)}\n${found.map((line) => `    ${line}`).join('\n')}`,
    }
  }

  #differences(one: Case, address: number, [mine, theirs]: Outcome[]): string[] {
    const { ours, unicorn } = this
    const lines: string[] = []
    if (mine !== theirs) lines.push(`outcome: ours ${mine}, unicorn ${theirs}`)
    const end = address + 2 * one.code.length
    const arrived = unicorn.state[Word.registers + 15] ?? 0
    if (one.straight && arrived !== end) lines.push(`unicorn stopped at ${hex(arrived)}, not at ${hex(end)}`)
    for (let word = 0; word < STATE_WORDS; word++) {
      const [a = 0, b = 0] = [ours.state[word], unicorn.state[word]]
      if (a === b) continue
      lines.push(
        `${stateNames[word]}: before ${hex(one.state[word] ?? 0)}, ours ${hex(a)}, unicorn ${hex(b)}`,
      )
    }
    return [...lines, ...this.#memoryDifferences()]
  }

  #memoryDifferences(): string[] {
    const a = Buffer.from(this.ours.ram.buffer, this.ours.ram.byteOffset, Memory.windowBytes)
    const b = Buffer.from(this.unicorn.ram.buffer, this.unicorn.ram.byteOffset, Memory.windowBytes)
    if (a.equals(b)) return []
    const lines: string[] = []
    for (let i = 0; i < Memory.windowBytes && lines.length < 4; i++)
      if (a[i] !== b[i])
        lines.push(
          `byte at ${hex(Memory.ramBase + i)}: ours ${a[i]?.toString(16)}, unicorn ${b[i]?.toString(16)}`,
        )
    return lines
  }
}

/** One line that says what was run: each instruction, then the state that it began with. */
function describe(one: Case, address: number, decoder: Decoder): string {
  const instructions: string[] = []
  let itState = 0
  for (let at = address; at < address + 2 * one.code.length;) {
    const found = decoder.instructionAt(at, itState)
    if (!found) break
    const digits = found.opcode.toString(16).padStart(found.width / 4, '0')
    instructions.push(`${digits} ${found.entry.name}: ${disassemble(found, itState)}`)
    itState = found.entry.definition.timing === 'ifThen' ? found.opcode & 0xff : itAdvance(itState)
    at += found.width / 8
  }
  const usesSingles = instructions.some((text) => / V[A-Z]/.test(text))
  const state = [...one.state].flatMap((value, i) =>
    usesSingles || i < Word.singles || i >= Word.primask ? [`${stateNames[i]}=${hex(value)}`] : [],
  )
  return `${one.name} at ${hex(address)}: ${instructions.join('; ')} | ${state.join(' ')}`
}
