import type { Fields } from './table.ts'

/** Most 32-bit encodings are UNPREDICTABLE with SP or PC in any register field. */
export const usesSpOrPc = (fields: Fields): boolean =>
  ['d', 'n', 'm', 'a', 't', 'u'].some((letter) => fields[letter] === 13 || fields[letter] === 15)

/** The same for a 64-bit destination `u`:`t`, which must be two registers. */
export const usesSpOrPcOrOneRegisterTwice = (fields: Fields): boolean =>
  usesSpOrPc(fields) || fields['t'] === fields['u']
