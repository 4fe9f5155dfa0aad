import { countSkipped } from '../counting.ts'
import { ExitReason } from '../exit-reasons.ts'
import { Ir, type Program, type Register, type Value } from '../ir.ts'
import { signatures } from './signatures.ts'
import {
  COLD,
  Cold,
  Entry,
  FLASH,
  FLASH_BYTES,
  Guard,
  RAM_BYTES,
  State,
  TABLE,
  addressOf,
} from '../layout.ts'
import { PLAIN } from '../timing/cost-classes.ts'
import { conditionHolds, conditionHoldsFor } from '../conditions.ts'
import { instructionTable } from '../instructions/index.ts'
import {
  fieldsOf,
  registerFileOf,
  type Decoded,
  type DecodeContext,
  type InstructionDefinition,
  type OperandSet,
  type TableEntry,
} from '../instructions/table.ts'

export interface Slot {
  readonly offset: number
  /** 32 bits, else 8. */
  readonly wide: boolean
}

/** A case of the interpreter's br_table: one meaning with one choice of variants. */
export interface Handler {
  readonly name: string
  slotOf(key: string): Slot
  write(ir: Ir): void
}

const REGISTER_ORDER = ['d', 'n', 'm', 'a', 't', 'u', 'sd', 'sn', 'sm', 'st', 'su', 'dd', 'dn', 'dm']

/** Where each operand of an entry stands. */
function slotsFor(keys: readonly string[], name: string): Map<string, Slot> {
  const slots = new Map<string, Slot>()
  const registers = REGISTER_ORDER.filter((key) => keys.includes(key))
  registers.forEach((key, i) => slots.set(key, { offset: Entry.registers + i, wide: false }))
  const small = keys.filter((key) => /^[a-z]/.test(key) && !registerFileOf(key) && !key.startsWith('imm'))
  small.sort().forEach((key, i) => slots.set(key, { offset: Entry.small + i, wide: false }))
  if (keys.includes('imm')) slots.set('imm', { offset: Entry.immediate, wide: true })
  if (keys.includes('imm2')) slots.set('imm2', { offset: Entry.registers, wide: true })
  if (registers.length > 4 || small.length > 2 || (keys.includes('imm2') && registers.length > 0))
    throw new Error(`${name}: too many operands (${keys.join(', ')})`)
  return slots
}

/** The operands of an opcode, by the entry's own rule or straight from the fields. */
export function operandsOf(entry: TableEntry, opcode: number, at: DecodeContext): Decoded {
  const fields = fieldsOf(entry, opcode)
  return entry.encoding.operands ? entry.encoding.operands(fields, at) : fields
}

function combinations(variants: Readonly<Record<string, readonly number[]>>): Record<string, number>[] {
  let all: Record<string, number>[] = [{}]
  for (const [key, values] of Object.entries(variants))
    all = all.flatMap((one) => values.map((value) => ({ ...one, [key]: value })))
  return all
}

/** What an entry does with given variants, for whoever looks at meanings without executing them. */
export function programOfVariant(entry: TableEntry, variant: Readonly<Record<string, number>>): Program {
  const keys = Object.keys(operandsOf(entry, entry.match, { address: 0, itState: 0 }))
  const slots = slotsFor(
    keys.filter((key) => /^[a-z]/.test(key)),
    entry.name,
  )
  const ir = new Ir(signatures)
  new TableHandler(entry.name, entry.definition, slots, variant).write(ir)
  return ir.program
}

class TableHandler implements Handler {
  constructor(
    readonly name: string,
    readonly definition: InstructionDefinition,
    readonly slots: ReadonlyMap<string, Slot>,
    readonly variant: Readonly<Record<string, number>>,
  ) {}

  slotOf(key: string): Slot {
    const slot = this.slots.get(key)
    if (!slot) throw new Error(`${this.name} has no operand ${key}`)
    return slot
  }

  write(ir: Ir): void {
    if (this.definition.floatingPoint)
      ir.if(ir.eqz(ir.state(State.fpActive)), () => ir.exit(ExitReason.floatingPoint, true))
    const operands = new Proxy<Record<string, number | Register | Value>>(
      {},
      {
        get: (_, key) => {
          if (typeof key !== 'string') throw new Error('operands have names')
          const literal = this.variant[key]
          if (literal !== undefined) return literal
          const file = registerFileOf(key)
          this.slotOf(key)
          return file ? { file, key } : ir.operand(key)
        },
      },
    )
    this.definition.meaning(operands as unknown as OperandSet, ir)
  }
}

