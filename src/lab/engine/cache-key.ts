import { keyOf, measurementKey } from '../keys.ts'
import type { Measurement, ModelResult } from '../measurement.ts'
import type { Made } from '../outcome.ts'
import type { Fingerprints } from './fingerprint.ts'

/** Whatever a result depends on. */
export function cacheKey(
  measurement: Measurement,
  needs: readonly Made[],
  code: Fingerprints,
  data: string,
  compiler: string,
): string {
  const measured = measurementKey(measurement)
  switch (measurement.kind) {
    case 'fold':
    case 'given-accuracy':
      return keyOf({ measured, code: code.training, data })
    case 'model':
      return keyOf({ measured, code: code.training, data })
    case 'device': {
      const model = needs.map((made) =>
        'cannot' in made ? made.cannot : (made.result as ModelResult).sha256,
      )
      return keyOf({ measured, code: code.board, data, compiler, model })
    }
    case 'scenario':
      return keyOf({ measured, code: code.board, compiler })
  }
}
