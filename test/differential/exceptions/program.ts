import { itAdvance } from '../../../emulator/cpu/engine/decode.ts'
import { Random, seedOf } from '../random.ts'
import { Deed, Edit, Header, Place } from './driver.ts'

/** An instruction of a program's thread. */
interface Piece {
  readonly code: readonly number[]
  /** May take a synchronous exception, after which it is stepped over. */
  readonly faults?: true
  /** UNPREDICTABLE in an IT block, or but at its end. */
  readonly place?: 'outside' | 'last'
  /** Only from the instruction in front of it: what it pends must be masked, or its register be set. */
  readonly follows?: true
}

export interface Program {
  readonly seed: number
  readonly index: number
  /** Header, code and script. */
  readonly image: Uint8Array
  readonly inRam: boolean
  /** Half-words of code before the way back to the driver. */
  readonly codeHalfwords: number
}

const BAD_ADDRESS = 0x3000_0000
const ISPR = 0xe000_e200
const PENDSVSET = 0x1000_0000
/** R7 to R12 keep these. */
const FIXED = [Place.window, 0, BAD_ADDRESS, ISPR] as const

const wide = (opcode: number): number[] => [opcode >>> 16, opcode & 0xffff]

/** One that goes on to the next and does not care where it stands. */
function plain(random: Random): Piece {
  const [d, n, m] = [random.below(7), random.below(7), random.below(7)]
  const imm = random.below(256)
  const word = random.below(Place.windowWords)
  const single = (r: number): number => (r >> 1) & 0xf
  const s = random.below(16) * 2
  switch (random.below(14)) {
    case 0:
      return { code: [0x3000 | (d << 8) | imm] } // ADDS d, #imm
    case 1:
      return { code: [0x1a00 | (m << 6) | (n << 3) | d] } // SUBS d, n, m
    case 2:
      return { code: [0x4040 | (m << 3) | d] } // EORS d, m
    case 3:
      return { code: [0x2800 | (n << 8) | imm] } // CMP n, #imm
    case 4:
      return { code: [0x4280 | (m << 3) | n] } // CMP n, m
    case 5:
      return { code: [0x4140 | (m << 3) | d] } // ADCS d, m
    case 6:
      return { code: [0x6800 | (word << 6) | (7 << 3) | d] } // LDR d, [r7, #]
    case 7:
      return { code: [0x6000 | (word << 6) | (7 << 3) | d] } // STR d, [r7, #]
    case 8:
      return { code: wide((0xf110_0000 | (n << 16) | (d << 8) | imm) >>> 0) } // ADDS.W d, n, #imm
    case 9:
      return { code: wide((0xea4f_0000 | (d << 8) | ((imm & 3) << 6) | m) >>> 0) } // MOV.W d, m, LSL #
    case 10:
      return { code: wide((0xee30_0a00 | (single(s) << 16) | (single(s) << 12) | (m & 7)) >>> 0) } // VADD.F32
    case 11:
      return { code: wide((0xed97_0a00 | (single(s) << 12) | word) >>> 0) } // VLDR s, [r7, #]
    case 12:
      return { code: wide((0xed87_0a00 | (single(s) << 12) | word) >>> 0) } // VSTR s, [r7, #]
    default:
      return { code: [0x1c00 | (n << 3) | d] } // ADDS d, n, #0
  }
}

function faulting(random: Random): Piece {
  const d = random.below(7)
  switch (random.below(6)) {
    case 0:
    case 1:
      return { code: [0xdf00 | random.below(256)], faults: true } // SVC
    case 2:
      return { code: [0xde00 | random.below(256)], faults: true } // UDF
    case 3:
      return { code: wide(0xf7f0_a000 | random.below(16)), faults: true } // UDF.W
    case 4:
      return { code: wide((0xe9db_0000 | (d << 12) | (((d + 1) % 7) << 8)) >>> 0), faults: true } // LDRD [r11]
    default:
      return { code: wide((0xf8d9_0000 | (d << 12)) >>> 0), faults: true } // LDR d, [r9]
  }
}

const NOP: Piece = { code: [0xbf00] }
const CPSID: Piece = { code: [0xb672], place: 'outside' }
const CPSIE: Piece = { code: [0xb662], place: 'outside' }
const DSB: Piece = { code: [0xf3bf, 0x8f4f] }
const ISB: Piece = { code: [0xf3bf, 0x8f6f] }
/** STR r11, [r10]: pends interrupts. */
const PEND: Piece = { code: [0xf8ca, 0xb000], follows: true }
/** STR r12, [r10, #0xb04]: pends PendSV, by ICSR. */
const PEND_SV: Piece = { code: [0xf8ca, 0xcb04], follows: true }
/** MSR PRIMASK, r8 */
const UNMASK: Piece = { code: [0xf388, 0x8810] }

