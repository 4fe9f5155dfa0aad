import { instructionTable } from '../../emulator/cpu/instructions/index.ts'
import type { TableEntry } from '../../emulator/cpu/instructions/table.ts'
import { aim, randomState, type Case } from './generate.ts'
import { halfwordsOf, randomInstruction, type Instruction } from './instruction.ts'
import { RamPattern } from './layout.ts'
import { Random, seedOf } from './random.ts'
import { isMisjudged } from './misjudged.ts'
import { loadsPc, shapeOf } from './shapes.ts'
import { isSkipped } from './skipped.ts'

/** The register that memory instructions of a sequence go through; nothing else in it names it. */
const BASE = 7

interface Choice {
  readonly plain: readonly TableEntry[]
  readonly memory: readonly TableEntry[]
}
let choice: Choice | undefined

/** Entries that go on to the next instruction: those that do not touch memory, and those that do by a base register. */
function entries(): Choice {
  if (choice) return choice
  const all = instructionTable.filter(
    (entry) => shapeOf(entry).plain && !isMisjudged(entry) && !isSkipped(entry),
  )
  const has = (entry: TableEntry, letter: string): boolean =>
    entry.fields.some((field) => field.letter === letter)
  choice = {
    plain: all.filter((entry) => shapeOf(entry).memory === 'none'),
    memory: all.filter((entry) => {
      const { memory, multiple } = shapeOf(entry)
      return memory !== 'none' && !multiple && has(entry, 'n') && !has(entry, 'm')
    }),
  }
  return choice
}

const coreLetters = /^[dnmatuhl]$/i

/** Leaves base register and stack pointer alone, as far as its fields tell. */
function sparesBase({ entry, fields, opcode }: Instruction): boolean {
  if (loadsPc(opcode, entry.width)) return false
  for (const { letter, bits } of entry.fields) {
    const value = fields[letter] ?? 0
    if (
      coreLetters.test(letter) &&
      (bits.length === 3 || bits.length === 4) &&
      [BASE, 13, 15].includes(value)
    )
      return false
  }
  return true
}

/** Loads nothing into the base register; the rest is fixed. */
function usesBase({ entry, fields, opcode }: Instruction): boolean {
  if (loadsPc(opcode, entry.width)) return false
  const registers = entry.fields.filter(({ letter, bits }) => coreLetters.test(letter) && bits.length <= 4)
  return !registers.some(({ letter }) => letter !== 'n' && [BASE, 13, 15].includes(fields[letter] ?? 0))
}

/** Offset addressing from the base register, without write-back. */
const BY_BASE = { n: BASE, P: 1, W: 0 }

function randomPlain(random: Random, itState: number): Instruction {
  const { plain, memory } = entries()
  for (;;) {
    const one = random.oneIn(5)
      ? randomInstruction(random.pick(memory), random, usesBase, itState, BY_BASE)
      : randomInstruction(random.pick(plain), random, sparesBase, itState)
    if (one) return one
  }
}

function caseOf(name: string, code: number[], count: number, state: Uint32Array, random: Random): Case {
  return {
    name,
    code,
    instructions: count + 2,
    straight: true,
    region: 'code',
    odd: random.oneIn(2),
    ramPattern: random.below(RamPattern.data),
    state,
  }
}

/** Between two and eight instructions in a row: flags, forwarding of results, pre-decoded neighbours. */
export function sequenceCase(seed: number, index: number): Case {
  const random = new Random(seedOf('sequence', seed, index))
  const state = randomState(random)
  const code: number[] = []
  const count = 2 + random.below(7)
  for (let i = 0; i < count; i++) {
    const one = randomPlain(random, 0)
    if (shapeOf(one.entry).memory !== 'none') aim({ ...one, fields: { n: BASE } }, state, random, false)
    code.push(...halfwordsOf(one))
  }
  return caseOf('sequence', code, count, alignBase(state), random)
}

const alignBase = (state: Uint32Array): Uint32Array => {
  state[BASE] = (state[BASE] ?? 0) & ~3
  return state
}

/** IT and the one to four instructions it governs, and one after them. */
export function ifThenCase(seed: number, index: number): Case {
  const random = new Random(seedOf('if-then', seed, index))
  const state = randomState(random)
  const condition = random.below(15)
  const count = 1 + random.below(4)
  const ending = 1 << (4 - count)
  // AL governs only "then": its low bit, 0, in each place of the mask.
  const choices = condition === 14 ? 0 : random.below(16)
  const mask = (choices & (0xf ^ (2 * ending - 1))) | ending
  const code = [0xbf00 | (condition << 4) | mask]
  let itState = (condition << 4) | mask
  for (let i = 0; i <= count; i++) {
    const one = randomPlain(random, itState)
    if (shapeOf(one.entry).memory !== 'none') aim({ ...one, fields: { n: BASE } }, state, random, false)
    code.push(...halfwordsOf(one))
    itState = (itState & 7) === 0 ? 0 : (itState & 0xe0) | ((itState << 1) & 0x1f)
  }
  return caseOf('if-then', code, count + 2, alignBase(state), random)
}