const keyOf = (keys: readonly string[], variant: Readonly<Record<string, number>>): string =>
  `${[...keys].sort().join(' ')} ${Object.entries(variant)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')}`

/** Handlers of one table entry, by the values of its variants. */
interface HandlersOfEntry {
  readonly slots: ReadonlyMap<string, Slot>
  readonly byVariant: ReadonlyMap<string, number>
}

const noHandler: Pick<Handler, 'slotOf'> = {
  slotOf: (key) => {
    throw new Error(`no operand ${key}`)
  },
}

const coldWord = (ir: Ir, offset: number): Value =>
  ir.loadRaw('i32.32', ir.shrU(ir.sub(ir.carried('current'), ir.i32(TABLE)), ir.i32(1)), COLD + offset)

/** An instruction that fails its condition takes one cycle; Cortex-M4 TRM 3.3.1. */
function skip(ir: Ir): void {
  const cost = ir.loadRaw('i32.8_u', ir.carried('current'), Entry.cost)
  ir.setCarried('budget', ir.add(ir.carried('budget'), ir.sub(cost, ir.i32(1))))
  countSkipped(ir, ir.carried('current'), PLAIN)
  ir.finish()
}

/**
 * First of all in an IT block: that execution came through it. A branch into it, or a return that said otherwise, has
 * another ITSTATE than the table.
 */
const comesThroughItBlock = (ir: Ir): void =>
  ir.if(ir.ne(ir.state(State.itNext), ir.carried('current')), () => ir.exit(ExitReason.outsideItBlock, true))

/** Last before it executes or is skipped: the next may have what comes after its ITSTATE. */
const advanceItState = (ir: Ir): void => ir.setState(State.itNext, ir.carried('next'))

const undecoded: Handler = {
  ...noHandler,
  name: 'not decoded yet',
  write: (ir) => {
    const entry = ir.carried('current')
    ir.setCarried('budget', ir.add(ir.carried('budget'), ir.loadRaw('i32.8_u', entry, Entry.cost)))
    ir.callVoid('decode', entry)
    ir.setCarried('budget', ir.sub(ir.carried('budget'), ir.loadRaw('i32.8_u', entry, Entry.cost)))
    ir.setCarried('next', ir.add(entry, ir.loadRaw('i32.8_u', entry, Entry.advance)))
    ir.dispatch(ir.loadRaw('i32.16_u', entry, Entry.handler))
  },
}

const undefinedInstruction: Handler = {
  ...noHandler,
  name: 'undefined instruction',
  write: (ir) => ir.exit(ExitReason.undefined, true),
}

const guarded: Handler = {
  ...noHandler,
  name: 'guarded',
  write: (ir) => {
    const cold = ir.let(coldWord(ir, 0))
    const guards = ir.let(ir.shrU(cold, ir.i32(16)))
    const has = (guard: number): Value => ir.and(guards, ir.i32(guard))
    ir.if(has(Guard.privileged), () =>
      ir.if(ir.state(State.unprivileged), () => ir.exit(ExitReason.undefined, true)),
    )
    ir.if(has(Guard.inItBlock), () => comesThroughItBlock(ir))
    const offset = ir.let(ir.shrU(ir.sub(ir.carried('current'), ir.i32(TABLE)), ir.i32(3)))
    ir.if(has(Guard.inRam), () => {
      ir.if(ir.eqz(ir.state(State.codeInRam)), () => ir.exit(ExitReason.codeInRam, true))
      const alias = ir.geU(offset, ir.i32(FLASH_BYTES + RAM_BYTES))
      const memory = ir.sub(offset, ir.select(alias, ir.i32(RAM_BYTES), ir.i32(0)))
      const wide = ir.eq(ir.loadRaw('i32.8_u', ir.carried('current'), Entry.advance), ir.i32(32))
      const opcode = ir.select(
        wide,
        ir.loadRaw('i32.32', memory, FLASH),
        ir.loadRaw('i32.16_u', memory, FLASH),
      )
      ir.if(ir.ne(opcode, coldWord(ir, Cold.raw)), () => {
        ir.storeRaw('i32.16', ir.carried('current'), Entry.handler, ir.i32(HandlerIndex.undecoded))
        ir.dispatch(ir.i32(HandlerIndex.undecoded))
      })
    })
    ir.if(has(Guard.probe), () => {
      ir.if(
        ir.ne(ir.state(State.probeSeen), ir.carried('current')),
        () => ir.exit(ExitReason.probe, true),
        () => ir.setState(State.probeSeen, ir.i32(0)),
      )
    })
    ir.if(has(Guard.counted), () => ir.callVoid('countFetches', ir.carried('current')))
    ir.if(has(Guard.readsPc), () => {
      const inFlash = ir.ltU(offset, ir.i32(FLASH_BYTES))
      const inRam = ir.ltU(offset, ir.i32(FLASH_BYTES + RAM_BYTES))
      const base = ir.select(
        inFlash,
        ir.i32(0),
        ir.select(inRam, ir.i32(addressOf(TABLE + FLASH_BYTES * 8) - FLASH_BYTES), ir.i32(CODE_RAM_DELTA)),
      )
      ir.setState(State.registers + 60, ir.add(ir.add(offset, base), ir.i32(4)))
    })
    ir.if(has(Guard.inItBlock), () => advanceItState(ir))
    ir.if(has(Guard.conditional), () => {
      ir.if(ir.eqz(conditionHoldsFor(ir, ir.shrU(cold, ir.i32(28)))), () => skip(ir))
    })
    ir.dispatch(ir.and(cold, ir.i32(0xffff)))
  },
}
const CODE_RAM_DELTA = addressOf(TABLE + (FLASH_BYTES + RAM_BYTES) * 8) - (FLASH_BYTES + RAM_BYTES)

