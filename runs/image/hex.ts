import nrfIntelHex from 'nrf-intel-hex'
import { UserError } from '../errors.ts'
import { checkSegments } from './memory-map.ts'
import type { Segment } from './memory-map.ts'

interface MemoryMapClass {
  fromHex(text: string): Iterable<[number, Uint8Array]>
}

// Its types are of its ES module; what Node imports has the class in place of an object with one.
const MemoryMap = nrfIntelHex as unknown as MemoryMapClass

/**
 * Reads an Intel HEX file: sorted, joined segments.
 * @throws UserError naming the file and the line.
 */
export function parseHex(text: string, file: string): readonly Segment[] {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({ text: line.trim(), number: index + 1 }))
  const records = lines.filter((line) => line.text !== '')
  const bad = records.find((record) => !/^:[0-9A-Fa-f]*$/.test(record.text))
  if (bad)
    throw new UserError(`${file}: line ${bad.number} is not an Intel HEX record: "${excerpt(bad.text)}".`)
  const short = records.find((record) => record.text.length < 11 || record.text.length % 2 === 0)
  if (short) {
    throw new UserError(
      `${file}: line ${short.number} is cut short: "${excerpt(short.text)}". Copy the file again.`,
    )
  }
  try {
    const blocks = MemoryMap.fromHex(records.map((record) => record.text).join('\n'))
    const segments = [...blocks].map(([address, bytes]) => ({ address: address >>> 0, bytes }))
    if (segments.length === 0) throw new UserError(`${file}: an Intel HEX file without data.`)
    return checkSegments(segments, file)
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error
    throw new UserError(
      `${file}: ${explain(error.message, records)} Copy or build the file again.`,
      undefined,
      {
        cause: error,
      },
    )
  }
}

/** The parser counts records; a person counts lines. */
function explain(message: string, records: readonly { text: string; number: number }[]): string {
  const record = /record (\d+)/i.exec(message)?.[1]
  const line = record === undefined ? undefined : records[Number(record) - 1]
  const plain = message
    .replace(/ at record \d+| \(:[^)]*\)/g, '')
    .replace(/^Record \d+ /, 'The record ')
    .trim()
  const checksum = /^Checksum failed, should be ([0-9a-f]+)$/.exec(plain)
  if (checksum && line) {
    const expected = (checksum[1] ?? '').toUpperCase().padStart(2, '0')
    return `line ${line.number} has checksum ${line.text.slice(-2).toUpperCase()}, its bytes add up to ${expected}.`
  }
  return line ? `line ${line.number}: ${plain}.` : `${plain}.`
}

const excerpt = (text: string): string => (text.length > 24 ? `${text.slice(0, 24)}…` : text)
