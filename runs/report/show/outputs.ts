/** What a network of the user's gave for inputs of the user's, in a table. */
import { count } from './format.ts'
import { heading, number, table, text } from './style.ts'
import type { Style } from './style.ts'

export interface OutputTable {
  readonly count: number
  /** Of each output's elements. */
  readonly names: readonly string[]
  readonly rows: readonly {
    readonly values: readonly number[]
    /** The element that is greatest; null for what is no classifier. */
    readonly prediction: string | null
    /** The label that the inputs have for it. */
    readonly expected: string | null
  }[]
  /** Where all of them are. */
  readonly file: string | null
}

const mostRows = 20
const mostValues = 6

export function renderOutputs({ count: all, names, rows, file }: OutputTable, style: Style): string {
  const shown = rows.slice(0, mostRows)
  const isClassifier = shown.some(({ prediction }) => prediction !== null)
  const isLabelled = shown.some(({ expected }) => expected !== null)
  const values = names.slice(0, mostValues)
  const hidden = names.length - values.length
  const left = [
    ...(all > shown.length ? [`${count(all - shown.length, 'row')} more`] : []),
    ...(hidden > 0 ? [`${count(hidden, 'value')} more in each`] : []),
  ]
  const where = file === null ? '--outputs FILE writes them' : `all of them are in ${file}`
  return [
    heading('Outputs', `${count(all, 'inference')}, as the firmware gave them`, style),
    table(
      [
        number('#'),
        ...(isClassifier ? [text('prediction')] : []),
        ...(isLabelled ? [text('label')] : []),
        ...values.map(number),
      ],
      shown.map((row, index) => [
        String(index),
        ...(isClassifier ? [row.prediction ?? ''] : []),
        ...(isLabelled ? [row.expected ?? ''] : []),
        ...row.values.slice(0, mostValues).map((value) => String(Number(value.toPrecision(6)))),
      ]),
      style,
    ),
    ...(left.length > 0 || file !== null ? [`  ${[...left, where].join('; ')}`] : []),
    '',
  ].join('\n')
}
