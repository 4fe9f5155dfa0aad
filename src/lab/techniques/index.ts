import type { Technique } from '../technique.ts'
import { architectureTechnique } from './rows/architecture.ts'
import { baselineTechnique } from './rows/baseline.ts'
import { cmsisNnTechnique } from './rows/cmsis-nn.ts'
import { inputSizeTechnique } from './rows/input-size.ts'
import { powerTechnique } from './rows/power.ts'
import { preprocessingTechnique } from './rows/preprocessing.ts'
import { pruningTechnique } from './rows/pruning.ts'
import { ptqTechnique } from './rows/ptq.ts'
import { qatTechnique } from './rows/qat.ts'
import { resolverTechnique } from './rows/resolver.ts'
import { separableTechnique } from './rows/separable.ts'

/** In the order of their rows. */
export const techniques: readonly Technique[] = [
  baselineTechnique,
  architectureTechnique,
  ptqTechnique,
  qatTechnique,
  resolverTechnique,
  cmsisNnTechnique,
  inputSizeTechnique,
  separableTechnique,
  pruningTechnique,
  preprocessingTechnique,
  powerTechnique,
]
