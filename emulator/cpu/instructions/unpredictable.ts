import { anySpOrPc } from './operands.ts'
import type { Fields } from './table.ts'

/** Most 32-bit encodings are UNPREDICTABLE with SP or PC in any register field. */
export const usesSpOrPc = anySpOrPc('d', 'n', 'm', 'a', 't', 'u')

/** The same for a 64-bit destination `u`:`t`, which must be two registers. */
export const usesSpOrPcOrOneRegisterTwice = (fields: Fields): boolean =>
  usesSpOrPc(fields) || fields['t'] === fields['u']
