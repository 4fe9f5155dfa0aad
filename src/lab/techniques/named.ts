import { UserError } from '../../../runs/errors.ts'
import { didYouMean } from '../../../runs/nearest.ts'
import type { Technique } from '../technique.ts'
import { techniques } from './index.ts'

/** Those named by their ids, in the order of the rows; all where none is. @throws UserError */
export function techniquesNamed(only: readonly string[] | undefined): readonly Technique[] {
  const known = techniques.map(({ id }) => id as string)
  const unknown = only?.find((id) => !known.includes(id))
  if (unknown !== undefined || only?.length === 0) {
    throw new UserError(
      `--only ${unknown ?? ''}: there is no such technique.${didYouMean(unknown ?? '', known, `Give some of ${known.join(',')}.`)}`,
    )
  }
  return only === undefined ? techniques : techniques.filter(({ id }) => only.includes(id))
}
