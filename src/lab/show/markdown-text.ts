import { printable } from '../../../runs/lab-report/format.ts'

/** Text as Markdown shows it, in a table's cell too: nothing in it is markup. */
export const markdownText = (text: string): string =>
  printable(text)
    .replace(/[\\`*[\]|~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/</g, '&lt;')

/** At the start of a line, where a dash or a number would begin a list. */
export const markdownLine = (text: string): string =>
  markdownText(text).replace(
    /^(?:[-+#>=]|\d+[.)](?= ))/,
    (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`,
  )

/** Sentences of ours, in which what is in backticks is code. */
export const markdownProse = (text: string): string =>
  text
    .split(/(`[^`|\\]+`)/)
    .map((part, index) =>
      index % 2 === 1 ? printable(part) : index === 0 ? markdownLine(part) : markdownText(part),
    )
    .join('')
