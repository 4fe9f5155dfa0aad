import type { Statement, Value } from '../../ir.ts'
import { programOfVariant } from '../../engine/handlers.ts'
import { registerFileOf, type TableEntry, type TimingClass } from '../../instructions/table.ts'
import type { Timed } from './timed.ts'

/** Registers as bit masks: R0 to R15, and S0 to S31. */
export interface RegisterUse {
  readonly reads: number
  readonly writes: number
  /** Of what is read: what makes the address of a load or store. */
  readonly addresses: number
  /** Core registers that get what was loaded. */
  readonly loads: number
  /** But the addend of a multiply-accumulate, unless it is a factor too. */
  readonly readsSingles: number
  readonly writesSingles: number
  /** Singles that a multiply-accumulate adds to. */
  readonly accumulates: number
}

interface KeyUse {
  readonly reads: ReadonlySet<string>
  readonly writes: ReadonlySet<string>
}

const byVariant = new Map<TableEntry, Map<string, KeyUse>>()

/** Which operands a meaning reads and writes, by looking at the meaning itself. */
function keysOf({ entry, decoded }: Timed): KeyUse {
  const variant = Object.entries(decoded).filter(([key]) => /^[A-Z]/.test(key))
  const name = variant.map(([key, value]) => `${key}${value}`).join()
  const uses = byVariant.get(entry) ?? new Map<string, KeyUse>()
  byVariant.set(entry, uses)
  let use = uses.get(name)
  if (!use) {
    const reads = new Set<string>()
    const writes = new Set<string>()
    visit(programOfVariant(entry, Object.fromEntries(variant)).body, reads, writes)
    use = { reads, writes }
    uses.set(name, use)
  }
  return use
}

function visit(list: readonly Statement[], reads: Set<string>, writes: Set<string>): void {
  const read = (value: Value): void => {
    if (value.kind.op === 'register') reads.add(value.kind.key)
    value.args.forEach(read)
  }
  for (const statement of list) {
    if (statement.do === 'setRegister') writes.add(statement.key)
    if ('value' in statement) read(statement.value)
    if ('address' in statement) read(statement.address)
    if ('args' in statement) statement.args.forEach(read)
    if (statement.do === 'if') {
      read(statement.condition)
      visit(statement.then, reads, writes)
      visit(statement.else, reads, writes)
    }
    if (statement.do === 'while') {
      visit(statement.body, reads, writes)
      read(statement.again)
    }
  }
}

const SP = 1 << 13
const LR = 1 << 14

export const isMemory = (timing: TimingClass): boolean =>
  /load|store/i.test(timing) || timing === 'tableBranch'
const isLoad = (timing: TimingClass): boolean =>
  timing === 'load' || timing === 'loadDouble' || timing === 'loadExclusive'

const known = new WeakMap<Timed, RegisterUse>()

export function registerUse(one: Timed): RegisterUse {
  let use = known.get(one)
  if (!use) {
    use = findUse(one)
    known.set(one, use)
  }
  return use
}

function findUse(one: Timed): RegisterUse {
  const { decoded, entry } = one
  const { timing, name } = entry.definition
  const keys = keysOf(one)
  const mask = (chosen: Iterable<string>, file: 'core' | 'fp'): number => {
    let bits = 0
    for (const key of chosen) {
      const kind = registerFileOf(key)
      const number = decoded[key]
      if (number === undefined || kind === undefined || (kind === 'core') !== (file === 'core')) continue
      bits |= kind === 'double' ? 3 << (2 * number) : 1 << number
    }
    return bits
  }
  let reads = mask(keys.reads, 'core')
  let writes = mask(keys.writes, 'core')
  let loads = isLoad(timing) ? mask(['t', 'u'], 'core') & writes : 0
  if (timing === 'loadMultiple') {
    loads = (decoded['imm'] ?? 0) & 0x7fff
    writes |= loads
  } else if (timing === 'storeMultiple') reads |= (decoded['imm'] ?? 0) & 0x7fff
  if (name === 'BL' || name.startsWith('BLX')) writes |= LR
  const addresses = isMemory(timing)
    ? mask(
        [...keys.reads].filter((key) => key === 'n' || key === 'm'),
        'core',
      )
    : 0
  const accumulates = timing === 'floatMultiplyAccumulate'
  const listed = /floatLoadMultiple|floatStoreMultiple/.test(timing) ? singlesOfList(one) : 0
  return {
    reads,
    writes,
    addresses: name === 'LDM, POP' && decoded['n'] === 13 ? addresses | SP : addresses,
    loads,
    readsSingles:
      (accumulates ? mask(['sn', 'sm'], 'fp') : mask(keys.reads, 'fp')) |
      (timing === 'floatStoreMultiple' ? listed : 0),
    writesSingles: mask(keys.writes, 'fp') | (timing === 'floatLoadMultiple' ? listed : 0),
    accumulates: accumulates ? mask(keys.writes, 'fp') : 0,
  }
}

/** VLDM and VSTM: `x` is the first single, `count` how many. */
function singlesOfList({ decoded }: Timed): number {
  const first = decoded['x'] ?? 0
  let bits = 0
  for (let i = 0; i < (decoded['count'] ?? 0); i++) bits |= 1 << (first + i)
  return bits
}
