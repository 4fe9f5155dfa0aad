import type { HelperFunction } from './helpers.ts'

/** Floating-point arithmetic on i32 bit patterns, with FPSCR in State.fpscr. */
export const floatHelpers: readonly HelperFunction[] = []
