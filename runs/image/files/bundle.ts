import { utf8 } from '../../bytes/text.ts'
import { UserError } from '../../errors.ts'
import { unzipWithin } from '../../unzip.ts'
import { zipped } from '../../zip.ts'
import type { GivenFirmware } from './given-file.ts'

const INDEX = 'boardless-firmware.json'
const MOST_INDEX_BYTES = 1 << 16
const MOST_BYTES = 1 << 28
export const MOST_FILES = 16

interface Listed {
  readonly file: string
  readonly at?: number
}

/**
 * Several files of firmware, and where they go, as one: what a recorded run keeps. One alone that says itself where it
 * goes is as it was. The same files give the same bytes.
 */
export function bundled(files: readonly GivenFirmware[]): GivenFirmware {
  const [only] = files
  if (only && files.length === 1 && only.at === undefined) return only
  const list: readonly Listed[] = files.map(({ file, at }) => ({ file, ...(at !== undefined && { at }) }))
  const entries = Object.fromEntries(files.map(({ bytes }, i) => [`${i}`, bytes]))
  return {
    file: nameOfAll(files),
    bytes: zipped({ [INDEX]: new TextEncoder().encode(JSON.stringify(list)), ...entries }),
  }
}

export const nameOfAll = (files: readonly { readonly file: string }[]): string =>
  files.map(({ file }) => file).join(' + ')

/** The files again; undefined for another zip. @throws UserError for one that is damaged */
export function unbundled(zip: Uint8Array, file: string): readonly GivenFirmware[] | undefined {
  const damaged = (): UserError => new UserError(`${file}: the firmware in it is damaged.`)
  const read = (names: readonly string[], most: number): Readonly<Record<string, Uint8Array>> =>
    unzipWithin(zip, Object.fromEntries(names.map((name) => [name, most])), { tooLarge: damaged, damaged })
  const index = read([INDEX], MOST_INDEX_BYTES)[INDEX]
  if (!index) return undefined
  const list = listOf(utf8(index))
  if (!list) throw damaged()
  const entries = read(
    list.map((_, i) => `${i}`),
    MOST_BYTES,
  )
  return list.map(({ file: name, at }, i) => {
    const bytes = entries[`${i}`]
    if (!bytes) throw damaged()
    return { file: name, bytes, at }
  })
}

function listOf(text: string): readonly Listed[] | undefined {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.length <= MOST_FILES && list.every(isListed) ? list : undefined
  } catch {
    return undefined
  }
}

const isListed = (one: unknown): one is Listed =>
  typeof one === 'object' &&
  one !== null &&
  'file' in one &&
  typeof one.file === 'string' &&
  (!('at' in one) || (typeof one.at === 'number' && Number.isInteger(one.at)))
