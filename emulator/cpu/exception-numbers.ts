/** Exception numbers; ARMv7-M ARM B1.5.2. */
export const ExceptionNumber = {
  thread: 0,
  reset: 1,
  nmi: 2,
  hardFault: 3,
  memManage: 4,
  busFault: 5,
  usageFault: 6,
  svCall: 11,
  debugMonitor: 12,
  pendSv: 14,
  sysTick: 15,
  interrupt0: 16,
} as const

/** nRF52840 PS 4.2: 48 interrupt lines, 3 bits of priority. */
export const INTERRUPTS = 48
export const EXCEPTIONS = ExceptionNumber.interrupt0 + INTERRUPTS
export const PRIORITY_MASK = 0xe0

const names: Record<number, string> = {
  0: 'Thread mode',
  1: 'Reset',
  2: 'NMI',
  3: 'HardFault',
  4: 'MemManage',
  5: 'BusFault',
  6: 'UsageFault',
  11: 'SVCall',
  12: 'DebugMonitor',
  14: 'PendSV',
  15: 'SysTick',
}

export function exceptionName(exception: number): string {
  const name = names[exception]
  if (name !== undefined) return name
  const { interrupt0 } = ExceptionNumber
  return exception >= interrupt0 ? `IRQ ${exception - interrupt0}` : `exception ${exception}`
}
