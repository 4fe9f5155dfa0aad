import type { TimingParameters } from './timing.ts'

/** ACTLR; Cortex-M4 TRM 4.2. */
export const Actlr = {
  /** LDM, STM and divide complete before an interrupt is taken. */
  DISMCYCINT: 1 << 0,
  /** A store completes before the next instruction begins. */
  DISDEFWBUF: 1 << 1,
  /** IT takes its cycle. */
  DISFOLD: 1 << 2,
  /** CONTROL.FPCA stays as software writes it. */
  DISFPCA: 1 << 8,
  /** Integer instructions wait for VDIV, VSQRT and multiply-accumulate. */
  DISOOFP: 1 << 9,
} as const
export const ACTLR_WRITABLE = Object.values(Actlr).reduce((all, bit) => all | bit, 0)

/** The parameters in force under a value of ACTLR. */
export function timingUnder(actlr: number, timing: TimingParameters): TimingParameters {
  return {
    ...timing,
    ...(actlr & Actlr.DISDEFWBUF && { storeWait: Math.max(timing.storeWait, 1) }),
    ...(actlr & Actlr.DISFOLD && { ifThen: 1 }),
    ...(actlr & Actlr.DISOOFP && { floatOutOfOrder: 0 }),
  }
}
