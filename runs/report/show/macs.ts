/** Multiply-accumulates in words: what is not counted is named, and a total without it is a lower bound. */
import { grouped } from './format.ts'

interface Total {
  readonly macs: number
  readonly macsNotCounted: readonly {
    readonly operator: string
    readonly count: number
    readonly why: string
  }[]
}

/** "9 648 MACs"; "at least 9 648 MACs (not counted: 2 x CUSTOM:Foo, a custom operator)". */
export function macsText({ macs, macsNotCounted }: Total): string {
  if (macsNotCounted.length === 0) return `${grouped(macs)} MACs`
  const left = macsNotCounted.map(
    ({ operator, count, why }) => `${count === 1 ? '' : `${count} x `}${operator}, ${why}`,
  )
  const named = `not counted: ${left.join('; ')}`
  return macs > 0 ? `at least ${grouped(macs)} MACs (${named})` : `MACs ${named}`
}

/** A cell of a table of operators: empty where there are none. */
export const macsCell = (row: {
  readonly macs: number | null
  readonly macsNotCounted: string | null
}): string => (row.macsNotCounted !== null ? 'not counted' : row.macs ? grouped(row.macs) : '')
