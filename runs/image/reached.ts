import { targetOf } from '../../emulator/cpu/debug/disassembly.ts'
import { findEntry, isWide, itAdvance } from '../../emulator/cpu/engine/decode.ts'
import { operandsOf } from '../../emulator/cpu/engine/handlers.ts'
import { endsAt } from './fallen-into.ts'
import { halfwordIn, VECTORS, wordIn } from './memory-map.ts'
import type { Segment } from './memory-map.ts'

/**
 * Addresses of the instructions that are got to from the vectors on, by branches and by pointers that code loads from
 * among its literals: what is code where no file says so. Not all of it: jump tables and calls through data lead further.
 */
export function reachedCode(segments: readonly Segment[], vectorTable: number): ReadonlySet<number> {
  const halfword = halfwordIn(segments)
  const word = wordIn(segments)
  const reached = new Set<number>()
  const open: number[] = []
  const pointer = (at: number): void => {
    const value = word(at)
    if (value !== undefined && value % 2 === 1) open.push(value - 1)
  }
  for (let i = 1; i <= VECTORS; i++) pointer(vectorTable + 4 * i)
  for (let start = open.pop(); start !== undefined; start = open.pop()) {
    let itState = 0
    for (let at = start; !reached.has(at);) {
      const first = halfword(at)
      const second = first !== undefined && isWide(first) ? halfword(at + 2) : 0
      if (first === undefined || second === undefined) break
      const width = isWide(first) ? 32 : 16
      const opcode = width === 32 ? ((first << 16) | second) >>> 0 : first
      const entry = findEntry(opcode, width)
      if (!entry) break
      reached.add(at)
      const target = targetOf(operandsOf(entry, opcode, { address: at, itState }))
      if (target !== undefined) open.push(target)
      if (isLiteralLoad(first)) pointer(((at + 4) & ~3) + 4 * (first & 0xff))
      if (itState === 0 && !goesOn.test(entry.definition.name) && endsAt(first, second)) break
      itState = entry.definition.timing === 'ifThen' ? opcode & 0xff : itAdvance(itState)
      at += width >> 3
    }
  }
  return reached
}

const goesOn = /^(BL|BKPT)/

/** LDR Rt, [PC, #imm]: A7.7.44, encoding T1. */
const isLiteralLoad = (halfword: number): boolean => halfword >>> 11 === 9
