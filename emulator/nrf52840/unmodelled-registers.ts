/**
 * Registers of the peripherals that are present but not modelled: `NAME@offset`, `NAME[count]@offset+stride` (four
 * unless said), `=reset` where it is not zero; all in hexadecimal but the count. PS, register tables.
 */
export const UNMODELLED_REGISTERS = {
  MWU:
    'INTEN@300 INTENSET@304 INTENCLR@308 EVENTS_REGION[4].WA@100+8 EVENTS_REGION[4].RA@104+8 EVENTS_PREGION[2].WA@160+8 ' +
    'EVENTS_PREGION[2].RA@164+8 NMIEN@320 NMIENSET@324 NMIENCLR@328 PERREGION[2].SUBSTATWA@400+8 ' +
    'PERREGION[2].SUBSTATRA@404+8 REGIONEN@510 REGIONENSET@514 REGIONENCLR@518 REGION[4].START@600+10 ' +
    'REGION[4].END@604+10 PREGION[2].START@6c0+10 PREGION[2].END@6c4+10 PREGION[2].SUBS@6c8+10',
  FPU: 'UNUSED@0',
} as const

/** Where they are. Peripherals that share a page answer under the first one's names. */
export const UNMODELLED_PERIPHERALS: readonly (readonly [
  name: string,
  base: number,
  registers: keyof typeof UNMODELLED_REGISTERS,
])[] = [
  ['MWU', 0x4002_0000, 'MWU'],
  ['FPU', 0x4002_6000, 'FPU'],
]
