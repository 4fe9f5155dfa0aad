import { EXCEPTIONS, ExceptionNumber, INTERRUPTS } from './exception-numbers.ts'
import type { Nvic } from './nvic.ts'
import { constant, type Register, type RegisterMap } from '../system/register-map.ts'

const { interrupt0 } = ExceptionNumber
const SCS = 0xe000_e000
/** Words that the architecture has room for; what is beyond 48 interrupts reads as zero. */
const BIT_WORDS = 8
const PRIORITY_WORDS = 60

/** Four priorities a word; bytes that are not implemented read as zero. */
export function priorities(
  name: string,
  nvic: Nvic,
  first: number,
  exists: (exception: number) => boolean,
): Register {
  const existing = [0, 1, 2, 3].filter((n) => exists(first + n))
  return {
    name,
    read: () => existing.reduce((word, n) => (word | (nvic.priority(first + n) << (8 * n))) >>> 0, 0),
    write: (value, lanes) => {
      for (const n of existing)
        if ((lanes >>> (8 * n)) & 0xff) nvic.setPriority(first + n, (value >>> (8 * n)) & 0xff)
    },
  }
}

/** NVIC_ISER, ICER, ISPR, ICPR, IABR, IPR, STIR and ICTR; ARMv7-M ARM B3.4. */
export function addInterruptRegisters(map: RegisterMap, nvic: Nvic): void {
  map.set(SCS + 0x004, constant('ICTR', Math.ceil(INTERRUPTS / 32) - 1))
  for (let word = 0; word < BIT_WORDS; word++) {
    const first = interrupt0 + 32 * word
    const bits = Math.max(0, Math.min(32, EXCEPTIONS - first))
    const all = (is: (exception: number) => boolean) => (): number => {
      let value = 0
      for (let bit = 0; bit < bits; bit++) if (is(first + bit)) value |= 1 << bit
      return value >>> 0
    }
    const each =
      (does: (exception: number) => void) =>
      (value: number): void => {
        for (let rest = value; rest !== 0; rest &= rest - 1) {
          const bit = 31 - Math.clz32(rest & -rest)
          if (bit < bits) does(first + bit)
        }
      }
    const add = (offset: number, name: string, read: () => number, write?: (value: number) => void): void => {
      const register = { name: `${name}${word}`, read }
      map.set(SCS + offset + 4 * word, write ? { ...register, write } : register)
    }
    const enabled = all((n) => nvic.isEnabled(n))
    const pending = all((n) => nvic.isPending(n))
    add(
      0x100,
      'NVIC_ISER',
      enabled,
      each((n) => nvic.setEnabled(n, true)),
    )
    add(
      0x180,
      'NVIC_ICER',
      enabled,
      each((n) => nvic.setEnabled(n, false)),
    )
    add(
      0x200,
      'NVIC_ISPR',
      pending,
      each((n) => nvic.pend(n)),
    )
    add(
      0x280,
      'NVIC_ICPR',
      pending,
      each((n) => nvic.unpend(n)),
    )
    add(
      0x300,
      'NVIC_IABR',
      all((n) => nvic.isActive(n)),
    )
  }
  for (let word = 0; word < PRIORITY_WORDS; word++) {
    const register = priorities(`NVIC_IPR${word}`, nvic, interrupt0 + 4 * word, (n) => n < EXCEPTIONS)
    map.set(SCS + 0x400 + 4 * word, register)
  }
  map.set(SCS + 0xf00, {
    name: 'STIR',
    unprivileged: true,
    read: () => 0,
    write: (value) => {
      if ((value & 0x1ff) < INTERRUPTS) nvic.pend(interrupt0 + (value & 0x1ff))
    },
  })
}
