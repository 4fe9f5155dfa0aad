import { utf8 } from '../../bytes/text.ts'
import { UserError } from '../../errors.ts'
import { unzipWithin } from '../../unzip.ts'
import { isZip } from '../../zip.ts'
import type { GivenFirmware } from './given-file.ts'

/** Of the manifest, and of one binary: flash has a megabyte. */
const MOST_MANIFEST_BYTES = 1 << 20
const MOST_BINARY_BYTES = 1 << 20
const MANIFEST = 'manifest.json'

/** What a package may have beside an application: Nordic's nrfutil, `pkg generate`. */
const OTHERS: Readonly<Record<string, string>> = {
  softdevice: 'a SoftDevice',
  bootloader: 'a bootloader',
  softdevice_bootloader: 'a SoftDevice with a bootloader',
}

export interface DfuPackage {
  readonly application: GivenFirmware
  readonly notes: readonly string[]
}

interface Part {
  readonly bin_file?: unknown
  readonly init_packet_data?: { readonly firmware_crc16?: unknown }
}

/** Whether a zip is a DFU package: it says so in its manifest. */
export function isDfuPackage(bytes: Uint8Array): boolean {
  try {
    return isZip(bytes) && isRecord(manifestOf(bytes, '')['manifest'])
  } catch {
    return false
  }
}

/** The application of a DFU package, as Nordic's nrfutil and Adafruit's make it. @throws UserError in one line */
export function parseDfuPackage(bytes: Uint8Array, file: string): DfuPackage {
  const { manifest: parts, format } = manifestOf(bytes, file)
  if (format === 'boardless run')
    throw new UserError(
      `${file}: a recorded run, which has run already: query, export and view go through it.`,
    )
  if (!isRecord(parts))
    throw new UserError(
      `${file}: a zip, but no DFU package: its manifest.json lists no manifest of parts. Give the firmware itself.`,
    )
  const others = Object.keys(OTHERS).filter((name) => Object.hasOwn(parts, name))
  const told = others.map((name) => OTHERS[name]).join(' and ')
  const application = parts['application']
  if (!isRecord(application))
    throw new UserError(
      others.length > 0
        ? `${file}: a DFU package of ${told} alone, which runs nothing without the MBR below it. Give the HEX file of the SoftDevice, and an application.`
        : `${file}: a DFU package without an application in its manifest.json.`,
    )
  return {
    application: binaryOf(application, bytes, file),
    notes: others.length === 0 ? [] : [`${told} in the package is left out: give its HEX file beside it`],
  }
}

function binaryOf(
  { bin_file: name, init_packet_data: init }: Part,
  zip: Uint8Array,
  file: string,
): GivenFirmware {
  if (typeof name !== 'string')
    throw new UserError(
      `${file}: the manifest.json of the DFU package names no bin_file for its application.`,
    )
  const bytes = unzipped(zip, name, MOST_BINARY_BYTES, file)
  if (!bytes) throw new UserError(`${file}: the DFU package has no ${name}, which its manifest.json names.`)
  const crc = init?.firmware_crc16
  if (typeof crc === 'number' && crc !== crc16(bytes))
    throw new UserError(
      `${file}: ${name} in the DFU package is damaged: its checksum is another. Copy it again.`,
    )
  return { file: `${file}: ${name}`, bytes }
}

function manifestOf(zip: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  const text = unzipped(zip, MANIFEST, MOST_MANIFEST_BYTES, file)
  if (!text)
    throw new UserError(
      `${file}: a zip without manifest.json: no DFU package. Give the firmware itself, or unpack it.`,
    )
  try {
    const manifest: unknown = JSON.parse(utf8(text))
    if (isRecord(manifest)) return manifest
  } catch {
    // said below
  }
  throw new UserError(`${file}: the manifest.json in the zip cannot be read. Build the package again.`)
}

const unzipped = (zip: Uint8Array, name: string, most: number, file: string): Uint8Array | undefined =>
  unzipWithin(
    zip,
    { [name]: most },
    {
      tooLarge: (entry, bytes) =>
        new UserError(`${file}: ${entry} in the zip would be ${bytes} bytes: too much for firmware.`),
      damaged: () => new UserError(`${file}: the zip is cut off or damaged. Copy it again.`),
    },
  )[name]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** CRC-16/CCITT from 0xffff, as nrfutil has it of the application (nRF5 SDK, crc16.c). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc = ((crc >>> 8) | (crc << 8)) & 0xffff
    crc ^= byte
    crc ^= (crc & 0xff) >>> 4
    crc ^= (crc << 12) & 0xffff
    crc ^= ((crc & 0xff) << 5) & 0xffff
  }
  return crc
}
