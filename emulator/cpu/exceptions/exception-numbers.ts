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
