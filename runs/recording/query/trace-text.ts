/** What a terminal shows of a traced instruction; the JSON has all of it. */
import { reasons, type Reason } from '../../../emulator/cpu/timing/reasons.ts'
import type { Cell, Parts } from './answer.ts'

/** As few digits as a number has. */
export const short = (hexadecimal: string): string => hexadecimal.replaceAll(/0x0+(?=[\da-f])/g, '0x')

/** Of those that change many at once, the first. */
const MOST_CHANGES = 2

/** `r2 0x8`, `r4 0x1 r5 0x2 and 3 more` */
export function showChanges(changed: string): string {
  const each = short(changed).match(/\S+ \S+/g) ?? []
  return andMore(each, MOST_CHANGES, ' ')
}

const andMore = (each: readonly string[], most: number, separator: string): string =>
  each.length <= most
    ? each.join(separator)
    : `${each.slice(0, most - 1).join(separator)} and ${each.length - most + 1} more`

type Access = Readonly<Record<string, Cell>>

/** `r TWIM0.EVENTS_STOPPED 0x1`, `w stack, 6 words`: what lies one behind the other goes together. */
export function showAccesses(parts: Parts): string {
  const groups: Access[][] = []
  for (const access of listOf(parts)) {
    const last = groups.at(-1)
    if (last && follows(last.at(-1), access)) last.push(access)
    else groups.push([access])
  }
  return andMore(groups.map(showGroup), 2, '; ')
}

const listOf = (parts: Parts): readonly Access[] => (Array.isArray(parts) ? (parts as readonly Access[]) : [])

const follows = (one: Access | undefined, next: Access): boolean =>
  one !== undefined &&
  one['kind'] === next['kind'] &&
  one['bytes'] === 4 &&
  next['bytes'] === 4 &&
  Number(one['address']) + 4 === Number(next['address'])

function showGroup(group: readonly Access[]): string {
  const [first = {}] = group
  const letter = first['kind'] === 'read' ? 'r' : 'w'
  const name = first['name'] === '' ? short(String(first['address'])) : lastName(String(first['name']))
  if (group.length > 1) return `${letter} ${name}, ${group.length} words`
  // What a load has read of memory is in its register.
  const isSaid = first['kind'] === 'read' && Number(first['address']) < PERIPHERALS
  return isSaid ? `${letter} ${name}` : `${letter} ${name} ${short(String(first['value']))}`
}

const PERIPHERALS = 0x4000_0000
const LONGEST_NAME = 18

/** Without what it is within. */
function lastName(name: string): string {
  const last = name.split('::').at(-1) ?? name
  return last.length <= LONGEST_NAME
    ? last
    : `${last.slice(0, LONGEST_NAME / 2)}…${last.slice(1 - LONGEST_NAME / 2)}`
}

/** `issue 1, data in flash 2` */
export const showReasons = (parts: Parts): string =>
  Object.entries(parts)
    .map(([reason, cycles]) => `${reasons[reason as Reason].name} ${String(cycles)}`)
    .join(', ')
