import { join } from 'node:path'
import { cmsisDspIncludes, cmsisNnIncludes, tflmIncludes, type Root } from '../compile/units.ts'
import { projectRoot, type Environment } from '../paths.ts'
import { cmsisDspPackage, cmsisNnPackage, layout, tflmPackage } from './packages.ts'
import { sourceDirectory } from './sources.ts'

/** Where the sources lie, or would lie, that our builds name in debug information by a root instead of a folder. */
export function sourceRoots(environment: Environment): readonly Root[] {
  const tflm = sourceDirectory(tflmPackage, environment)
  const cmsisNn = sourceDirectory(cmsisNnPackage, environment)
  const cmsisDsp = sourceDirectory(cmsisDspPackage, environment)
  return [
    { directory: join(projectRoot(), 'firmware'), name: 'firmware' },
    ...tflmIncludes(tflm),
    { directory: join(tflm, layout.downloads, 'kissfft'), name: 'kissfft' },
    ...cmsisNnIncludes(cmsisNn),
    { directory: join(cmsisNn, layout.cmsisNn), name: 'cmsis-nn' },
    ...cmsisDspIncludes(cmsisDsp, cmsisNn),
    { directory: join(cmsisDsp, 'Source'), name: 'cmsis-dsp' },
  ]
}
