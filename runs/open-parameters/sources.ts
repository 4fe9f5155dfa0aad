export type SourceKind = 'manual' | 'silicon' | 'derived'

export interface Source {
  /** How tables name it. */
  readonly short: string
  readonly title: string
  readonly kind: SourceKind
  /** The chip that was measured. */
  readonly chip?: string
}

/** Where published cycles come from. */
export const sources = {
  trm: { short: 'TRM 3.3', title: 'Arm Cortex-M4 TRM r0p1 (DDI 0439D), 3.3.1 and 3.3.2', kind: 'manual' },
  trmFloat: { short: 'TRM 7.2', title: 'Arm Cortex-M4 TRM r0p1 (DDI 0439D), 7.2.3', kind: 'manual' },
  exceptionLatency: {
    short: 'Arm KB, latency',
    title: 'Arm knowledge base 103489845, true interrupt latency of Cortex-M3 and Cortex-M4 (and TRM 3.9)',
    kind: 'manual',
  },
  trmExceptions: { short: 'TRM 3.9', title: 'Arm Cortex-M4 TRM r0p1 (DDI 0439D), 3.9', kind: 'manual' },
  yiu: {
    short: 'Yiu',
    title:
      'J. Yiu, The Definitive Guide to Arm Cortex-M3 and Cortex-M4 Processors, 3rd edition, chapter 8 (pop pre-emption)',
    kind: 'derived',
  },
  m3trm: {
    short: 'M3 TRM',
    title: 'Arm Cortex-M3 TRM r2p0 (DDI 0337G), tables 12-1 and 15-3',
    kind: 'manual',
  },
  prefetch: {
    short: 'Arm KB',
    title: 'Arm knowledge base 103488664, prefetch buffer of the Cortex-M4',
    kind: 'manual',
  },
  nordic: { short: 'PS 4.3', title: 'nRF52840 Product Specification v1.7, 4.3.8 (NVMC)', kind: 'manual' },
  nordicBus: {
    short: 'PS, AHB',
    title:
      'nRF52840 Product Specification, AHB multilayer: the CPU has the highest priority; Memory: RAM AHB slaves',
    kind: 'manual',
  },
  nordicFlash: {
    short: 'PS, NVMC',
    title:
      'nRF52840 Product Specification, NVMC: the CPU is halted if it executes code from the flash meanwhile',
    kind: 'manual',
  },
  sum: { short: 'TRM, summed', title: 'sum of the Arm TRM’s figures for each instruction', kind: 'derived' },
  gcc: {
    short: 'GCC',
    title: 'GCC, cortex-m4.md and cortex-m4-fpu.md (scheduler descriptions)',
    kind: 'derived',
  },
  jnk: {
    short: 'jnk0le',
    title: 'jnk0le/random, pipeline cycle test, cortex_m3m4.md',
    kind: 'silicon',
    chip: 'STM32F407',
  },
  jnkTemplate: {
    short: 'jnk0le, template',
    title: 'jnk0le/random, CM3_pipetest_tmpl.S, comments',
    kind: 'silicon',
    chip: 'STM32F407, STM32F103',
  },
  jnkAes: {
    short: 'jnk0le, AES',
    title: 'jnk0le/cortexm-AES, README of its CM34_1T sources, and those (d5d2b289 and near it)',
    kind: 'silicon',
    chip: 'STM32F103, STM32F407',
  },
  pornin: {
    short: 'pornin, notes',
    title: 'pornin/arm-asm-notes, memory.md',
    kind: 'silicon',
    chip: 'STM32F407',
  },
  porninNine: {
    short: 'pornin, curve9767',
    title: 'pornin/curve9767, src/ops_cm4.s, header',
    kind: 'silicon',
    chip: 'STM32F407',
  },
  compendium: {
    short: 'compendium',
    title: 'compendium.i-0.nl, Cortex-M4 alignment rules',
    kind: 'silicon',
    chip: 'Cortex-M4',
  },
  rsaxvc: {
    short: 'rsaxvc',
    title: 'rsaxvc.net, 2018-11-24, unaligned accesses',
    kind: 'silicon',
    chip: 'Cortex-M4',
  },
  riotGpio: { short: 'RIOT 17980', title: 'RIOT PR 17980', kind: 'silicon', chip: 'nRF52840' },
  networks: {
    short: 'TinyML-Benchmark',
    title: 'bharathsudharsan/TinyML-Benchmark-NNs-on-MCUs, TinyML_NN-on-MCUs_B1-B7_benchmark_results.csv',
    kind: 'silicon',
    chip: 'nRF52840 (Nano 33 BLE)',
  },
  riotCache: { short: 'RIOT 9400', title: 'RIOT PR 9400', kind: 'silicon', chip: 'nRF52832' },
  nrfx: {
    short: 'nrfx',
    title: 'nrfx, soc/nrfx_coredep.h',
    kind: 'silicon',
    chip: 'nRF52832, nRF52833, nRF52840',
  },
  nrfxUncached: {
    short: 'nrfx, no cache',
    title: 'nrfx, soc/nrfx_coredep.h',
    kind: 'silicon',
    chip: 'nRF52805, nRF52810, nRF52811, nRF52820',
  },
  devzone: { short: 'DevZone 115859', title: 'Nordic DevZone 115859', kind: 'silicon', chip: 'nRF52840' },
  rust: {
    short: 'cortex-m 151',
    title: 'rust-embedded/cortex-m issue 151',
    kind: 'silicon',
    chip: 'nRF52840',
  },
  mbed: {
    short: 'mbed-os 10849',
    title: 'ARMmbed/mbed-os issue 10849',
    kind: 'silicon',
    chip: 'nRF52832, nRF52840',
  },
  nist: {
    short: 'NIST benchmarks',
    title: 'usnistgov/Lightweight-Cryptography-Benchmarking, results on a Nano 33 BLE',
    kind: 'silicon',
    chip: 'nRF52840 (Nano 33 BLE)',
  },
  p256: { short: 'P256-Cortex-M4', title: 'P256-Cortex-M4, README', kind: 'silicon', chip: 'nRF52840' },
  pqm4: {
    short: 'pqm4',
    title: 'mupq/pqm4 PR 73 and PR 193: SRAM2 is slower to reach than SRAM1',
    kind: 'silicon',
    chip: 'STM32F407, STM32L4R5',
  },
  pqm4Speed: {
    short: 'pqm4, ML-KEM-512',
    title: 'mupq/pqm4, benchmarks.csv (cc2c1b9): ml-kem-512, m4fspeed',
    kind: 'silicon',
    chip: 'STM32L4R5',
  },
  blindRuns: {
    short: 'our blind runs',
    title:
      'blind runs of ours against published figures: programs of others measured at zero wait states, those of assembly within 0.5 % rms, compiled ones within 1.6 %',
    kind: 'silicon',
    chip: 'STM32F407',
  },
  devzoneCrc: {
    short: 'DevZone blog, CRC',
    title:
      'Nordic DevZone blog, How can you make code run faster? Analysing micro-performance with the nRF52',
    kind: 'silicon',
    chip: 'nRF52832',
  },
  modm: { short: 'modm 642', title: 'modm-io/modm PR 642', kind: 'silicon', chip: 'STM32 with a Cortex-M4' },
} as const satisfies Readonly<Record<string, Source>>

export type SourceName = keyof typeof sources
