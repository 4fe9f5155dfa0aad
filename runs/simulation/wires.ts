import type { BoardDescription, Wire } from '../../emulator/boards/board.ts'
import { UserError } from '../errors.ts'
import { didYouMean } from '../nearest.ts'

const sensors = ({ parts }: BoardDescription): readonly string[] =>
  parts.flatMap(({ kind, name }) => (kind === 'lsm9ds1' || kind === 'lsm6ds3' ? [name] : []))

/** @throws UserError for a wire from a part that the board does not have */
export function checkWires(wires: readonly Wire[], board: BoardDescription): void {
  const there = sensors(board)
  for (const { part, from } of wires) {
    if (there.includes(part)) continue
    const instead =
      there.length === 0
        ? 'It has no sensor.'
        : didYouMean(part, there, `Give ${there.map((name) => `${name}.${from}`).join(' or ')}.`).trim()
    throw new UserError(`--wire ${part}.${from}: ${board.name} has no such sensor. ${instead}`)
  }
}

/** An app's own wires where the board has the part and does not connect it already, and the user's instead of them. */
export function wiresFor(
  board: BoardDescription,
  own: readonly Wire[],
  users: readonly Wire[] = [],
): readonly Wire[] {
  const there = sensors(board)
  const replaced = (one: Wire): boolean =>
    users.some(({ part, from }) => part === one.part && from === one.from)
  return [...own.filter((one) => there.includes(one.part) && !replaced(one)), ...users]
}
