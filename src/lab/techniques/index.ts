import type { Technique } from '../technique.ts'
import { architectureTechnique } from './architecture.ts'
import { baselineTechnique } from './baseline.ts'
import { cmsisNnTechnique } from './cmsis-nn.ts'
import { inputSizeTechnique } from './input-size.ts'
import { powerTechnique } from './power.ts'
import { preprocessingTechnique } from './preprocessing.ts'
import { pruningTechnique } from './pruning.ts'
import { ptqTechnique } from './ptq.ts'
import { qatTechnique } from './qat.ts'
import { resolverTechnique } from './resolver.ts'
import { separableTechnique } from './separable.ts'

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
