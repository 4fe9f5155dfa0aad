import { UserError } from '../errors.ts'

/** What a recorded run can do without: nothing of it can be run again then. */
const REPLAY_PARTS = ['firmware', 'inputs'] as const
export type ReplayPart = (typeof REPLAY_PARTS)[number]

/** `firmware,inputs`. @throws UserError */
export function parseParts(text: string): readonly ReplayPart[] {
  return text.split(',').map((one) => {
    const part = REPLAY_PARTS.find((known) => known === one.trim())
    if (!part) throw new UserError(`"${one}": give firmware, inputs, or both: firmware,inputs.`)
    return part
  })
}
