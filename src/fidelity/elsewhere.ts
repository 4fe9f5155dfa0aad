import { flashFigures } from './networks-flash.ts'

/** Published figures for whole programs and foreign kernels, which are not in this repository. */
export interface ProgramFigure {
  readonly what: string
  readonly chip: string
  readonly published: string
  /** Our cycles, where its code was run outside the repository, at the chip's wait states: none but on an nRF52. */
  readonly predicted?: string
  readonly source: string
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
    what: 'hello_world (sine), TFLM',
    chip: 'STM32F413',
    published: '128 us',
    source: 'Samsung/ONE issue 7598',
    note: 'Clock (100 MHz presumed, 12 800 cycles), kernels and options are not said. Here, on the nRF52840: 12 400 cycles with the reference kernels at -Os, 9 700 at -O2, 5 100 with CMSIS-NN.',
  },
  {
    what: 'person_detection, int8, CMSIS-NN, TFLM',
    chip: 'STM32F413',
    published: '386.6 ms',
    source: 'Samsung/ONE issue 7598',
    note: 'Clock not said; its int8 model is not among our packages, whose older one is of uint8, which CMSIS-NN does not take.',
  },
  {
    what: 'micro_speech, TFLM of 2020',
    chip: 'nRF52840 (Nano 33 BLE Sense)',
    published: 'about 2 s of inference for 1 s of sound',
    source: 'tensorflow issue 39979',
    note: 'How many inferences that is, and with which options, is not said. One takes 443 ms here with the reference kernels at -Os, 203 ms at -O2.',
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
    chip: 'STM32F103, STM32F407, no wait states',
    published: '55 cycles',
    predicted: '55 cycles',
    source: 'jnk0le/cortexm-AES, README',
    note: 'Free of call overhead.',
  },
  {
    what: 'AES-128, one more round, looped, tables in RAM',
    chip: 'STM32F103; STM32F407, no wait states',
    published: '61; 62 cycles',
    predicted: '58 cycles',
    source: 'jnk0le/cortexm-AES, README',
    note: 'Three are not explained; which version of the source was measured is not certain. The one between the chips is one for each LDM.',
  },
  {
    what: 'AES-128, key schedule',
    chip: 'STM32F103; STM32F407, no wait states',
    published: '302; 305 cycles, with its call from C++',
    predicted: '298 cycles without it',
    source: 'jnk0le/cortexm-AES, README',
    note: 'Fitted: that the prefetch unit stands still after two cycles with a full buffer (`timing.fetchStandstill`); after one, 308.',
  },
  {
    what: 'ChaCha permutation of 8, 12 and 20 rounds, unrolled, 400 to 850 instructions',
    chip: 'STM32L100 (Cortex-M3), no wait states',
    published: '390, 542, 846 cycles, with the call and a read of CYCCNT',
    predicted: '385, 537, 841 cycles without them',
    source: 'joostrijneveld/chacha-arm-cortex-m, README',
    note: 'Nothing in the model was chosen with it. The M3 differs from the M4 in none of the instructions used.',
  },
  {
    what: 'the same',
    chip: 'STM32F407, no wait states',
    published: '414, 572, 888 cycles',
    predicted: '385, 537, 841 cycles; 390, 544, 852 at 2 mod 4',
    source: 'joostrijneveld/chacha-arm-cortex-m, README',
    note: 'Three more for each double round than on the M3, from the same source: POP of two, PUSH then LDR, and alignment are candidates (`timing.loadMultipleExtra` makes one of them).',
  },
  {
    what: 'GF(2^127) multiplication, 551 instructions',
    chip: 'STM32F407, no wait states',
    published: '598 cycles',
    predicted: '599 cycles',
    source: 'pornin/gls254-cm4',
    note: 'Whether the call is in the figure is not known (a few cycles).',
  },
  {
    what: 'P-256: subtraction, addition, doubling; multiplication, squaring modulo p',
    chip: 'nRF52840, cache on',
    published: '42, 52, 33; 231, 173 cycles',
    predicted: '40, 50, 30; 229, 167 cycles',
    source: 'P256-Cortex-M4, comments',
    note: 'Whether counted or measured, and with what around it, is not said.',
  },
  ...flashFigures,
]
