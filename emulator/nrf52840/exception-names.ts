const systemExceptions = [
  '', 'Reset', 'NMI', 'HardFault', 'MemManage', 'BusFault', 'UsageFault', '', '', '', '', 'SVCall', 'DebugMonitor',
  '', 'PendSV', 'SysTick',
] // prettier-ignore

/** Names by nRF52840 PS 4.2.3, instantiation: an interrupt's number is its peripheral's ID. */
const interruptNames: Readonly<Record<number, string>> = {
  0: 'POWER_CLOCK', 1: 'RADIO', 2: 'UARTE0', 3: 'TWIM0/SPIM0', 4: 'TWIM1/SPIM1', 5: 'NFCT', 6: 'GPIOTE', 7: 'SAADC',
  8: 'TIMER0', 9: 'TIMER1', 10: 'TIMER2', 11: 'RTC0', 12: 'TEMP', 13: 'RNG', 14: 'ECB', 15: 'CCM_AAR', 16: 'WDT',
  17: 'RTC1', 18: 'QDEC', 19: 'COMP_LPCOMP', 20: 'SWI0/EGU0', 21: 'SWI1/EGU1', 22: 'SWI2/EGU2', 23: 'SWI3/EGU3',
  24: 'SWI4/EGU4', 25: 'SWI5/EGU5', 26: 'TIMER3', 27: 'TIMER4', 28: 'PWM0', 29: 'PDM', 32: 'MWU', 33: 'PWM1',
  34: 'PWM2', 35: 'SPIM2', 36: 'RTC2', 37: 'I2S', 38: 'FPU', 39: 'USBD', 40: 'UARTE1', 41: 'QSPI', 42: 'CRYPTOCELL',
  45: 'PWM3', 47: 'SPIM3',
} // prettier-ignore

/** As the report names it. */
export const exceptionName = (number: number): string =>
  number < 16 ? (systemExceptions[number] ?? '') : (interruptNames[number - 16] ?? `IRQ${number - 16}`)
