import { escaped } from '../../../runs/report/show/markup.ts'
import { fineProse, printable } from '../../../runs/lab-report/format.ts'

/** Text as the content of an element or of a quoted attribute. */
export const markup = (text: string): string => escaped(printable(text))

/** Sentences of the report; what is in backticks is code. */
export const prose = (text: string): string =>
  markup(fineProse(text)).replace(/`([^`]+)`/g, '<code>$1</code>')
