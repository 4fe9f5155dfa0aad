import type { TableEntry } from '../../emulator/cpu/instructions/table.ts'
import type { Instruction } from './instruction.ts'
import { Word } from './state.ts'

const ROUNDING_MODE = 0x00c0_0000
const MOST_NEGATIVE_PAIR = 0x8000_8000
/** The nRF52840 has three bits of priority, libunicorn eight. */
const PRIORITY_BITS = 0xe0

/** Operands for which libunicorn 2.0.1, made from QEMU 5.0, does not do what the manual says. */
interface Misjudged {
  readonly name: RegExp
  readonly reason: string
  /** Takes the state out of the disputed operands. */
  readonly avoid: (one: Instruction, state: Uint32Array) => void
}

export const misjudged: readonly Misjudged[] = [
  {
    name: /^VCVT \(from fixed/,
    reason:
      'A7.7.229: fixed point to floating point "uses the Round to Nearest rounding mode"; QEMU 5.0 takes FPSCR.RMode. Compared in that mode only.',
    avoid: (_, state) => (state[Word.fpscr] = (state[Word.fpscr] ?? 0) & ~ROUNDING_MODE),
  },
  {
    name: /^SMLADX? /,
    reason:
      'A7.7.137: Q is set when the sum of both products and the accumulator overflows; QEMU before 6.2 also when the sum of the products alone does. All four factors -32768 are left out.',
    avoid: ({ fields }, state) => {
      const { n = 0, m = 0 } = fields
      if (state[n] === MOST_NEGATIVE_PAIR && state[m] === MOST_NEGATIVE_PAIR)
        state[n] = MOST_NEGATIVE_PAIR + 1
    },
  },
  {
    name: /^MSR /,
    reason:
      'B1.4.3, B3.4.7: BASEPRI has as many bits as priorities are implemented: three on the nRF52840, eight in QEMU. Only those three are written.',
    avoid: ({ fields, opcode }, state) => {
      const { n } = fields
      const sysm = opcode & 0xff
      if (n !== undefined && (sysm === 17 || sysm === 18)) state[n] = (state[n] ?? 0) & PRIORITY_BITS
    },
  },
]

export const isMisjudged = (entry: TableEntry): boolean => misjudged.some(({ name }) => name.test(entry.name))

export function avoidMisjudged(one: Instruction, state: Uint32Array): void {
  for (const { name, avoid } of misjudged) if (name.test(one.entry.name)) avoid(one, state)
}
