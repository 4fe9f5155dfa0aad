import { isWide } from '../../emulator/cpu/engine/decode.ts'
import { codeReader, isDataIn } from './code.ts'
import type { FirmwareImage } from './image.ts'

const NOP = 0xbf00

/** Never goes on to what stands behind it; `before` is the half-word in front, of which it may be the second. */
const ends = (last: number, before: number): boolean => endsNarrow(last) || endsWide(before, last)

/** The same of an instruction, of one half-word or two. Calls and BKPT count, after which most do go on. */
export const endsAt = (first: number, second: number): boolean =>
  isWide(first) ? endsWide(first, second) : endsNarrow(first)

const endsNarrow = (halfword: number): boolean =>
  (halfword & 0xff07) === 0x4700 || // BX
  (halfword & 0xff00) === 0xbd00 || // POP with PC
  (halfword & 0xf800) === 0xe000 || // B
  (halfword & 0xff87) === 0x4687 || // MOV PC
  (halfword & 0xff00) === 0xde00 || // UDF
  (halfword & 0xff00) === 0xbe00 // BKPT

function endsWide(first: number, second: number): boolean {
  const isBranch =
    (first & 0xf800) === 0xf000 && [0x9000, 0xb000, 0xd000, 0xf000].includes(second & 0xf000 & ~0x800)
  const isLoad = first === 0xe8bd && (second & 0x8000) !== 0
  const isLoadOfPc = (first & 0xff70) === 0xf850 && second >>> 12 === 15
  const isTable = (first & 0xfff0) === 0xe8d0 && (second & 0xffe0) === 0xf000
  return isBranch || isLoad || isLoadOfPc || isTable
}

/** Starts of functions that the one before, which ends there, may get to without a branch, as some in assembly do. */
export function fallenInto(image: FirmwareImage): readonly number[] {
  const halfword = codeReader(image)
  const isData = isDataIn(image)
  const { functions } = image.symbols
  return functions.flatMap(({ start }, i) => {
    const before = functions[i - 1]
    if (!before || before.end < start) return []
    let last = start - 2
    while (last > before.start && halfword(last) === NOP) last -= 2
    const isEnd = isData(last) || ends(halfword(last) ?? 0, halfword(last - 2) ?? 0)
    return isEnd ? [] : [start]
  })
}
