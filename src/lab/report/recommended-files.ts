import { measurementKey } from '../keys.ts'
import type { LabReport } from '../../../runs/lab-report/lab-report.ts'
import { metadataOf, windowsOf } from '../make/device-windows.ts'
import { measuredAs, type ModelResult } from '../measurement.ts'
import type { Made } from '../outcome.ts'
import type { LabContext } from '../technique.ts'
import { recommendedMetadata, recommendedModel } from './recommend.ts'

/** The model of the recommended configuration with its metadata, to build at once. */
export function recommendedFiles(
  { configurations, recommendation }: LabReport,
  { dataset, normalisation: ofGiven }: LabContext,
  results: ReadonlyMap<string, Made>,
): Record<string, string | Uint8Array> {
  const chosen = configurations.find(({ name }) => name === recommendation?.configuration)
  const device = chosen && measuredAs(chosen)
  const made = device && results.get(measurementKey({ kind: 'model', model: device.model }))
  if (device === undefined || made === undefined || 'cannot' in made) return {}
  const { model } = device
  const files = {
    [recommendedModel]: new Uint8Array(Buffer.from((made.result as ModelResult).base64, 'base64')),
  }
  if (model.from === 'stock') return files
  const plain = { mean: dataset.channels.map(() => 0), std: dataset.channels.map(() => 1) }
  const { normalisation, dataset: own } =
    model.from === 'training'
      ? windowsOf(model, { dataset, given: null })
      : { normalisation: ofGiven ?? plain, dataset }
  const metadata = metadataOf(own, normalisation)
  return { ...files, [recommendedMetadata]: `${JSON.stringify(metadata, undefined, 2)}\n` }
}