const conditional = (cond: number): Handler => ({
  ...noHandler,
  name: `if condition ${cond}`,
  write: (ir) => {
    comesThroughItBlock(ir)
    advanceItState(ir)
    if (cond < 14) ir.if(ir.eqz(conditionHolds(ir, cond)), () => skip(ir))
    ir.dispatch(ir.and(coldWord(ir, 0), ir.i32(0xffff)))
  },
})

export const HandlerIndex = {
  undecoded: 0,
  undefined: 1,
  guarded: 2,
  conditional: 3,
  firstInstruction: 18,
} as const

export const wrapperHandlers: readonly Handler[] = [
  undecoded,
  undefinedInstruction,
  guarded,
  ...Array.from({ length: 15 }, (_, cond) => conditional(cond)),
]

interface Built {
  readonly handlers: readonly Handler[]
  readonly byEntry: ReadonlyMap<TableEntry, HandlersOfEntry>
}

let built: Built | undefined

/** Encodings of one instruction with the same operands share their handlers. */
function build(): Built {
  const handlers: Handler[] = []
  const indexes = new Map<InstructionDefinition, Map<string, number>>()
  const byEntry = new Map<TableEntry, HandlersOfEntry>()
  for (const entry of instructionTable) {
    const { definition } = entry
    const sample = operandsOf(entry, entry.match, { address: 0, itState: 0 })
    const keys = Object.keys(sample).filter((key) => /^[a-z]/.test(key))
    const slots = slotsFor(keys, entry.name)
    const shared = indexes.get(definition) ?? new Map<string, number>()
    indexes.set(definition, shared)
    const byVariant = new Map<string, number>()
    for (const variant of combinations(definition.variants ?? {})) {
      const key = keyOf(keys, variant)
      let index = shared.get(key)
      if (index === undefined) {
        index = HandlerIndex.firstInstruction + handlers.length
        shared.set(key, index)
        handlers.push(new TableHandler(`${definition.name} ${key}`.trim(), definition, slots, variant))
      }
      byVariant.set(keyOf([], variant), index)
    }
    byEntry.set(entry, { slots, byVariant })
  }
  return { handlers, byEntry }
}

export function allHandlers(): readonly Handler[] {
  built ??= build()
  return built.handlers
}

/** The handler for decoded operands of an entry, and where it finds them. */
export function handlerFor(
  entry: TableEntry,
  decoded: Decoded,
): { readonly index: number; readonly slots: ReadonlyMap<string, Slot> } {
  built ??= build()
  const one = built.byEntry.get(entry)
  const variant = Object.fromEntries(Object.entries(decoded).filter(([key]) => /^[A-Z]/.test(key)))
  const index = one?.byVariant.get(keyOf([], variant))
  if (!one || index === undefined) throw new Error(`${entry.name}: no handler for ${JSON.stringify(variant)}`)
  return { index, slots: one.slots }
}
