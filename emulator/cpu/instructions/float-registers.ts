import type { Decoded, Fields } from './table.ts'

/** Vd:D, Vn:N, Vm:M as numbers of single-precision registers; in the patterns the fields d D, n N, m M. */
export const singleOf = (fields: Fields, letter: 'd' | 'n' | 'm'): number =>
  (fields[letter] ?? 0) * 2 + (fields[letter.toUpperCase()] ?? 0)

export const singlesDNM = (fields: Fields): Decoded => ({
  sd: singleOf(fields, 'd'),
  sn: singleOf(fields, 'n'),
  sm: singleOf(fields, 'm'),
})

export const singlesDM = (fields: Fields): Decoded => ({
  sd: singleOf(fields, 'd'),
  sm: singleOf(fields, 'm'),
})
