export type SourceKind = 'manual' | 'silicon' | 'derived'

export interface Source {
  readonly title: string
  readonly kind: SourceKind
  /** The chip that was measured. */
  readonly chip?: string
}

/** Where published cycles come from. */
export const sources = {
  trm: { title: 'Arm Cortex-M4 TRM r0p1 (DDI 0439D), 3.3.1 and 3.3.2', kind: 'manual' },
  trmFloat: { title: 'Arm Cortex-M4 TRM r0p1 (DDI 0439D), 7.2.3', kind: 'manual' },
  trmExceptions: { title: 'Arm Cortex-M4 TRM r0p1 (DDI 0439D), 3.9', kind: 'manual' },
  m3trm: { title: 'Arm Cortex-M3 TRM r2p0 (DDI 0337G), tables 12-1 and 15-3', kind: 'manual' },
  prefetch: { title: 'Arm knowledge base 103488664, prefetch buffer of the Cortex-M4', kind: 'manual' },
  sum: { title: 'sum of the Arm TRM’s figures for each instruction', kind: 'derived' },
  gcc: { title: 'GCC, cortex-m4.md and cortex-m4-fpu.md (scheduler descriptions)', kind: 'derived' },
  jnk: {
    title: 'jnk0le/random, pipeline cycle test, cortex_m3m4.md',
    kind: 'silicon',
    chip: 'STM32F407',
  },
  jnkTemplate: {
    title: 'jnk0le/random, CM3_pipetest_tmpl.S, comments',
    kind: 'silicon',
    chip: 'STM32F407, STM32F103',
  },
  pornin: { title: 'pornin/arm-asm-notes, memory.md', kind: 'silicon', chip: 'STM32F407' },
  porninNine: { title: 'pornin/curve9767, src/ops_cm4.s, header', kind: 'silicon', chip: 'STM32F407' },
  compendium: { title: 'compendium.i-0.nl, Cortex-M4 alignment rules', kind: 'silicon', chip: 'Cortex-M4' },
  rsaxvc: { title: 'rsaxvc.net, 2018-11-24, unaligned accesses', kind: 'silicon', chip: 'Cortex-M4' },
  riotGpio: { title: 'RIOT PR 17980', kind: 'silicon', chip: 'nRF52840' },
  riotCache: { title: 'RIOT PR 9400', kind: 'silicon', chip: 'nRF52832' },
  nrfx: { title: 'nrfx, soc/nrfx_coredep.h', kind: 'silicon', chip: 'nRF52832, nRF52833, nRF52840' },
  nrfxUncached: {
    title: 'nrfx, soc/nrfx_coredep.h',
    kind: 'silicon',
    chip: 'nRF52805, nRF52810, nRF52811, nRF52820',
  },
  devzone: { title: 'Nordic DevZone 115859', kind: 'silicon', chip: 'nRF52840' },
  rust: { title: 'rust-embedded/cortex-m issue 151', kind: 'silicon', chip: 'nRF52840' },
  mbed: { title: 'ARMmbed/mbed-os issue 10849', kind: 'silicon', chip: 'nRF52832, nRF52840' },
  modm: { title: 'modm-io/modm PR 642', kind: 'silicon', chip: 'STM32 with a Cortex-M4' },
} as const satisfies Readonly<Record<string, Source>>

export type SourceName = keyof typeof sources
