import { UserError } from '../../errors.ts'
import { joined } from '../../../emulator/joined.ts'
import { hex } from '../cursor.ts'
import type { Segment } from '../memory-map.ts'
import { familyName, OUR_FAMILIES } from './uf2-families.ts'

/** github.com/microsoft/uf2, README: File format. */
const BLOCK = 512
const MAGIC = [0x0a32_4655, 0x9e5d_5157] as const
const MAGIC_END = 0x0ab1_6f30
const MOST_PAYLOAD = 476
const DATA = 32
const Flag = { notMainFlash: 1, fileContainer: 0x1000, familyId: 0x2000 } as const

interface Block {
  /** Of the file, from 1. */
  readonly place: number
  readonly flags: number
  readonly address: number
  readonly number: number
  readonly count: number
  /** undefined where it says none. */
  readonly family: number | undefined
  readonly bytes: Uint8Array
}

export interface Uf2 {
  /** In the order of addresses, adjoining blocks as one. */
  readonly segments: readonly Segment[]
  /** What was left out. */
  readonly notes: readonly string[]
}

export const isUf2 = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === MAGIC[0]

/** What of a UF2 file is for the nRF52840's flash. @throws UserError naming the block that is wrong */
export function parseUf2(bytes: Uint8Array, file: string): Uf2 {
  if (bytes.length % BLOCK !== 0)
    throw new UserError(
      `${file}: a UF2 file is made of blocks of ${BLOCK} bytes, and this one ends ${bytes.length % BLOCK} bytes into block ${Math.floor(bytes.length / BLOCK) + 1}: it is cut short. Copy it again.`,
    )
  const all = Array.from({ length: bytes.length / BLOCK }, (_, i) => readBlock(bytes, i, file))
  const flash = all.filter(({ flags }) => (flags & (Flag.notMainFlash | Flag.fileContainer)) === 0)
  const ours = flash.filter(({ family }) => family === undefined || OUR_FAMILIES.has(family))
  const others = new Set(
    flash.flatMap(({ family }) => (family === undefined || OUR_FAMILIES.has(family) ? [] : family)),
  )
  const otherNames = [...others].map(familyName).join(' and ')
  if (ours.length === 0)
    throw new UserError(
      others.size > 0
        ? `${file}: a UF2 file for ${otherNames}, not for the nRF52840 (family 0xada52840).`
        : `${file}: a UF2 file without a block for flash.`,
    )
  checkWhole(ours, flash, file)
  const leftOut = flash.length - ours.length
  return {
    segments: joinBlocks(ours, file),
    notes: leftOut === 0 ? [] : [`${leftOut} blocks for ${otherNames} are left out`],
  }
}

function readBlock(bytes: Uint8Array, index: number, file: string): Block {
  const at = index * BLOCK
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK)
  const word = (offset: number): number => view.getUint32(offset, true)
  const bad = (what: string): UserError =>
    new UserError(`${file}: block ${index + 1} of the UF2 file ${what}. Copy or build the file again.`)
  if (word(0) !== MAGIC[0] || word(4) !== MAGIC[1]) throw bad('does not begin as a block does')
  if (word(BLOCK - 4) !== MAGIC_END) throw bad('does not end as a block does')
  const [flags, address, length, number, count] = [word(8), word(12), word(16), word(20), word(24)]
  if (length > MOST_PAYLOAD)
    throw bad(`says that ${length} bytes are in it, and there is room for ${MOST_PAYLOAD}`)
  if (number >= count) throw bad(`says that it is number ${number} of ${count}, counted from 0`)
  return {
    place: index + 1,
    flags,
    address,
    number,
    count,
    family: (flags & Flag.familyId) === 0 ? undefined : word(28),
    bytes: bytes.subarray(at + DATA, at + DATA + length),
  }
}

/** Blocks count from 0 to as many as each says, those of each family by themselves or all of the file together. */
function checkWhole(ours: readonly Block[], all: readonly Block[], file: string): void {
  if (missingOf(all) === undefined) return
  for (const family of new Set(ours.map((one) => one.family))) {
    const missing = missingOf(ours.filter((one) => one.family === family))
    if (missing !== undefined) throw new UserError(`${file}: ${missing} Copy or build the file again.`)
  }
}

function missingOf(blocks: readonly Block[]): string | undefined {
  const count = blocks[0]?.count ?? 0
  const other = blocks.find((block) => block.count !== count)
  if (other)
    return `block ${other.place} of the UF2 file says ${other.count} blocks, those before it say ${count}.`
  const numbers = new Set(blocks.map(({ number }) => number))
  if (numbers.size === count) return undefined
  const missing = blocks.findIndex((_, number) => !numbers.has(number))
  return `the UF2 file says ${count} blocks and has ${numbers.size}: number ${missing < 0 ? numbers.size : missing}, counted from 0, is missing.`
}

/** @throws UserError where two blocks put different bytes at one address */
function joinBlocks(blocks: readonly Block[], file: string): readonly Segment[] {
  const sorted = [...blocks].sort((a, b) => a.address - b.address || a.number - b.number)
  const runs: Block[][] = []
  for (const block of sorted) {
    const before = runs.at(-1)?.at(-1)
    if (before && before.address === block.address && isSame(before.bytes, block.bytes)) continue
    const end = before && before.address + before.bytes.length
    if (end !== undefined && block.address < end)
      throw new UserError(
        `${file}: blocks ${before?.place} and ${block.place} of the UF2 file both have bytes for ${hex(block.address)}. Build the file again.`,
      )
    if (block.address === end) runs.at(-1)?.push(block)
    else runs.push([block])
  }
  return runs.map((run) => ({ address: run[0]?.address ?? 0, bytes: joined(run.map(({ bytes }) => bytes)) }))
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i])
