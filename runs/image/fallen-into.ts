import { codeReader, isDataIn } from './code.ts'
import type { FirmwareImage } from './image.ts'

const NOP = 0xbf00

/** Never goes on to what stands behind it; `before` is the half-word in front, of which it may be the second. */
function ends(last: number, before: number): boolean {
  const isNarrow =
    (last & 0xff07) === 0x4700 || // BX
    (last & 0xff00) === 0xbd00 || // POP with PC
    (last & 0xf800) === 0xe000 || // B
    (last & 0xff87) === 0x4687 || // MOV PC
    (last & 0xff00) === 0xde00 || // UDF
    (last & 0xff00) === 0xbe00 // BKPT
  const isBranch =
    (before & 0xf800) === 0xf000 && [0x9000, 0xb000, 0xd000, 0xf000].includes(last & 0xf000 & ~0x800)
  const isLoad = before === 0xe8bd && (last & 0x8000) !== 0
  const isLoadOfPc = (before & 0xff70) === 0xf850 && last >>> 12 === 15
  const isTable = (before & 0xfff0) === 0xe8d0 && (last & 0xffe0) === 0xf000
  return isNarrow || isBranch || isLoad || isLoadOfPc || isTable
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
