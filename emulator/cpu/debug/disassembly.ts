import type { Address } from '../bus.ts'
import { findEntry, isWide, itAdvance } from '../engine/decode.ts'
import { operandsOf } from '../engine/handlers.ts'
import type { Decoded } from '../instructions/table.ts'
import { addressOf } from '../layout.ts'
import { disassemble } from './disassemble.ts'

/** An instruction as it stands in memory, or data between instructions. */
export interface Disassembled {
  readonly address: Address
  readonly bytes: 2 | 4
  readonly text: string
  /** Where a branch with a fixed target goes; Thumb bit clear. */
  readonly target?: Address
  readonly isCall: boolean
}

/**
 * Everything from one address to another, in its order.
 * @param halfword undefined where there is no memory
 * @param isData what is no code, in half-words
 */
export function disassembly(
  start: Address,
  end: Address,
  halfword: (address: Address) => number | undefined,
  isData: (address: Address) => boolean,
): readonly Disassembled[] {
  const found: Disassembled[] = []
  let itState = 0
  for (let address = start; address < end;) {
    const one = isData(address) ? undefined : instruction(address, itState, halfword)
    const next = one?.shown ?? datum(address, halfword, isData)
    itState = one?.itState ?? 0
    found.push(next)
    address += next.bytes
  }
  return found
}

function instruction(
  address: Address,
  itState: number,
  halfword: (address: Address) => number | undefined,
): { shown: Disassembled; itState: number } | undefined {
  const first = halfword(address)
  if (first === undefined) return undefined
  const width = isWide(first) ? 32 : 16
  const second = width === 32 ? halfword(address + 2) : 0
  if (second === undefined) return undefined
  const opcode = width === 32 ? ((first << 16) | second) >>> 0 : first
  const entry = findEntry(opcode, width)
  if (!entry) return undefined
  const decoded = operandsOf(entry, opcode, { address, itState })
  const { timing } = entry.definition
  const target = targetOf(decoded)
  const shown = {
    address,
    bytes: width === 32 ? 4 : 2,
    text: disassemble({ address, entry, decoded, width, opcode, itState }, itState),
    ...(target !== undefined && { target }),
    isCall: entry.definition.name.startsWith('BL'),
  } as const
  return { shown, itState: timing === 'ifThen' ? opcode & 0xff : itAdvance(itState) }
}

/** Where a branch with a fixed target goes, Thumb bit clear; undefined for any other instruction. */
export function targetOf({ X: isAddress, imm }: Decoded): Address | undefined {
  if (isAddress === undefined || imm === undefined) return undefined
  return ((isAddress === 0 ? addressOf(imm) : imm) & ~1) >>> 0
}

function datum(
  address: Address,
  halfword: (address: Address) => number | undefined,
  isData: (address: Address) => boolean,
): Disassembled {
  const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`
  const [low = 0, high] = [halfword(address), halfword(address + 2)]
  const isWord = address % 4 === 0 && high !== undefined && isData(address) && isData(address + 2)
  return isWord
    ? { address, bytes: 4, text: `.word ${hex(((high << 16) | low) >>> 0, 8)}`, isCall: false }
    : { address, bytes: 2, text: `.short ${hex(low, 4)}`, isCall: false }
}