/** Pends while masked, so that both take the exception at the one instruction that unmasks. */
const pending = (random: Random, end: readonly Piece[]): Piece[] => [
  CPSID,
  random.oneIn(3) ? PEND_SV : PEND,
  ...(random.oneIn(3) ? [PEND_SV] : []),
  DSB,
  ISB,
  ...end,
]

function ifThen(random: Random, unmasks: boolean): Piece[] {
  const condition = random.below(14)
  const count = 1 + random.below(4)
  const ending = 1 << (4 - count)
  const mask = (random.below(16) & (0xf ^ (2 * ending - 1))) | ending
  const unmasksAt = unmasks ? random.below(count) : -1
  const block = Array.from({ length: count }, (_, i) =>
    i === unmasksAt ? UNMASK : random.oneIn(3) ? faulting(random) : plain(random),
  )
  const after = block.filter(({ faults }) => faults).length + (unmasks ? 1 : 0)
  return [
    { code: [0xbf00 | (condition << 4) | mask], place: 'outside' },
    ...block,
    ...Array.from({ length: after }, () => plain(random)),
    ...(unmasks ? [CPSIE] : []),
  ]
}

function branching(random: Random): Piece[] {
  const over = Array.from({ length: 1 + random.below(4) }, () => plain(random))
  const halfwords = over.reduce((sum, { code }) => sum + code.length, 0)
  const conditional: Piece = {
    code: [0xd000 | (random.below(14) << 8) | ((halfwords - 1) & 0xff)],
    place: 'outside',
  }
  const always: Piece = { code: [0xe000 | ((halfwords - 1) & 0x7ff)], place: 'last' }
  const distance = halfwords - 1
  const zero: Piece = {
    code: [0xb100 | ((distance & 0x20) << 4) | ((distance & 0x1f) << 3) | random.below(7)],
    place: 'outside',
  }
  return [distance > 0 && random.oneIn(3) ? zero : random.oneIn(3) ? always : conditional, ...over]
}

/** MOVS r0, #; MSR, ISB. In front, for a handler to step over after an escalated SVC: nothing. */
const special = (value: number, sysm: number): Piece[] => [
  NOP,
  { code: [0x2000 | value], place: 'outside' },
  { code: [0xf380, 0x8800 | sysm], place: 'outside', follows: true },
  ISB,
]

function section(random: Random): Piece[] {
  switch (random.below(12)) {
    case 0:
    case 1:
      return pending(random, [CPSIE])
    case 2:
      return pending(random, ifThen(random, true))
    case 3:
    case 4:
    case 5:
      return ifThen(random, false)
    case 6:
      return branching(random)
    case 7:
      return special(random.pick([0, 2, 4, 6]), 20) // CONTROL
    case 8:
      return special(random.pick([0, 0, 0x40, 0x80, 0xc0]), 17) // BASEPRI
    case 9:
      return random.oneIn(2) ? [{ code: [0xb081] }] : [{ code: [0xb40f] }, { code: [0xbc0f] }] // SUB sp; PUSH, POP
    default:
      return random.oneIn(2) ? [faulting(random)] : [plain(random), plain(random)]
  }
}

interface Script {
  readonly words: readonly number[]
}

const SCRIPT_MOST = 10

/** Whether the `count` instructions from `first` on may be in an IT block, and those that come in when one is stepped over. */
function mayBeConditional(pieces: readonly Piece[], first: number, count: number): boolean {
  for (let i = first; i < first + count; i++) {
    const piece = pieces[i]
    if (!piece || piece.place === 'outside') return false
    if (piece.faults) count += 1
    if (piece.place === 'last' && i !== first + count - 1) return false
  }
  return true
}

const instructionsOf = (itState: number): number => {
  let count = 0
  for (let state = itState; state !== 0; state = itAdvance(state)) count += 1
  return count
}

function randomItState(random: Random): number {
  for (;;) {
    const state = (random.below(14) << 4) | (1 + random.below(15))
    // The condition's low bit changes within the block: 15 is none.
    if (state >>> 5 !== 7) return state
  }
}

