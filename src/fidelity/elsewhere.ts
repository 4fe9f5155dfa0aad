/** Published figures for whole programs, which are not kernels of `firmware/microbench`. */
export interface ProgramFigure {
  readonly what: string
  readonly chip: string
  readonly published: string
  readonly source: string
  /** Why it is not run here. */
  readonly note: string
}

export const programs: readonly ProgramFigure[] = [
  {
    what: 'CoreMark, cache on',
    chip: 'nRF52840',
    published: '212 to 215 at 64 MHz',
    source: 'Nordic; DevZone 48898',
    note: 'Its sources and compiler options are not in this repository.',
  },
  {
    what: 'RTOS benchmark, cache off and on',
    chip: 'nRF52840',
    published: '1574 and 1305 ticks',
    source: 'ariel-os PR 1163',
    note: 'A ratio of 1.21; the binary is not published.',
  },
  {
    what: 'an Arduino function of about 12 000 instructions',
    chip: 'nRF52840 (Nano 33 BLE Sense)',
    published: 'about 25 000 cycles',
    source: 'renode issue 445',
    note: 'The binary is not published.',
  },
  {
    what: 'P-256: key generation, signature, verification, ECDH',
    chip: 'nRF52840, cache on',
    published: '327 k, 375 k, 976 k, 906 k cycles',
    source: 'P256-Cortex-M4, README',
    note: 'Hand-written assembly with C around it, 9 kB: sensitive to the cache, whose geometry is open. Compiler version and layout are not published.',
  },
  {
    what: 'AES-128, one more round, unrolled, tables in RAM',
    chip: 'STM32F4, no wait states',
    published: '55 cycles',
    source: 'jnk0le/cortexm-AES, README',
    note: 'Free of call overhead; a test of its own, outside these kernels.',
  },
  {
    what: 'GF(2^127) multiplication, 551 instructions',
    chip: 'STM32F407, no wait states',
    published: '598 cycles',
    source: 'pornin/gls254-cm4',
    note: 'Whether the call is in the figure is not known (a few cycles).',
  },
]
