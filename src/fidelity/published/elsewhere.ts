import { flashFigures } from './networks-flash.ts'
import type { ProgramFigure } from './program-figure.ts'

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
  ...flashFigures,
]
