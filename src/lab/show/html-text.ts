import { escaped } from '../../../runs/report/show/markup.ts'
import { printable } from '../format.ts'

/** Text as the content of an element or of a quoted attribute. */
export const markup = (text: string): string => escaped(printable(text))

/** Sentences of the report, with the page's signs for units; a figure stays in one line, what is in backticks is code. */
export const prose = (text: string): string =>
  markup(
    text
      .replace(/(?<=\d) u(?=[sAJ]\b)/g, '\u00a0µ')
      .replace(/(?<=\d)x(?=[\s,;:.)]|$)/g, '×')
      .replace(/(?<=\d) (?=\d{3}(?!\d))/g, '\u202f')
      .replace(/(?<=\d) (?=(?:B|kB|mA|ms|%)(?!\w))/g, '\u00a0'),
  ).replace(/`([^`]+)`/g, '<code>$1</code>')
