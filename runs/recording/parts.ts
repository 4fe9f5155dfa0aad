import { UserError } from '../errors.ts'

/** What a recorded run can do without: nothing of it can be run again then. */
const REPLAY_PARTS = ['firmware', 'inputs'] as const
export type ReplayPart = (typeof REPLAY_PARTS)[number]

/** What it lacks to be run again, in words: it was recorded without. */
export const missingForReplay = (has: (part: ReplayPart) => boolean): string | undefined =>
  has('firmware') ? (has('inputs') ? undefined : 'what it was given') : 'its firmware'

/** `firmware,inputs`. @throws UserError */
export function parseParts(text: string): readonly ReplayPart[] {
  return text.split(',').map((one) => {
    const part = REPLAY_PARTS.find((known) => known === one.trim())
    if (!part) throw new UserError(`"${one}": give firmware, inputs, or both: firmware,inputs.`)
    return part
  })
}
