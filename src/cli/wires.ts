import { InvalidArgumentError } from 'commander'
import type { BoardDescription, Wire } from '../../emulator/boards/board.ts'
import { pin } from '../../emulator/nrf52840/gpio.ts'
import { UserError } from '../errors.ts'

const sensors = ({ parts }: BoardDescription): readonly string[] =>
  parts.flatMap(({ kind, name }) => (kind === 'lsm9ds1' || kind === 'lsm6ds3' ? [name] : []))

/** `LSM9DS1.INT1=P1.11`, as often as wanted. */
export function wire(text: string, previous: readonly Wire[] = []): readonly Wire[] {
  const [, part, from, to] = /^(.+)\.(INT[12])=(P\d+\.\d+)$/.exec(text.trim()) ?? []
  if (part === undefined || to === undefined || (from !== 'INT1' && from !== 'INT2'))
    throw new InvalidArgumentError('Give a wire as LSM9DS1.INT1=P1.11.')
  try {
    pin(to)
  } catch {
    throw new InvalidArgumentError(`${to} is not a pin: P0.00 to P0.31, P1.00 to P1.15.`)
  }
  return [...previous.filter((one) => one.part !== part || one.from !== from), { part, from, to }]
}

/** @throws UserError for a wire from a part that the board does not have */
export function checkWires(wires: readonly Wire[], board: BoardDescription): void {
  const there = sensors(board)
  for (const { part, from } of wires) {
    if (there.includes(part)) continue
    const instead =
      there.length === 0
        ? 'It has no sensor.'
        : `Give ${there.map((name) => `${name}.${from}`).join(' or ')}.`
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
