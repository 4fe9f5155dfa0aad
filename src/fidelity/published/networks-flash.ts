import type { ProgramFigure } from './program-figure.ts'

const NIST = 'usnistgov/Lightweight-Cryptography-Benchmarking, nano33ble'
const CHIP = 'nRF52840 (Nano 33 BLE), cache on'

/**
 * What data reads from flash and the instruction cache were modelled after first: `flashReadWait`, `flashReadLineBytes`,
 * `cacheBytes` and `cacheWays` of version 2 are by the first, third and fifth of these figures; the others had no part in
 * it. None of the code is in this repository; the figures are DWT cycles of whole calls, here of one block or round: the slope between two lengths of message, so that
 * call and set-up drop out. Ours are of arm-none-eabi-gcc 12.2; the publication's compiler is an older one.
 */
export const flashFigures: readonly ProgramFigure[] = [
  {
    what: 'Ascon, a round of bi32_armv7m_small: a loop of 58 instructions in inline assembly, two of them LDRB of the next bytes of a table in flash',
    chip: CHIP,
    published: '61.0 cycles at -O1, -O2 and -O3; 64.8 at -Os',
    predicted: '61 cycles; 62 at 2 mod 4; were every read to wait for 3, 67',
    source: NIST,
    note: 'The compiler has no part in it. Reads of bytes that follow each other cost no wait: they are of the 128-bit line that was read last. -Os: presumably at 2 mod 4 (`timing.fetchStandstill` of 1 gives 64) and a line more, which has 3.',
  },
  {
    what: 'Ascon, a round of armv7m_small: the same without loads',
    chip: CHIP,
    published: '77.0 cycles at -O2 and -O3; 78.0 at -O1 and -Os',
    predicted: '77 cycles; 78 at 2 mod 4',
    source: NIST,
    note: 'The compiler has no part in it, but for the alignment.',
  },
  {
    what: 'AES-128 by tables, tables in flash less tables in RAM, a block: 160 reads at random',
    chip: CHIP,
    published: '538, 555, 605, 549 cycles at -Os, -O1, -O2, -O3; with one table 484, 492, 499, 502',
    predicted:
      '631, 490, 524, 431 cycles; with one table 511, 456, 491, 443; were waits of 2: 448, 328, 368, 276 and 362, 304, 342, 294',
    source: NIST,
    note: 'mbed TLS. Reads of lines that were not read last wait for 3 cycles. Were data cached with the code, one table would cost half as much as four.',
  },
  {
    what: 'SHA-256, a block: 64 constants read from flash one after the other',
    chip: CHIP,
    published: '2955, 3153 cycles at -Os, -O1; in a loop 4444, 4028, 4149, 4162 at -Os, -O1, -O2, -O3',
    predicted: '2943, 3170; 4735, 4031, 4281, 4231 cycles; without waits 2877, 3104; 4681, 3977, 4230, 4180',
    source: NIST,
    note: 'mbed TLS. 67 reads, of which one in four is of another line. Unrolled at -O2 and -O3 its compiler does 15 % worse than ours.',
  },
  {
    what: 'Ascon hash, a block: 12 or 8 unrolled rounds in inline assembly, 2.5 or 1.7 kB (bi32), 3.4 or 2.3 kB (armv7m), in a loop',
    chip: CHIP,
    published: 'bi32: 967, 521 cycles; armv7m: 1481, 761 at -O2',
    predicted:
      'bi32: 976, 517; armv7m: 1486, 768 cycles; without misses 726, 517; 935, 651; were nothing of a miss hidden 990, 517; 1493, 774; lines of 32 at a miss of 6 983, 517; 1489, 772',
    source: NIST,
    note: 'What is around the rounds is compiled. They are among the 31 programs of “The nRF52840’s own memory”, which decide on size, ways and misses.',
  },
  {
    what: 'two networks of 2-D convolutions (25 to 8 and 49 to 32 channels first), int8, TFLM as an Arduino library',
    chip: CHIP,
    published: '64.6 and 626 ms',
    predicted: '75.6 and 553.9 ms with CMSIS-NN at -Os, 66.8 and 393.3 ms at -O2',
    source:
      'veysiadn/acustic-emission-models, my_custom_conv_model_specs.md, conv_model_paper_2D_modified.md',
    note: 'Presumably CMSIS-NN of 2022 at -Os, as the library is. In float it takes 125 and 1130 ms there, TFLM of July 2020 here 407 and 9172 ms at -Os: its reference convolution looks at each input’s place, which later ones do not.',
  },
  {
    what: 'LeNet-5, int8, made by TVM',
    chip: 'nRF52840 and STM32L475',
    published: '66.09 ms at 64 MHz and 52.90 ms at 80 MHz: 4.230 and 4.232 million cycles',
    source: 'zhaolanhuang/U-TOE, README',
    note: 'Not run here. The L475 reads flash through a cache of its own: Waits for each weight on the nRF52840 would show.',
  },
  {
    what: 'MLPerf Tiny, int8, CMSIS-NN by microTVM: autoencoder of 264 k, keyword spotting of 2.66 M multiplications',
    chip: 'STM32L4R5 at 120 MHz; nRF5340 (Cortex-M33) at 128 MHz',
    published: '8.60, 99.8 ms; 6.27, 76.1 ms: 1.03, 12.0; 0.80, 9.7 million cycles',
    predicted: '0.93, 10.6 million cycles; 0.73, 9.4 without waits',
    source: 'mlcommons/tiny_results_v1.0, OctoML',
    note: 'Of the same shapes, TFLM with CMSIS-NN 4.0.0 at -O3. Both chips wait for their flash: a bound on the multiplications themselves, 2.8 and 3.5 cycles each here.',
  },
]
