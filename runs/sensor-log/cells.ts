/** How a line becomes cells. */
import { CsvError, parse } from 'csv-parse/browser/esm/sync'

export type Layout =
  | { readonly kind: 'cells'; readonly separator: ',' | ';' | '\t' | '|'; readonly decimal: '.' | ',' }
  /** Any blanks. */
  | { readonly kind: 'blanks'; readonly decimal: '.' | ',' }
  /** ax:0.1,ay:0.2 as the Arduino serial plotter takes it (arduino/Arduino, ArduinoSerialPlotterProtocol.md). */
  | { readonly kind: 'pairs' }

/** A line that has a quote without an end. */
export class UnclosedQuote extends Error {}

export const isComment = (line: string): boolean => /^\s*(#|\/\/|%)/.test(line)
export const isBlank = (line: string): boolean => line.trim() === ''

/** @throws UnclosedQuote */
export function cellsOf(line: string, layout: Layout): string[] {
  switch (layout.kind) {
    case 'pairs':
      return pairsOf(line)?.map(([, value]) => value) ?? []
    case 'blanks':
      return line.trim().split(/\s+/)
    case 'cells':
      return line.includes('"') ? quoted(line, layout.separator) : plain(line, layout.separator)
  }
}

/** WISDM ends its rows with `;` (WISDM_ar_v1.1_raw_about.txt). */
function plain(line: string, separator: string): string[] {
  const text = separator === ',' && line.endsWith(';') ? line.slice(0, -1) : line
  return text.split(separator)
}

/** A line whose quotes are as RFC 4180 has them is cut here, five times as fast; of others csv-parse says what is wrong. */
function quoted(line: string, separator: Separator): string[] {
  return wellQuoted(line, separator) ?? parsed(line, separator)
}

type Separator = (Layout & { readonly kind: 'cells' })['separator']

/** In quotes, or without any. */
const CELLS: Readonly<Record<Separator, RegExp>> = {
  ',': /[ \t]*(?:"([^"]*(?:""[^"]*)*)"[ \t]*|([^",]*))(?:,|$)/y,
  ';': /[ \t]*(?:"([^"]*(?:""[^"]*)*)"[ \t]*|([^";]*))(?:;|$)/y,
  '|': /[ \t]*(?:"([^"]*(?:""[^"]*)*)"[ \t]*|([^"|]*))(?:\||$)/y,
  '\t': /[ ]*(?:"([^"]*(?:""[^"]*)*)"[ ]*|([^"\t]*))(?:\t|$)/y,
}

/** @returns undefined where quotes are in other places */
function wellQuoted(line: string, separator: Separator): string[] | undefined {
  const cell = CELLS[separator]
  const cells: string[] = []
  for (let at = 0; ;) {
    cell.lastIndex = at
    const [found, inQuotes, plain = ''] = cell.exec(line) ?? []
    if (found === undefined) return undefined
    cells.push(inQuotes === undefined ? plain.trim() : inQuotes.replaceAll('""', '"'))
    at += found.length
    if (!found.endsWith(separator)) return cells
  }
}

function parsed(line: string, separator: Separator): string[] {
  try {
    return parse(line, { delimiter: separator, relax_column_count: true, trim: true })[0] ?? []
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw new UnclosedQuote(cause.message, { cause })
  }
}

const PAIR = /^\s*([^\s:,][^:,\t]*?)\s*:\s*(\S.*?)?\s*$/

/** Label and value of each part; undefined for a line that has other things in it. */
export function pairsOf(line: string): readonly (readonly [string, string])[] | undefined {
  const joined = line.trim().replace(/\s*:\s*/g, ':')
  const parts = joined.split(joined.includes(',') || joined.includes('\t') ? /[,\t]+\s*/ : /\s+/)
  const pairs: (readonly [string, string])[] = []
  for (const part of parts) {
    if (part === '') continue
    const [, label, value] = PAIR.exec(part) ?? []
    if (label === undefined || value === undefined || !isNumber(value, '.')) return undefined
    pairs.push([label, value])
  }
  return pairs.length > 0 ? pairs : undefined
}

const POINT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const COMMA = /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i

export const isNumber = (cell: string, decimal: '.' | ','): boolean =>
  (decimal === '.' ? POINT : COMMA).test(cell.trim())

/** A number, or what stands for one that is missing or too large. */
export const isNumberLike = (cell: string, decimal: '.' | ','): boolean =>
  isNumber(cell, decimal) || /^\s*[+-]?(nan|inf(inity)?)\s*$/i.test(cell)

/** @returns NaN for what is not a finite number */
export function numberOf(cell: string, decimal: '.' | ','): number {
  const text = cell.trim()
  if (text === '') return NaN
  const value = Number(decimal === ',' ? text.replace(',', '.') : text)
  return Number.isFinite(value) ? value : NaN
}
