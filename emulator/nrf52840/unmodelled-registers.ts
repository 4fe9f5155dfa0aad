/**
 * Registers of the peripherals that are present but not modelled: `NAME@offset`, `NAME[count]@offset+stride` (four
 * unless said), `=reset` where it is not zero; all in hexadecimal but the count. PS, register tables.
 */
export const UNMODELLED_REGISTERS = {
  FPU: 'UNUSED@0',
} as const

/** Where they are. Peripherals that share a page answer under the first one's names. */
export const UNMODELLED_PERIPHERALS: readonly (readonly [
  name: string,
  base: number,
  registers: keyof typeof UNMODELLED_REGISTERS,
])[] = [['FPU', 0x4002_6000, 'FPU']]
