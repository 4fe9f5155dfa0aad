import { ExceptionNumber } from './exception-numbers.ts'
import { Cfsr, Dfsr, Hfsr, type FaultStatus } from './faults.ts'
import type { Nvic } from './nvic.ts'
import { stored, type Register, type RegisterMap } from '../system/register-map.ts'

const { memManage, busFault, usageFault, svCall, debugMonitor, pendSv, sysTick } = ExceptionNumber

/** SHCSR; ARMv7-M ARM B3.2.13. */
const activeBits = [
  [0, memManage],
  [1, busFault],
  [3, usageFault],
  [7, svCall],
  [8, debugMonitor],
  [10, pendSv],
  [11, sysTick],
] as const
const pendingBits = [
  [12, usageFault],
  [13, memManage],
  [14, busFault],
  [15, svCall],
] as const
const enableBits = [
  [16, memManage],
  [17, busFault],
  [18, usageFault],
] as const

function handlerControl(nvic: Nvic): Register {
  const read = (): number => {
    let value = 0
    for (const [bit, n] of activeBits) if (nvic.isActive(n)) value |= 1 << bit
    for (const [bit, n] of pendingBits) if (nvic.isPending(n)) value |= 1 << bit
    for (const [bit, n] of enableBits) if (nvic.isEnabled(n)) value |= 1 << bit
    return value
  }
  return stored('SHCSR', read, (value) => {
    const is = (bit: number): boolean => ((value >>> bit) & 1) !== 0
    for (const [bit, n] of activeBits) nvic.setActive(n, is(bit))
    for (const [bit, n] of enableBits) nvic.setEnabled(n, is(bit))
    for (const [bit, n] of pendingBits)
      if (is(bit)) nvic.pend(n)
      else nvic.unpend(n)
  })
}

const allOf = (bits: Readonly<Record<string, number>>): number =>
  Object.values(bits).reduce((a, b) => a | b, 0)

/** SHCSR and the fault status registers, whose bits are cleared by writing ones; ARMv7-M ARM B3.2.13 to B3.2.19. */
export function addFaultRegisters(map: RegisterMap, nvic: Nvic, status: FaultStatus): void {
  const flags = (
    offset: number,
    name: string,
    key: 'cfsr' | 'hfsr' | 'dfsr' | 'afsr',
    mask: number,
  ): void => {
    map.set(0xe000_ed00 + offset, {
      name,
      read: () => status[key] >>> 0,
      write: (value) => (status[key] &= ~(value & mask)),
    })
  }
  map.set(0xe000_ed24, handlerControl(nvic))
  flags(0x28, 'CFSR', 'cfsr', allOf(Cfsr))
  flags(0x2c, 'HFSR', 'hfsr', allOf(Hfsr))
  flags(0x30, 'DFSR', 'dfsr', allOf(Dfsr))
  flags(0x3c, 'AFSR', 'afsr', -1)
  const address = (name: string): Register =>
    stored(
      name,
      () => status.bfar,
      (value) => (status.address = value),
    )
  map.set(0xe000_ed34, address('MMFAR'))
  map.set(0xe000_ed38, address('BFAR'))
}
