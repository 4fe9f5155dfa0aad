import type { Ir, Register, Value } from '../ir.ts'

/**
 * How long an instruction takes, by kind; `timing.ts` gives the cycles. The groups are those of the
 * Cortex-M4 TRM, table 3-1 (integer) and table 7-1 (floating point).
 */
export type TimingClass =
  | 'simple'
  | 'divide'
  | 'load'
  | 'loadPc'
  | 'store'
  | 'storeRegisterOffset'
  | 'loadDouble'
  | 'storeDouble'
  | 'loadMultiple'
  | 'storeMultiple'
  | 'loadExclusive'
  | 'storeExclusive'
  | 'branch'
  | 'branchConditional'
  | 'branchRegister'
  | 'compareAndBranch'
  | 'tableBranch'
  | 'ifThen'
  | 'system'
  | 'barrier'
  | 'wait'
  | 'floatSimple'
  | 'floatMultiplyAccumulate'
  | 'floatDivide'
  | 'floatLoad'
  | 'floatLoadDouble'
  | 'floatStore'
  | 'floatStoreDouble'
  | 'floatLoadMultiple'
  | 'floatStoreMultiple'
  | 'floatMove'
  | 'floatMoveTwo'

/** Operands of one decoded instruction: register numbers, immediates, and variants in capitals. */
export type Decoded = Readonly<Record<string, number>>

/** Fields of the encoding by letter, as unsigned numbers, in the order the bits stand. */
export type Fields = Readonly<Record<string, number>>

export interface DecodeContext {
  /** Address of the instruction. */
  readonly address: number
  /** ITSTATE at the instruction; 0 outside an IT block. */
  readonly itState: number
}

/** Core registers. */
type CoreKey = 'd' | 'n' | 'm' | 'a' | 't' | 'u'
/** Single-precision registers by number. */
type SingleKey = 'sd' | 'sn' | 'sm' | 'st' | 'su'
/** Double-precision registers by number. */
type DoubleKey = 'dd' | 'dn' | 'dm'
/** Numbers that are operands at run time: two 32-bit ones, the others below 256. `imm2` excludes registers. */
type ValueKey =
  | 'imm'
  | 'imm2'
  | 'amount'
  | 'kind'
  | 'lsb'
  | 'width'
  | 'rotation'
  | 'x'
  | 'sat'
  | 'cond'
  | 'count'
  | 'option'
/** Numbers known when the handler is made: one handler for each value listed in `variants`. */
type VariantKey = 'S' | 'K' | 'X' | 'W' | 'P' | 'C' | 'A' | 'N' | 'R' | 'T' | 'L' | 'M' | 'E' | 'Z'

export type OperandSet = Readonly<
  Record<CoreKey | SingleKey | DoubleKey, Register> & Record<ValueKey, Value> & Record<VariantKey, number>
>

export const registerFileOf = (key: string): 'core' | 'single' | 'double' | undefined =>
  /^[dnmatu]$/.test(key)
    ? 'core'
    : /^s[dnmtu]$/.test(key)
      ? 'single'
      : /^d[dnm]$/.test(key)
        ? 'double'
        : undefined

export interface Encoding {
  /** T1, T2 ... of the ARMv7-M Architecture Reference Manual. */
  readonly form: string
  /** 16 or 32 bits: 0, 1, letters for fields, spaces ignored. `x`-free: a (0) or (1) bit is written as 0 or 1. */
  readonly bits: string
  /** Encodings that belong to another instruction, by field. */
  readonly unless?: (fields: Fields) => boolean
  /** Makes the instruction's operands; the default takes the fields as they are. */
  readonly operands?: (fields: Fields, at: DecodeContext) => Decoded
  /** True where the manual says UNPREDICTABLE: executed as written, left out of differential tests. */
  readonly unpredictable?: (fields: Fields, at: DecodeContext) => boolean
  /** Assembly, with operands in angle brackets: `ADD<S> <d>, <n>, #<imm>`. Default: the instruction's. */
  readonly syntax?: string
}

export interface InstructionDefinition {
  readonly name: string
  /** Section of the ARMv7-M ARM (DDI 0403). */
  readonly section: string
  readonly encodings: readonly Encoding[]
  readonly timing: TimingClass
  readonly syntax: string
  /** Values of each variant operand. */
  readonly variants?: Readonly<Record<string, readonly number[]>>
  /** Uses the floating-point extension: enabled, preserved and marked active first. */
  readonly floatingPoint?: boolean
  /** Reads R15 as a general operand through one of these keys when it is 15. */
  readonly readsPc?: readonly string[]
  /** Executes in an IT block whatever the condition. */
  readonly ignoresCondition?: boolean
  readonly meaning: (operands: OperandSet, ir: Ir) => void
}

/** One line of the table: an encoding of an instruction. */
export interface TableEntry {
  readonly definition: InstructionDefinition
  readonly encoding: Encoding
  /** `ADD (immediate) T3`. */
  readonly name: string
  readonly width: 16 | 32
  /** Bits that are fixed, and their values. For 32-bit encodings the first half-word is the upper one. */
  readonly mask: number
  readonly match: number
  readonly fields: readonly { readonly letter: string; readonly bits: readonly number[] }[]
}

export class InstructionGroup {
  readonly entries: TableEntry[] = []

  constructor(readonly name: string) {}

  define(definition: InstructionDefinition): void {
    for (const encoding of definition.encodings) this.entries.push(tableEntry(definition, encoding))
  }
}

function tableEntry(definition: InstructionDefinition, encoding: Encoding): TableEntry {
  const bits = encoding.bits.replaceAll(' ', '')
  if (bits.length !== 16 && bits.length !== 32)
    throw new Error(`${definition.name} ${encoding.form}: ${bits.length} bits`)
  const width = bits.length
  let mask = 0
  let match = 0
  const fields = new Map<string, number[]>()
  for (let i = 0; i < width; i++) {
    const bit = width - 1 - i
    const symbol = bits.charAt(i)
    if (symbol === '0' || symbol === '1') {
      mask |= 1 << bit
      if (symbol === '1') match |= 1 << bit
    } else {
      fields.set(symbol, [...(fields.get(symbol) ?? []), bit])
    }
  }
  return {
    definition,
    encoding,
    name: `${definition.name} ${encoding.form}`,
    width,
    mask: mask >>> 0,
    match: match >>> 0,
    fields: [...fields].map(([letter, positions]) => ({ letter, bits: positions })),
  }
}

/** Splits an opcode into the fields of an entry. */
export function fieldsOf(entry: TableEntry, opcode: number): Fields {
  const fields: Record<string, number> = {}
  for (const { letter, bits } of entry.fields) {
    let value = 0
    for (const bit of bits) value = (value << 1) | ((opcode >>> bit) & 1)
    fields[letter] = value >>> 0
  }
  return fields
}
