import { describe, expect, it } from 'vitest'
import type { LabReport } from '../../../runs/lab-report/lab-report.ts'
import { measurementKey } from '../keys.ts'
import type { DeviceMeasurement } from '../measurement.ts'
import type { Made } from '../outcome.ts'
import type { LabContext } from '../technique.ts'
import { recommendedFiles } from './recommended-files.ts'

const dataset = {
  labels: ['a', 'b'],
  channels: ['ax', 'ay'],
  units: ['g', 'g'],
  samples: 50,
  sampleRateHz: 20,
  recordings: [],
}

describe("what is recommended of the user's own model", () => {
  const model = { from: 'file', sha256: 'ab', precision: 'int8', variant: null } as const
  const device = { kind: 'device', model, app: 'gesture' } as unknown as DeviceMeasurement
  const report = { configurations: [{ name: 'x', device }], recommendation: { configuration: 'x' } }
  const results = new Map<string, Made>([
    [measurementKey({ kind: 'model', model }), { result: { base64: 'AAAA' } }],
  ])
  const written = (normalisation: LabContext['normalisation']) =>
    recommendedFiles(
      report as unknown as LabReport,
      { dataset, given: model, normalisation } as unknown as LabContext,
      results,
    )

  it.each([
    ['the metadata beside it', { mean: [1, 2], std: [3, 4] }, [1, 2], [3, 4]],
    ['values as they were recorded', null, [0, 0], [1, 1]],
  ])('has its metadata: %s', (_, normalisation, mean, std) => {
    const files = written(normalisation)
    expect(Object.keys(files)).toEqual(['recommended/model.tflite', 'recommended/metadata.json'])
    expect(JSON.parse(String(files['recommended/metadata.json']))).toMatchObject({
      labels: ['a', 'b'],
      channels: ['ax', 'ay'],
      mean,
      std,
      windowSamples: 50,
    })
  })
})
