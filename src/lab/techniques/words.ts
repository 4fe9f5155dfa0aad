import { isSigned, numberText, quantityText } from '../../../runs/lab-report/format.ts'
import type { Quantity } from '../../../runs/lab-report/lab-report.ts'

/** As in the tables: "5.82x (5.1 to 6.0)", "+1.3 points (+0.3 to +2.3)". */
export const withUnit = (quantity: Quantity): string => quantityText(quantity, 'ascii', isSigned(quantity))

export const plain = (value: number): string => numberText(value, '', 'ascii')

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`
}
