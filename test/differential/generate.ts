import type { TableEntry } from '../../emulator/cpu/instructions/table.ts'
import { halfwordsOf, randomInstruction, type Instruction } from './instruction.ts'
import { Random, seedOf } from './random.ts'
import { avoidMisjudged } from './misjudged.ts'
import { RamPattern, Region, type RegionName } from './layout.ts'
import { addedToPc, branchRegister, loadsPc, shapeOf } from './shapes.ts'
import { APSR_BITS, Memory, STATE_WORDS, Word } from './state.ts'
import { fillSingles, fpscrValue, interestingWord } from './values.ts'

/** One case: code, the state it starts from, and the memory around it. */
export interface Case {
  readonly name: string
  readonly code: number[]
  /** Instructions that the case is made of. */
  readonly instructions: number
  /** Goes straight on to the BKPT after it. */
  readonly straight: boolean
  readonly region: RegionName
  /** The code begins at 2 modulo 4. */
  readonly odd: boolean
  readonly ramPattern: number
  readonly state: Uint32Array
}

const WINDOW_MIDDLE = Memory.ramBase + Memory.windowBytes / 2

export function randomState(random: Random): Uint32Array {
  const state = new Uint32Array(STATE_WORDS)
  for (let n = 0; n < 15; n++) state[n] = interestingWord(random)
  state[13] = WINDOW_MIDDLE + 4 * random.below(128)
  state[Word.apsr] = random.word() & APSR_BITS
  state[Word.fpscr] = fpscrValue(random)
  state[Word.primask] = random.below(2)
  state[Word.basepri] = 0x20 * random.below(8)
  state[Word.faultmask] = random.below(2)
  fillSingles(random, state, Word.singles)
  return state
}

/** Points base and index registers into RAM or flash data. */
export function aim(one: Instruction, state: Uint32Array, random: Random, mayBeFlash = true): void {
  const shape = shapeOf(one.entry)
  if (shape.memory === 'none') return
  const toPc = loadsPc(one.opcode, one.entry.width)
  const aligned = shape.aligned || toPc
  const { n, m } = one.fields
  const skew = aligned || !random.oneIn(3) ? 0 : random.below(4)
  if (n !== undefined && n !== 13 && n !== 15) {
    const inFlash = mayBeFlash && shape.memory === 'load' && !toPc && random.oneIn(6)
    const middle = inFlash ? (Region.data.from + Region.data.to) / 2 : WINDOW_MIDDLE
    state[n] = middle + 4 * random.below(256) + skew
  }
  if (m !== undefined && one.entry.fields.some(({ letter }) => letter === 'm')) {
    const distance = toPc ? 4 * random.below(64) : random.below(256)
    const backwards = one.entry.definition.timing !== 'tableBranch' && random.oneIn(3)
    state[m] = backwards ? -distance : distance
  }
}

function aimBranch(one: Instruction, state: Uint32Array, random: Random): void {
  const { from, to } = Region.landing
  const target = branchRegister(one.opcode, one.entry.width)
  if (target !== undefined) state[target] = (from + 2 * random.below((to - from) / 2)) | 1
  const added = addedToPc(one.opcode, one.entry.width)
  if (added !== undefined) state[added] = 2 * random.below(0x1_0000)
}

/** One instruction on its own. */
export function singleCase(entry: TableEntry, seed: number, index: number): Case | undefined {
  const random = new Random(seedOf(entry.name, seed, index))
  const one = randomInstruction(entry, random)
  if (!one) return undefined
  const state = randomState(random)
  aim(one, state, random)
  aimBranch(one, state, random)
  avoidMisjudged(one, state)
  const shape = shapeOf(entry)
  const toPc = loadsPc(one.opcode, entry.width)
  const literal = shape.memory === 'load' && entry.definition.timing !== 'tableBranch' && isPcRelative(one)
  const before = shape.exclusiveStore ? openOrClaim(one, random) : []
  return {
    name: entry.name,
    code: [...before, ...halfwordsOf(one)],
    instructions: 1 + before.length / 2,
    straight:
      !shape.branches &&
      !toPc &&
      one.fields['d'] !== 15 &&
      branchRegister(one.opcode, entry.width) === undefined,
    region: literal ? (toPc ? 'pointers' : 'data') : 'code',
    odd: random.oneIn(2),
    ramPattern: toPc ? RamPattern.pointers : random.below(RamPattern.data),
    state,
  }
}

const isPcRelative = ({ entry, opcode }: Instruction): boolean =>
  entry.width === 16 ? opcode >>> 11 === 9 : ((opcode >>> 16) & 15) === 15

const CLREX = [0xf3bf, 0x8f2f]

/** CLREX, and half of the time a load that claims the address of the STREX after it. */
function openOrClaim({ opcode, fields }: Instruction, random: Random): number[] {
  if (random.oneIn(2)) return CLREX
  const n = fields['n'] ?? 0
  const spare = n === 12 ? 11 : 12
  const isWord = opcode >>> 20 === 0xe84
  const claim = isWord
    ? [0xe850 | n, (spare << 12) | 0xf00 | (opcode & 0xff)]
    : [0xe8d0 | n, (spare << 12) | 0xf0f | (opcode & 0xf0)]
  return [...CLREX, ...claim]
}
