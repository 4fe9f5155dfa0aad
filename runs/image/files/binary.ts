import { UserError } from '../../errors.ts'
import { hex } from '../cursor.ts'
import { isStackTop, regionOf, TABLE_ALIGNMENT } from '../memory-map.ts'
import type { ImageChoices } from './given-file.ts'

/** Reset, NMI, HardFault, SVCall, PendSV, SysTick: Armv7-M ARM B1.5.3. */
const RESET = 1
const VECTORS = [RESET, 2, 3, 11, 14, 15]
const TABLE_BYTES = 4 * 16
/** MCUboot's header in front of an image is 0x200 bytes by default, a page at most. */
const LONGEST_HEADER = 0x1000

/** Where applications for the nRF52840 begin, and behind what. */
const PLACES: readonly (readonly [address: number, what: string])[] = [
  [0, 'at reset'],
  [0x1000, 'behind the MBR'],
  [0xc000, "in MCUboot's first slot"],
  [0x1_0000, "behind the Arduino Nano 33 BLE's bootloader"],
  [0x2_6000, 'behind the SoftDevice S140 6'],
  [0x2_7000, 'behind the SoftDevice S140 7'],
]

/** Ends what is noted of a raw binary, for who gives it on a command line. */
export const HOW_ELSE = '; --at ADDRESS puts it elsewhere'

/** A raw binary that does not show where it goes: whoever gave it may say. */
export class NeedsAddress extends UserError {}

export interface PlacedBinary {
  readonly address: number
  /** What was taken, and why; undefined where it was said. */
  readonly note: string | undefined
}

/** Whether bytes begin as firmware does: a stack pointer into RAM, then the address of a Thumb reset handler in flash. */
export function beginsWithVectors(bytes: Uint8Array): boolean {
  if (bytes.length < TABLE_BYTES) return false
  const [stack, reset] = [wordAt(bytes, 0), wordAt(bytes, 4 * RESET)]
  return isStackTop(stack) && stack % 4 === 0 && reset % 2 === 1 && regionOf(reset) === 'flash'
}

/**
 * Where a raw binary goes: where it was said; else where its vector table fits, the board's own place before others.
 * @throws UserError where it fits nowhere
 */
export function placeBinary(bytes: Uint8Array, file: string, choices: ImageChoices): PlacedBinary {
  const { at, behindBootloader: own } = choices
  if (at !== undefined) return { address: checkedAddress(bytes, file, at), note: undefined }
  const offset = tableOffset(bytes)
  if (offset === undefined)
    throw new NeedsAddress(
      `${file}: a raw binary that begins with no vector table (a stack pointer into RAM, the address of a reset ` +
        `handler). Give --at ADDRESS if it is firmware for an nRF52840 all the same.`,
    )
  const reset = hex(wordAt(bytes, offset + 4 * RESET) - 1)
  const fits = (address: number): boolean => fitsAt(bytes, offset, address)
  const ownPlace = own && (`${hex(own.address)}, where the bootloader of ${own.board} looks` as const)
  if (own && ownPlace !== undefined && fits(own.address))
    return {
      address: own.address,
      note: `goes to ${ownPlace}: its vector table fits there${HOW_ELSE}`,
    }
  // The highest one: the lower ones hold its handlers too if only it is long enough.
  const [address, what] = PLACES.findLast(([place]) => fits(place)) ?? []
  if (address === undefined)
    throw new NeedsAddress(
      `${file}: a raw binary does not say where it goes, and its reset handler at ${reset} is inside it at none of ` +
        `${[...new Set([...(own ? [own.address] : []), ...PLACES.map(([place]) => place)])].map((one) => hex(one)).join(', ')}. Give --at ADDRESS.`,
    )
  const not = ownPlace === undefined ? '' : ` and not at ${ownPlace}`
  return {
    address,
    note: `goes to ${hex(address)}, ${what}: its vector table (reset handler at ${reset}) fits there${not}${HOW_ELSE}`,
  }
}

function checkedAddress(bytes: Uint8Array, file: string, at: number): number {
  const end = at + bytes.length
  const region = regionOf(at)
  if (region === undefined || regionOf(end - 1) !== region)
    throw new UserError(
      `${file}: --at ${hex(at)}: its ${bytes.length} bytes would lie outside the nRF52840's flash (0x0..0x100000) and RAM (0x20000000..0x20040000).`,
    )
  return at
}

/** Where in it the vector table is: at its beginning, or behind a header. */
function tableOffset(bytes: Uint8Array): number | undefined {
  for (let offset = 0; offset <= LONGEST_HEADER; offset += TABLE_ALIGNMENT)
    if (beginsWithVectors(bytes.subarray(offset))) return offset
  return undefined
}

const fitsAt = (bytes: Uint8Array, offset: number, address: number): boolean =>
  regionOf(address + bytes.length - 1) === 'flash' &&
  VECTORS.every((number) => {
    const vector = wordAt(bytes, offset + 4 * number)
    const isUnused = vector === 0 || vector === 0xffff_ffff
    if (isUnused && number !== RESET) return true
    const at = vector - 1 - address
    return vector % 2 === 1 && at >= offset + TABLE_BYTES && at < bytes.length
  })

const wordAt = (bytes: Uint8Array, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getUint32(0, true)
