import { findEntry } from '../../emulator/cpu/engine/decode.ts'
import { fieldsOf, type Fields, type TableEntry } from '../../emulator/cpu/instructions/table.ts'
import type { Random } from './random.ts'
import { addedToPc, branchRegister, isWordOfPointers, loadsPc, shapeOf, steer } from './shapes.ts'

export interface Instruction {
  readonly entry: TableEntry
  readonly opcode: number
  readonly fields: Fields
}

const TRIES = 1000

export const halfwordsOf = ({ opcode, entry }: Instruction): number[] =>
  entry.width === 16 ? [opcode] : [opcode >>> 16, opcode & 0xffff]

/**
 * A random opcode of an entry whose effect the manual defines, with the given fields; undefined where there is none.
 */
export function randomInstruction(
  entry: TableEntry,
  random: Random,
  accept: (one: Instruction) => boolean = () => true,
  itState = 0,
  fixed: Fields = {},
): Instruction | undefined {
  for (let i = 0; i < TRIES; i++) {
    let opcode = random.word()
    for (const { bits } of entry.fields) {
      const extreme = random.below(24)
      if (extreme > 1) continue
      for (const bit of bits) opcode = extreme === 0 ? opcode & ~(1 << bit) : opcode | (1 << bit)
    }
    opcode = withFields(entry, opcode, fixed)
    opcode = ((opcode & ~entry.mask) | entry.match) >>> 0
    if (entry.width === 16) opcode &= 0xffff
    opcode = steer(opcode, entry.width, random)
    const fields = fieldsOf(entry, opcode)
    if (entry.encoding.unless?.(fields) || entry.encoding.unpredictable?.(fields, { address: 0, itState }))
      continue
    const one = { entry, opcode, fields }
    if (findEntry(opcode, entry.width) === entry && isOnTheMap(one) && accept(one)) return one
  }
  return undefined
}

function withFields(entry: TableEntry, opcode: number, fixed: Fields): number {
  let changed = opcode
  for (const { letter, bits } of entry.fields) {
    const value = fixed[letter]
    if (value === undefined) continue
    bits.forEach((bit, i) => {
      const one = (value >>> (bits.length - 1 - i)) & 1
      changed = one ? changed | (1 << bit) : changed & ~(1 << bit)
    })
  }
  return changed
}

/** Excludes what would leave memory or change to Arm state, by its registers alone. */
function isOnTheMap({ entry, opcode, fields }: Instruction): boolean {
  const shape = shapeOf(entry)
  const { n, m } = fields
  if (shape.memory !== 'none' && m !== undefined && (m === n || m === 13)) return false
  if (loadsPc(opcode, entry.width) && !isWordOfPointers(opcode, entry.width)) return false
  const target = branchRegister(opcode, entry.width) ?? addedToPc(opcode, entry.width)
  return target !== 15 && target !== 13
}