function script(random: Random, pieces: readonly Piece[], starts: readonly number[]): Script {
  const words: number[] = []
  const edits = 2 + random.below(SCRIPT_MOST - 1)
  for (let i = 0; i < edits; i++) {
    let edit = 0
    let deed: number = Deed.always
    let [itState, target, flags] = [0, 0, 0]
    const piece = random.below(pieces.length)
    const kind = random.below(8)
    if (kind < 4 && pieces[piece]?.follows !== true) {
      edit |= Edit.pc | Edit.itState
      target = starts[piece] ?? 0
      const state = randomItState(random)
      if (random.oneIn(2) && mayBeConditional(pieces, piece, instructionsOf(state))) itState = state
      const mayFault = itState === 0 && target % 2 === 0 && pieces[piece + 1]?.follows !== true
      if (mayFault && random.oneIn(8)) deed |= Deed.clearThumb
    } else if (kind === 4) edit |= Edit.itState
    else if (kind === 5) edit |= Edit.restart
    if (random.oneIn(3)) {
      edit |= Edit.flags
      flags = random.below(16)
    }
    if (random.oneIn(3)) edit |= Edit.floats
    if (random.oneIn(3)) edit |= Edit.interrupt | (random.below(4) << 5)
    if (random.oneIn(5)) deed |= Deed.switchStack
    if (random.oneIn(5)) deed |= Deed.pendSv
    if (random.oneIn(6)) deed |= Deed.udf
    if (random.oneIn(6)) deed |= Deed.svc
    if (random.oneIn(4)) deed |= Deed.register | (random.below(0x1000) << 16)
    if (random.oneIn(2)) deed |= Deed.popPc
    words.push(edit | (itState << 8) | (target << 16) | (flags << 28), deed)
  }
  return { words: [...words, 0, 0] }
}

const PRIORITIES = [0x20, 0x40, 0x60, 0x80, 0xa0]
const fourPriorities = (random: Random): number =>
  [0, 8, 16, 24].reduce((word, shift) => word | (random.pick(PRIORITIES) << shift), 0)

/** Program `index` of a seed. @param programEnd Where the driver takes over again. */
export function makeProgram(seed: number, index: number, programEnd: number): Program {
  const random = new Random(seedOf('exceptions', seed, index))
  const pieces: Piece[] = []
  const sections = 2 + random.below(7)
  for (let i = 0; i < sections; i++) pieces.push(...section(random))
  // Behind an IT block that a return has made longer.
  for (let i = 0; i < 12; i++) pieces.push(NOP)
  const starts: number[] = []
  const code: number[] = []
  for (const piece of pieces) {
    starts.push(code.length)
    code.push(...piece.code)
  }
  const codeHalfwords = code.length
  // LDR PC, [PC, #0 or 4]: the word behind it.
  code.push(0xf8df, code.length % 2 === 0 ? 0xf000 : 0xf004)
  if (code.length % 2 !== 0) code.push(0xbf00)
  code.push((programEnd | 1) & 0xffff, programEnd >>> 16)
  const edits = script(random, pieces.slice(0, pieces.length - 6), starts)
  return { seed, index, ...imageOf(random, code, edits), codeHalfwords }
}

function imageOf(
  random: Random,
  code: readonly number[],
  { words }: Script,
): { image: Uint8Array; inRam: boolean } {
  const inRam = random.oneIn(3)
  const scriptAt = 4 * Header.words + 2 * code.length
  const size = scriptAt + 4 * words.length
  const image = new Uint8Array(size)
  const view = new DataView(image.buffer)
  const put = (word: number, value: number): void => view.setUint32(4 * word, value >>> 0, true)
  put(Header.size, size)
  put(Header.codeBytes, 2 * code.length)
  put(Header.inRam, inRam ? 1 : 0)
  put(Header.ccr, 0x210)
  put(Header.shcsr, random.oneIn(4) ? 0 : random.below(8) << 16)
  put(Header.fpccr, random.pick([0xc000_0000, 0xc000_0000, 0x8000_0000, 0]))
  for (const word of [Header.shpr1, Header.ipr0]) put(word, fourPriorities(random))
  put(Header.shpr2, random.pick(PRIORITIES) << 24)
  put(Header.shpr3, random.pick(PRIORITIES) << 16)
  put(Header.control, random.pick([0, 2, 4, 6]))
  put(Header.script, scriptAt)
  put(Header.apsr, random.word() & 0xf800_0000)
  for (let n = 0; n < 7; n++) put(Header.registers + n, random.oneIn(2) ? random.below(4) : random.word())
  FIXED.forEach((value, i) => put(Header.registers + 7 + i, value))
  put(Header.registers + 11, 1 + random.below(15))
  put(Header.registers + 12, PENDSVSET)
  code.forEach((halfword, i) => view.setUint16(4 * Header.words + 2 * i, halfword, true))
  words.forEach((word, i) => view.setUint32(scriptAt + 4 * i, word >>> 0, true))
  return { image, inRam }
}
