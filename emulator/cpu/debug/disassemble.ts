import type { DecodedInstruction } from '../engine/decode.ts'
import { fieldsOf, registerFileOf } from '../instructions/table.ts'
import { addressOf } from '../layout.ts'

const conditions = [
  'eq',
  'ne',
  'cs',
  'cc',
  'mi',
  'pl',
  'vs',
  'vc',
  'hi',
  'ls',
  'ge',
  'lt',
  'gt',
  'le',
  '',
  '',
]
const shifts = ['lsl', 'lsr', 'asr', 'ror']
const specialRegisters: Readonly<Record<number, string>> = {
  0: 'apsr', 1: 'iapsr', 2: 'eapsr', 3: 'xpsr', 5: 'ipsr', 6: 'epsr', 7: 'iepsr', 8: 'msp', 9: 'psp',
  16: 'primask', 17: 'basepri', 18: 'basepri_max', 19: 'faultmask', 20: 'control',
} // prettier-ignore

const registerName = (n: number): string => ['sp', 'lr', 'pc'][n - 13] ?? `r${n}`
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`

function registerList(mask: number): string {
  const names: string[] = []
  for (let n = 0; n < 16; n++) if ((mask >>> n) & 1) names.push(registerName(n))
  return `{${names.join(', ')}}`
}

/** VLDM and VSTM: consecutive registers. */
function floatList(letter: string, first: number, count: number): string {
  const last = first + count - 1
  return last > first ? `{${letter}${first}-${letter}${last}}` : `{${letter}${first}}`
}

/** IT's x, y and z: T where the mask bit equals firstcond[0]; A7.7.38. */
function itPattern(firstCondition: number, mask: number): string {
  let pattern = ''
  for (let bits = mask; (bits & 7) !== 0; bits = (bits << 1) & 0xf)
    pattern += ((bits >>> 3) & 1) === (firstCondition & 1) ? 't' : 'e'
  return pattern
}

/** One instruction in the unified assembler language, with absolute branch targets. */
export function disassemble(instruction: DecodedInstruction, itState = 0): string {
  const { entry, decoded, opcode } = instruction
  const fields = fieldsOf(entry, opcode)
  const number = (key: string): number => decoded[key] ?? fields[key] ?? 0
  const operand = (key: string): string => {
    switch (key) {
      case 'S':
        return number('S') > 0 ? 's' : ''
      case 'cond':
        return conditions[number('C')] ?? ''
      case 'N':
        return number('N') === 1 ? 'n' : ''
      case 'B':
        return number('T') === 2 ? 'h' : 'b'
      case 'IE':
        return number('E') === 1 ? 'ie' : 'id'
      case 'flags':
        return `${number('imm') & 2 ? 'i' : ''}${number('imm') & 1 ? 'f' : ''}`
      case 'pattern':
        return itPattern(number('c'), number('k'))
      case 'firstcond':
        return conditions[number('c')] === '' ? 'al' : (conditions[number('c')] ?? '')
      case 'sysm':
        return specialRegisters[number('imm')] ?? `#${number('imm')}`
      case 'shiftname':
        return shifts[number('kind')] ?? ''
      case 'shift':
        return number('K') === 0
          ? ''
          : number('K') === 3
            ? ', rrx'
            : `, ${shifts[number('kind')] ?? ''} #${number('amount')}`
      case 'target':
        return hex(number('X') === 0 ? addressOf(number('imm')) : number('imm'))
      case 'indexed': {
        const base = registerName(number('n'))
        const offset = number('imm') === 0 ? '' : `, #${number('imm')}`
        return number('W') === 2
          ? `[${base}], #${number('imm')}`
          : `[${base}${offset}]${number('W') === 1 ? '!' : ''}`
      }
      case 'list':
        return registerList(number('imm') | (number('R') === 1 ? 0x8000 : 0))
      case 'literal':
        return `[${hex(number('imm'))}]`
      case 'wback':
        return number('W') === 1 ? '!' : ''
      case 'singles':
        return floatList('s', number('x'), number('count'))
      case 'doubles':
        return floatList('d', number('x') >> 1, number('count') >> 1)
      case 'imm':
        return Math.abs(number('imm')) > 0xffff ? hex(number('imm')) : String(number('imm'))
    }
    const file = registerFileOf(key)
    if (file === 'core') return registerName(number(key))
    if (file !== undefined) return `${file === 'single' ? 's' : 'd'}${number(key)}`
    return String(number(key))
  }
  const syntax = (entry.encoding.syntax ?? entry.definition.syntax).replace(
    '<name>',
    entry.definition.name.split(' ')[0] ?? '',
  )
  const text = syntax.replaceAll(/<(\w+)>/g, (_, key: string) => operand(key)).toLowerCase()
  // A shift by nothing is not written.
  const shown = text
    .replace(/, (lsl|ror) #0\b/, '')
    .replace(/^mov(s?)(\.w)? (\w+), (\w+), (lsl|lsr|asr|ror) #/, '$5$1$2 $3, $4, #')
    .replace(/^mov(s?)(\.w)? (\w+), (\w+), rrx/, 'rrx$1 $3, $4')
  const condition = itState === 0 ? '' : (conditions[itState >>> 4] ?? '')
  return shown.replace(/^[^ .]+/, (mnemonic) => mnemonic + condition)
}
