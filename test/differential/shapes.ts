import type { TableEntry } from '../../emulator/cpu/instructions/table.ts'
import type { Random } from './random.ts'

/** What an entry does to memory and flow, as far as the generator must know to keep it on the map. */
export interface Shape {
  readonly memory: 'none' | 'load' | 'store'
  /** The address must be a multiple of four: LDM, LDRD, LDREX, VLDR and the like; A3.2.1. */
  readonly aligned: boolean
  readonly multiple: boolean
  readonly exclusiveStore: boolean
  readonly branches: boolean
  /** May stand anywhere in an IT block or in a sequence of instructions. */
  readonly plain: boolean
}

export function shapeOf(entry: TableEntry): Shape {
  const timing = entry.definition.timing
  const load = /load/i.test(timing) || timing === 'tableBranch'
  const store = /store/i.test(timing)
  const branches = /branch/i.test(timing) || timing === 'loadPc'
  return {
    memory: store ? 'store' : load ? 'load' : 'none',
    aligned: !['load', 'store', 'storeRegisterOffset', 'tableBranch'].includes(timing),
    multiple: /Multiple/.test(timing),
    exclusiveStore: timing === 'storeExclusive',
    branches,
    plain: !branches && !/Exclusive|ifThen|system|barrier|wait/.test(timing),
  }
}

/** The opcode loads R15 from memory: LDR, POP, LDM. */
export function loadsPc(opcode: number, width: 16 | 32): boolean {
  if (width === 16) return opcode >>> 8 === 0xbd
  const loadWord = (opcode & 0xff70_0000) >>> 0 === 0xf850_0000
  if (loadWord) return ((opcode >>> 12) & 15) === 15
  return (opcode & 0xfe50_0000) >>> 0 === 0xe810_0000 && ((opcode >>> 15) & 1) === 1
}

/** A load of R15 whose offset leaves an aligned base aligned, and does not read the code itself. */
export function isWordOfPointers(opcode: number, width: 16 | 32): boolean {
  if (width === 16 || (opcode & 0xff70_0000) >>> 0 !== 0xf850_0000) return true
  const isLiteral = ((opcode >>> 16) & 15) === 15
  if (isLiteral) return (opcode & 3) === 0 && (opcode & 0xfff) >= 16
  const isImmediate = ((opcode >>> 23) & 1) === 1 || (opcode & 0x800) !== 0
  return !isImmediate || (opcode & 3) === 0
}

/** The register that a BX, BLX or MOV to R15 branches to. */
export function branchRegister(opcode: number, width: 16 | 32): number | undefined {
  if (width !== 16) return undefined
  const isBranch = (opcode & 0xff07) === 0x4700
  const isMove = (opcode & 0xff87) === 0x4687
  return isBranch || isMove ? (opcode >>> 3) & 15 : undefined
}

/** The register that ADD to R15 adds; A7.7.4 T2. */
export function addedToPc(opcode: number, width: 16 | 32): number | undefined {
  return width === 16 && (opcode & 0xff87) === 0x4487 ? (opcode >>> 3) & 15 : undefined
}

/**
 * Special registers that a case may read or write: all but those that change stack or privilege, and CONTROL,
 * of which QEMU 5.0 shows bit 3, reserved in Armv7-M (B1.4.4).
 */
const readable = [0, 1, 2, 3, 8, 16, 17, 18, 19]
const writable = [0, 1, 2, 3, 16, 17, 18, 19]

/** Keeps far branches inside flash and special registers to those that exist. */
export function steer(opcode: number, width: 16 | 32, random: Random): number {
  if (width === 16) return opcode
  const isFarBranch = (opcode & 0xf800_9000) >>> 0 === 0xf000_9000
  if (isFarBranch) {
    // imm10 begins with four copies of S, and J1 = J2 = 1 so that I1 = I2 = S: within 256 kB.
    const sign = (opcode >>> 26) & 1
    const high = (sign ? 0x3c0 : 0) | ((opcode >>> 16) & 0x3f)
    return ((opcode & 0xfc00_d7ff) | (high << 16) | 0x2800) >>> 0
  }
  const isConditionalBranch = (opcode & 0xf800_d000) >>> 0 === 0xf000_8000 && ((opcode >>> 23) & 7) !== 7
  if (isConditionalBranch) {
    const sign = (opcode >>> 26) & 1
    return ((opcode & 0xffff_d7ff) | (sign ? 0x2800 : 0)) >>> 0
  }
  if ((opcode & 0xffff_f000) >>> 0 === 0xf3ef_8000) return ((opcode & ~0xff) | random.pick(readable)) >>> 0
  if ((opcode & 0xfff0_f000) >>> 0 === 0xf380_8000) return ((opcode & ~0xff) | random.pick(writable)) >>> 0
  return opcode
}
