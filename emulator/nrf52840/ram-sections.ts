/** One RAM[n].POWER bit: PS 4.2.1, RAM sections. RAM0 to RAM7 have two of 4 kB, RAM8 six of 32 kB. */
export interface RamSection {
  readonly block: number
  readonly bit: number
  readonly offset: number
  readonly kilobytes: number
}

const small = Array.from({ length: 16 }, (_, i) => ({
  block: i >> 1,
  bit: i & 1,
  offset: 4096 * i,
  kilobytes: 4,
}))
const large = Array.from({ length: 6 }, (_, i) => ({
  block: 8,
  bit: i,
  offset: 0x1_0000 + 0x8000 * i,
  kilobytes: 32,
}))

export const RAM_SECTIONS: readonly RamSection[] = [...small, ...large]
/** Retention in System OFF: the upper half of RAM[n].POWER. */
export const RETENTION_SHIFT = 16
