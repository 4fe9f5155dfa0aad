/** 12345678 as "12 345 678": no locale, the same everywhere. */
export function grouped(value: number, decimals = 0): string {
  const [whole = '', fraction] = value.toFixed(decimals).split('.')
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ' ')
  return fraction === undefined ? spaced : `${spaced}.${fraction}`
}

export const microseconds = (value: number): string =>
  grouped(value, value < 100 ? 2 : value < 10_000 ? 1 : 0)

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export const bytes = (value: number): string => `${grouped(value)} B`

/** "12.3 kB", for headers. */
export const kilobytes = (value: number): string =>
  value < 1024 ? `${value} B` : `${(value / 1024).toFixed(value < 102_400 ? 1 : 0)} kB`

export function duration(seconds: number): string {
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(1)} us`
  if (seconds < 1) return `${(seconds * 1e3).toFixed(1)} ms`
  return seconds < 120
    ? `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
    : `${Math.floor(seconds / 60)} min ${(seconds % 60).toFixed(0)} s`
}

export const count = (value: number, noun: string): string =>
  `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`

export const hexadecimal = (value: number, digits = 8): string =>
  `0x${(value >>> 0).toString(16).padStart(digits, '0')}`

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of up to `width` characters, to an eighth of one. */
export function bar(share: number, width: number): string {
  if (width === 0) return ''
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8)
  const drawn = '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '')
  return share > 0 && drawn === '' ? '▏' : drawn
}

/** Cut in the middle, where names differ least. */
export function fit(text: string, width: number): string {
  if (text.length <= width) return text
  const left = Math.ceil((width - 1) / 2)
  return `${text.slice(0, left)}…${text.slice(text.length - (width - 1 - left))}`
}
