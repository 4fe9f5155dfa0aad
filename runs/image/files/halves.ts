import { hex } from '../cursor.ts'
import { halfwordIn, regionOf, wordIn, type Segment } from '../memory-map.ts'
import { reachedCode } from '../reached.ts'

/** nRF5 SDK, nrf_sdm.h: the SoftDevice's information lies 0x2000 behind its beginning, which is where the MBR ends. */
const MBR_BYTES = 0x1000
const INFO = MBR_BYTES + 0x2000
const INFO_MAGIC = 0x51b1_e5db
const Info = { size: 0, magic: 4, end: 8, id: 0x10, version: 0x14 } as const
/** nrf_sdm.h and nrf_mbr.h: supervisor calls from here on are the SoftDevice's and the MBR's. */
const FIRST_SOFTDEVICE_CALL = 0x10
const SVC = 0xdf00
const BX_LR = 0x4770
/** Where the S140 of each generation ends: its release notes. */
const BEHIND_S140: ReadonlyMap<number, string> = new Map([
  [0x2_6000, 'S140 6'],
  [0x2_7000, 'S140 7'],
])
/** UICR.NRFFW[0], where the MBR finds a bootloader (nrf_mbr.h). */
const BOOTLOADER_ADDRESS = 0x1000_1014

export interface Placed {
  readonly segments: readonly Segment[]
  readonly vectorTable: number
}

/** What calls a SoftDevice, and which. */
export interface SoftDevice {
  /** S140 7.3.0, as far as it says. */
  readonly name: string
  /** First address behind it: it starts the application there. */
  readonly end: number
}

/** The SoftDevice that is in it, by its own information. */
export function softDeviceIn(segments: readonly Segment[]): SoftDevice | undefined {
  const word = wordIn(segments)
  if (word(INFO + Info.magic) !== INFO_MAGIC) return undefined
  const end = word(INFO + Info.end)
  if (end === undefined || end % 0x1000 !== 0 || regionOf(end) !== 'flash') return undefined
  const has = (field: number): boolean => ((word(INFO + Info.size) ?? 0) & 0xff) > field
  const id = has(Info.id) ? `S${word(INFO + Info.id) ?? 0}` : 'SoftDevice'
  const version = has(Info.version) ? word(INFO + Info.version) : undefined
  return { name: version === undefined ? id : `${id} ${versionText(version)}`, end }
}

/** 7003000 is 7.3.0. */
const versionText = (version: number): string =>
  `${Math.floor(version / 1e6)}.${Math.floor(version / 1000) % 1000}.${version % 1000}`

/**
 * What this firmware needs beside itself and has not: such firmware waits for ever, or ends where nothing is.
 * @param isMeant that what lies below is not there: a bootloader is thought of, or none is wanted
 */
export function missingHalf({ segments, vectorTable }: Placed, isMeant = false): string | undefined {
  const flash = segments.filter(({ address }) => regionOf(address) === 'flash')
  const word = wordIn(segments)
  const has = (address: number): boolean => (word(address) ?? 0xffff_ffff) !== 0xffff_ffff
  const softDevice = softDeviceIn(flash)
  const bootloader = has(BOOTLOADER_ADDRESS) ? word(BOOTLOADER_ADDRESS) : undefined
  if (softDevice) return behindSoftDevice(softDevice, flash, has, bootloader)
  if (bootloader !== undefined && !has(bootloader) && vectorTable === 0)
    return `UICR says that a bootloader is at ${hex(bootloader)}, and none is there: give its file too (--boot FILE)`
  if (vectorTable === 0 || has(0)) return undefined
  const call = softDeviceCall(flash, vectorTable)
  const behind = BEHIND_S140.get(vectorTable)
  if (call !== undefined)
    return (
      `this application calls a SoftDevice (svc ${hex(call)}) and is linked at ${hex(vectorTable)}${behind === undefined ? '' : `, behind ${behind}`}; none is there, ` +
      `and its calls end in its own SVC handler: give it too, as in run ${behind === undefined ? 'softdevice' : behind.toLowerCase().replace(' ', '_')}.hex app.hex`
    )
  if (isMeant) return undefined
  return behind === undefined
    ? `this application is linked at ${hex(vectorTable)}, behind a bootloader that is not there: it begins as if one had jumped to it and left everything as after reset; --boot FILE runs one first`
    : `this application is linked at ${hex(vectorTable)}, behind ${behind}, which is not there: it begins as if it had been started by one that is not in use; --boot FILE gives it`
}

function behindSoftDevice(
  { name, end }: SoftDevice,
  flash: readonly Segment[],
  has: (address: number) => boolean,
  bootloader = Infinity,
): string | undefined {
  if (has(end)) return undefined
  const after = flash.find(({ address }) => address > end && address < bootloader)
  return after === undefined
    ? `the SoftDevice ${name} starts an application at ${hex(end)}, and none is there: give it too`
    : `the SoftDevice ${name} starts an application at ${hex(end)}, where none is; what is behind it is at ${hex(after.address)}: give the SoftDevice that it was linked for`
}

/**
 * The first supervisor call of a SoftDevice's in code: its functions are `svc` and a return, each in the application
 * (nrf_svc.h). A compiler may put in `svc` alone: that of the one that enables it counts, where code leads to it, for
 * the weights of a model have those two bytes somewhere.
 */
function softDeviceCall(flash: readonly Segment[], vectorTable: number): number | undefined {
  let reached: ReadonlySet<number> | undefined
  const isReached = (address: number): boolean => (reached ??= reachedCode(flash, vectorTable)).has(address)
  for (const segment of flash) {
    const { address, bytes } = segment
    const halfword = halfwordIn([segment])
    for (let at = address + (address % 2); at + 4 <= address + bytes.length; at += 2) {
      const call = halfword(at) ?? 0
      if ((call & 0xff00) !== SVC || (call & 0xff) < FIRST_SOFTDEVICE_CALL) continue
      const isEnabling = call === (SVC | FIRST_SOFTDEVICE_CALL)
      if (halfword(at + 2) === BX_LR || (isEnabling && isReached(at))) return call & 0xff
    }
  }
  return undefined
}
