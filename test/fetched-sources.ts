import { tflmPackage } from '../src/toolchain/sources/packages.ts'
import { ensureSources } from '../src/toolchain/sources/sources.ts'

/**
 * Before any test: TFLM with its models, so that no test depends on which other ran first. Where it cannot be had, the
 * tests that need it say why.
 */
export default async function fetchSources(): Promise<void> {
  await ensureSources(tflmPackage).catch(() => undefined)
}
