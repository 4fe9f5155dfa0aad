import {
  heading,
  number,
  paragraph,
  spare,
  table,
  text,
  type Column,
  type Style,
} from '../../report/show/style.ts'
import { visible } from '../../report/show/visible.ts'
import { spanText } from '../instant.ts'
import { cellText, type Answer, type AnswerColumn } from '../query/answer.ts'

/** The answer to a question, for a terminal. */
export function renderAnswer(answer: Answer, style: Style): string {
  const { columns } = answer
  const { question, fromCycle, toCycle, rows, notes } = visible(answer)
  const title = heading(question, `${spanText(fromCycle)} to ${spanText(toCycle)}`, style).trimStart()
  const cells = rows.map((row) => columns.map((column) => cellText(column, row[column.key] ?? null)))
  const drawn = table(columns.map(columnOf), cells, style)
  const body = rows.length === 0 ? '  nothing' : drawn
  return `${[title, body, ...notes.map((note) => paragraph('  ', note, style))].join('\n')}\n`
}

const columnOf = ({ title, isText, isSpare }: AnswerColumn): Column => {
  const column = isText ? text(title) : number(title)
  return isSpare ? spare(column) : column
}
