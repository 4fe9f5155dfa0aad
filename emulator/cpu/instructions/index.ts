import { branches } from './branch.ts'
import { dataProcessing } from './data-processing.ts'
import { dataProcessingShifted } from './data-processing-shifted.ts'
import { loadStore } from './load-store.ts'
import { loadStoreMultiple } from './load-store-multiple.ts'
import { system } from './system.ts'
import { bitField } from './bit-field.ts'
import { extend } from './extend.ts'
import { multiply } from './multiply.ts'
import { multiplyDsp } from './multiply-dsp.ts'
import { parallel } from './parallel.ts'
import { saturating } from './saturating.ts'
import { floatArithmetic } from './float-arithmetic.ts'
import { floatConvert } from './float-convert.ts'
import { floatTransfer } from './float-transfer.ts'
import type { TableEntry } from './table.ts'

/** Every instruction that a Cortex-M4F executes. A pattern that is not here is a UsageFault. */
export const instructionTable: readonly TableEntry[] = [
  dataProcessing,
  dataProcessingShifted,
  bitField,
  extend,
  multiply,
  multiplyDsp,
  parallel,
  saturating,
  loadStore,
  loadStoreMultiple,
  branches,
  system,
  floatArithmetic,
  floatConvert,
  floatTransfer,
].flatMap((group) => group.entries)
