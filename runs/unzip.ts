import { unzipSync } from 'fflate'
import { UserError } from './errors.ts'

export interface UnzipWords {
  /** One that says itself larger than is read, in a sentence. */
  readonly tooLarge: (name: string, bytes: number, most: number) => UserError
  /** Cut off, damaged, or larger than it says. @param why in fflate's words */
  readonly damaged: (why: string) => UserError
}

/**
 * Members of a ZIP by their names, those only that have a limit of bytes, and none beyond it: one that says itself
 * smaller than it is gets no more room than it said. @throws UserError
 */
export function unzipWithin(
  zip: Uint8Array,
  limits: Readonly<Record<string, number>>,
  { tooLarge, damaged }: UnzipWords,
): Readonly<Record<string, Uint8Array>> {
  try {
    return unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        const most = Object.hasOwn(limits, name) ? limits[name] : undefined
        if (most === undefined) return false
        if (originalSize > most) throw tooLarge(name, originalSize, most)
        return true
      },
    })
  } catch (cause) {
    if (cause instanceof UserError) throw cause
    const { message, exitCode } = damaged(cause instanceof Error ? cause.message : String(cause))
    throw new UserError(message, exitCode, { cause })
  }
}
