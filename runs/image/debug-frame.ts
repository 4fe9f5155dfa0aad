import { UserError } from '../errors.ts'
import { Cursor } from './cursor.ts'

/** How to find the caller of a place in code: DWARF 5, 6.4. Registers 0 to 15 are R0 to R15 (AADWARF32 4.1). */
export interface UnwindRow {
  /** Canonical frame address: register plus offset. */
  readonly cfa: { readonly register: number; readonly offset: number }
  readonly rules: ReadonlyMap<number, Rule>
  readonly returnRegister: number
}

export type Rule =
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'valueOffset'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'same' }
  | { readonly kind: 'undefined' }

interface Cie {
  readonly codeAlignment: number
  readonly dataAlignment: number
  readonly returnRegister: number
  readonly initial: Uint8Array
}

interface Fde {
  readonly cie: Cie
  readonly start: number
  readonly end: number
  readonly program: Uint8Array
}

interface Row {
  cfa: { register: number; offset: number }
  rules: Map<number, Rule>
}

const CIE_ID = 0xffff_ffff

/** The section .debug_frame of an image. */
export class DebugFrames {
  readonly #frames: readonly Fde[]

  /** @throws UserError where the section is cut short. */
  constructor(section: Uint8Array, file: string) {
    this.#frames = readFrames(new Cursor(section, `${file} (.debug_frame)`))
  }

  /** How to unwind at an address; undefined where the section does not say, or says it by half. */
  rowAt(address: number): UnwindRow | undefined {
    const frame = this.#frames.find(({ start, end }) => address >= start && address < end)
    try {
      return frame && run(frame, address)
    } catch (error) {
      if (error instanceof UserError) return undefined
      throw error
    }
  }
}

function readFrames(at: Cursor): readonly Fde[] {
  const cies = new Map<number, Cie>()
  const frames: Fde[] = []
  while (!at.atEnd) {
    const offset = at.offset
    const length = at.u32()
    const body = at.offset
    const id = at.u32()
    if (id === CIE_ID) cies.set(offset, readCie(at, body + length))
    else {
      const cie = cies.get(id)
      const start = at.u32()
      const bytes = at.u32()
      const program = at.slice(body + length - at.offset)
      if (cie) frames.push({ cie, start: (start & ~1) >>> 0, end: (start & ~1) + bytes, program })
    }
    at.offset = body + length
  }
  return frames
}

function readCie(at: Cursor, end: number): Cie {
  const version = at.u8()
  at.text()
  if (version >= 4) at.skip(2)
  const codeAlignment = at.uleb()
  const dataAlignment = at.sleb()
  const returnRegister = version === 1 ? at.u8() : at.uleb()
  return { codeAlignment, dataAlignment, returnRegister, initial: at.slice(end - at.offset) }
}

/** Executes call frame instructions up to an address: DWARF 5, 6.4.2. Undefined where it meets one it does not know. */
function run({ cie, start, program }: Fde, address: number): UnwindRow | undefined {
  const row: Row = { cfa: { register: 13, offset: 0 }, rules: new Map() }
  if (execute(cie.initial, cie, row, new Map(), start, Infinity) === 'unknown') return undefined
  const initial = new Map(row.rules)
  if (execute(program, cie, row, initial, start, address) === 'unknown') return undefined
  return { ...row, returnRegister: cie.returnRegister }
}

function execute(
  program: Uint8Array,
  cie: Cie,
  row: Row,
  initial: ReadonlyMap<number, Rule>,
  start: number,
  until: number,
): 'done' | 'unknown' {
  const at = new Cursor(program, 'call frame instructions')
  const saved: Row[] = []
  let location = start
  const offset = (): number => at.uleb() * cie.dataAlignment
  const restore = (register: number): void => {
    const rule = initial.get(register)
    if (rule) row.rules.set(register, rule)
    else row.rules.delete(register)
  }
  while (!at.atEnd) {
    const instruction = at.u8()
    const low = instruction & 0x3f
    let advance = 0
    switch (instruction >> 6 || instruction) {
      case 1:
        // DW_CFA_advance_loc, or DW_CFA_set_loc where the high bits are clear.
        if (instruction >> 6 === 1) advance = low
        else return 'unknown'
        break
      case 2:
        if (instruction >> 6 === 2) row.rules.set(low, { kind: 'offset', offset: offset() })
        else advance = at.u8()
        break
      case 3:
        if (instruction >> 6 === 3) restore(low)
        else advance = at.u16()
        break
      case 0x04:
        advance = at.u32()
        break
      case 0x05:
        row.rules.set(at.uleb(), { kind: 'offset', offset: offset() })
        break
      case 0x06:
        restore(at.uleb())
        break
      case 0x07:
        row.rules.set(at.uleb(), { kind: 'undefined' })
        break
      case 0x08:
        row.rules.set(at.uleb(), { kind: 'same' })
        break
      case 0x09:
        row.rules.set(at.uleb(), { kind: 'register', register: at.uleb() })
        break
      case 0x0a:
        saved.push({ cfa: { ...row.cfa }, rules: new Map(row.rules) })
        break
      case 0x0b: {
        const back = saved.pop()
        if (back) Object.assign(row, back)
        break
      }
      case 0x0c:
        row.cfa = { register: at.uleb(), offset: at.uleb() }
        break
      case 0x0d:
        row.cfa = { ...row.cfa, register: at.uleb() }
        break
      case 0x0e:
        row.cfa = { ...row.cfa, offset: at.uleb() }
        break
      case 0x11:
        row.rules.set(at.uleb(), { kind: 'offset', offset: at.sleb() * cie.dataAlignment })
        break
      case 0x12:
        row.cfa = { register: at.uleb(), offset: at.sleb() * cie.dataAlignment }
        break
      case 0x13:
        row.cfa = { ...row.cfa, offset: at.sleb() * cie.dataAlignment }
        break
      case 0x14:
        row.rules.set(at.uleb(), { kind: 'valueOffset', offset: offset() })
        break
      case 0x00:
        break
      default:
        return 'unknown'
    }
    location += advance * cie.codeAlignment
    if (advance > 0 && location > until) return 'done'
  }
  return 'done'
}
