/**
 * Names and messages come from files and firmware: nothing of them may steer a terminal, turn the text around or break
 * a line. What would is shown by its number.
 */
const steering =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]|[\u{e0000}-\u{e007f}]/gu

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const byNumber = (code: number): string =>
  code <= 0xff
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : code <= 0xffff
      ? `\\u${code.toString(16).padStart(4, '0')}`
      : `\\u{${code.toString(16)}}`

/** Of one line: line ends and tabs are shown as well. */
export const visibleText = (text: string): string =>
  text.replace(steering, (character) => named[character] ?? byNumber(character.codePointAt(0) ?? 0))

/** Of several lines: line ends and tabs stay. */
export const visibleLines = (text: string): string =>
  text
    .replace(/\r+\n/g, '\n')
    .replace(steering, (character) =>
      character === '\n' || character === '\t' ? character : byNumber(character.codePointAt(0) ?? 0),
    )

/** The same value with every text in it made visible. Keys and anything but plain data stay. */
export function visible<T>(value: T): T {
  return made(value) as T
}

function made(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value)
  if (Array.isArray(value)) return value.map(made)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [visibleText(key), made(one)]))
}
