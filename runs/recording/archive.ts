/** The `.boardless` file: a zip with a manifest that says what is in it, how long, and its SHA-256. docs/recorded-run.md. */
import { sha256Of } from '../bytes/host.ts'
import { UserError } from '../errors.ts'
import { unzipWithin } from '../unzip.ts'
import { TOOL_VERSION } from '../version.ts'
import { zipped } from '../zip.ts'

export const FORMAT = 'boardless run'
/** Raised whenever an older tool could not read what a newer one wrote. */
export const FORMAT_VERSION = 2

/** Of an entry unpacked: more is hostile, or a mistake. */
const MOST_BYTES = 2 ** 31
const MANIFEST = 'manifest.json'
const MOST_MANIFEST_BYTES = 1 << 24
const MOST_ADDED_BYTES = 1 << 22

export type Entries = Readonly<Record<string, Uint8Array>>

interface Manifest {
  readonly format: string
  readonly version: number
  readonly tool: string
  readonly entries: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
}

/** The same entries give the same bytes, whenever and wherever. */
export function pack(entries: Entries): Uint8Array {
  const manifest: Manifest = {
    format: FORMAT,
    version: FORMAT_VERSION,
    tool: TOOL_VERSION,
    entries: Object.fromEntries(
      Object.entries(entries).map(([name, bytes]) => [
        name,
        { bytes: bytes.length, sha256: sha256Of(bytes) },
      ]),
    ),
  }
  const text = new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`)
  return zipped({ [MANIFEST]: text, ...entries })
}

/** A file whose entries are unpacked when they are wanted. */
export interface Archive {
  readonly names: readonly string[]
  /** undefined where it has none of that name. @throws UserError for one that is damaged */
  entry(name: string): Uint8Array | undefined
  /** One that was put in afterwards, which the manifest does not know. */
  added(name: string): Uint8Array | undefined
}

/** @param file for messages @throws UserError for what is no run of ours, cut off, damaged, or of another version */
export function openArchive(zip: Uint8Array, file: string): Archive {
  const refuse = (what: string): UserError => new UserError(`${file}: ${what}`)
  const { entries } = manifestOf(zip, refuse)
  return {
    names: Object.keys(entries),
    entry: (name) => {
      const listed = Object.hasOwn(entries, name) ? entries[name] : undefined
      if (!listed) return undefined
      const found = unzipped(zip, name, refuse)
      if (!found) throw refuse(`${name} is missing from it. Record the run again.`)
      if (found.length !== listed.bytes || sha256Of(found) !== listed.sha256)
        throw refuse(`${name} in it is damaged. Record the run again.`)
      return found
    },
    added: (name) =>
      Object.hasOwn(entries, name) ? undefined : unzipped(zip, name, refuse, MOST_ADDED_BYTES),
  }
}

function manifestOf(zip: Uint8Array, refuse: (what: string) => UserError): Manifest {
  if (zip.length === 0) throw refuse('the file is empty. Give a .boardless file, which run --record writes.')
  if (!(zip[0] === 0x50 && zip[1] === 0x4b))
    throw refuse('not a run that was recorded. Give a .boardless file, which run --record writes.')
  const found = unzipped(zip, MANIFEST, refuse, MOST_MANIFEST_BYTES)
  if (!found) throw refuse('a zip, but not a run that was recorded: it has no manifest.json.')
  let manifest: Partial<Manifest> | null
  try {
    manifest = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(found)) as Partial<Manifest> | null
  } catch (cause) {
    throw new UserError(refuse('its manifest is damaged. Record the run again.').message, undefined, {
      cause,
    })
  }
  if (typeof manifest !== 'object' || manifest?.format !== FORMAT)
    throw refuse('a zip, but not a run that was recorded: its manifest is of something else.')
  if (manifest.version !== FORMAT_VERSION)
    throw refuse(
      `version ${String(manifest.version)} of the format, written by boardless ${String(manifest.tool)}; this is boardless ${TOOL_VERSION}, which reads version ${FORMAT_VERSION}. Record the run again, or use that one.`,
    )
  if (!isEntries(manifest.entries)) throw refuse('its manifest is damaged. Record the run again.')
  return manifest as Manifest
}

function isEntries(entries: unknown): entries is Manifest['entries'] {
  if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) return false
  return Object.values(entries as Readonly<Record<string, unknown>>).every(
    (one) =>
      typeof one === 'object' &&
      one !== null &&
      'bytes' in one &&
      Number.isInteger(one.bytes) &&
      'sha256' in one &&
      typeof one.sha256 === 'string',
  )
}

const unzipped = (
  zip: Uint8Array,
  wanted: string,
  refuse: (what: string) => UserError,
  most = MOST_BYTES,
): Uint8Array | undefined =>
  unzipWithin(
    zip,
    { [wanted]: most },
    {
      tooLarge: (name, bytes) => refuse(`${name} in it would be ${bytes} bytes: too much.`),
      damaged: () => refuse('it is cut off or damaged. Record the run again.'),
    },
  )[wanted]
