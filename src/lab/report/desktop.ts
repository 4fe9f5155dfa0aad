/** What the machine at hand takes for an inference in TensorFlow.js: wall clock, and so apart from the report. */
import { cpus, release, totalmem, type as systemType } from 'node:os'
import { architectureOf } from '../../model/architectures.ts'
import type { Dataset } from '../../model/data/windows.ts'
import { prepareTensorFlow } from '../../model/tensorflow.ts'
import type { DesktopReport } from '../../../runs/lab-report/lab-report.ts'

const runs = 300
const warmUp = 50
/** The baseline; a network of the user's size and shape takes about as long. */
const architecture = 'dense-10000'

export async function measureDesktop(dataset: Dataset, lab: DesktopReport['lab']): Promise<DesktopReport> {
  const tf = await prepareTensorFlow()
  const { samples, channels, labels } = dataset
  const model = architectureOf(architecture)?.build({ samples, channels: channels.length }, labels.length, 1)
  const input = tf.randomUniform([1, samples * channels.length], -1, 1, 'float32', 1)
  const times: number[] = []
  for (let run = -warmUp; run < runs; run++) {
    const began = performance.now()
    tf.tidy(() => {
      const output = model?.predict(input)
      if (!Array.isArray(output)) output?.dataSync()
    })
    if (run >= 0) times.push((performance.now() - began) * 1000)
  }
  model?.dispose()
  input.dispose()
  times.sort((a, b) => a - b)
  const rounded = (value = 0): number => Number(value.toFixed(1))
  const processors = cpus()
  return {
    schemaVersion: 1,
    kind: 'lab-desktop',
    machine: {
      processor: processors[0]?.model.trim() ?? 'unknown',
      cores: processors.length,
      memoryBytes: totalmem(),
      system: `${systemType()} ${release().replace(/-.*/, '')}`,
      node: process.version,
      tensorflow: `TensorFlow.js ${tf.version_core}, CPU backend`,
    },
    inference: {
      model: `${architecture}, float32`,
      medianMicroseconds: rounded(times[runs >> 1]),
      minimumMicroseconds: rounded(times[0]),
      maximumMicroseconds: rounded(times.at(-1)),
      runs,
    },
    lab,
  }
}
