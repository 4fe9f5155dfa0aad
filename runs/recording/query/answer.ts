import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import { grouped } from '../../report/show/format.ts'
import { spanText } from '../instant.ts'

export type Cell = string | number | null
/** What has parts of its own: one column shows it, in words; the JSON has all of it. */
export type Parts = readonly Readonly<Record<string, Cell>>[] | Readonly<Record<string, number>>
export type Row = Readonly<Record<string, Cell | Parts>>

export interface AnswerColumn {
  /** Of the JSON, with its unit. */
  readonly key: string
  readonly title: string
  /** How a terminal shows it; text as it is, numbers grouped. */
  readonly show?: (value: Cell) => string
  /** The same of what has parts. */
  readonly showParts?: (parts: Parts) => string
  readonly isText?: boolean
  /** Left out where a terminal is too narrow for it. */
  readonly isSpare?: boolean
}

/** What a question to a recorded run is answered with: one table, for people and for programs. */
export interface Answer {
  readonly question: string
  readonly fromCycle: number
  readonly toCycle: number
  readonly columns: readonly AnswerColumn[]
  readonly rows: readonly Row[]
  readonly notes: readonly string[]
  /** Of the whole answer, in its JSON. */
  readonly facts?: Readonly<Record<string, Cell | boolean>>
}

/** JSON of it; docs/recorded-run.md has its keys. */
export const answerJson = ({ question, fromCycle, toCycle, rows, notes, facts }: Answer): string =>
  `${JSON.stringify({ schemaVersion: 1, kind: 'query', question, fromCycle, toCycle, ...facts, rows, notes }, undefined, 2)}\n`

/** What stands in a cell. */
export const cellText = ({ show = plain, showParts }: AnswerColumn, value: Cell | Parts): string =>
  typeof value === 'object' && value !== null ? (showParts?.(value) ?? '') : show(value)

const plain = (value: Cell): string =>
  value === null
    ? ''
    : typeof value === 'string'
      ? value
      : Number.isInteger(value)
        ? grouped(value)
        : String(Number(value.toPrecision(6)))

// Columns that several answers have.

export const seconds = (key: string, title: string): AnswerColumn => ({
  key,
  title,
  show: (value) => (typeof value === 'number' ? (value / CYCLES_PER_SECOND).toFixed(6) : ''),
})
export const length = (key: string, title: string): AnswerColumn => ({
  key,
  title,
  show: (value) => (typeof value === 'number' ? spanText(value) : ''),
})
export const count = (key: string, title: string): AnswerColumn => ({ key, title })
export const words = (key: string, title: string): AnswerColumn => ({ key, title, isText: true })
export const decimals = (key: string, title: string, places: number): AnswerColumn => ({
  key,
  title,
  show: (value) => (typeof value === 'number' ? grouped(value, places) : ''),
})
