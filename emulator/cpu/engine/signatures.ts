import { floatHelpers } from '../float/float-helpers.ts'
import { floatingPointHost, helpers, hostFunctions } from './helpers.ts'
import type { Signatures } from '../ir.ts'
import { enterSlave } from '../timing/ram-slaves.ts'

/** Every function that a meaning may call, imported or emitted. */
export const signatures: Signatures = new Map(
  [...hostFunctions, floatingPointHost, ...helpers, ...floatHelpers, enterSlave()].map((one) => [
    one.name,
    one,
  ]),
)
