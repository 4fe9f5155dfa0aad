/** A lab in which everything was measured already: results made up from what was asked for. */
import type { Dataset } from '../../model/data/windows.ts'
import type { LabHeader } from '../../../runs/lab-report/lab-report.ts'
import type {
  DeviceMeasurement,
  DeviceResult,
  FoldResult,
  Latency,
  Lookup,
  Measurement,
  ModelMeasurement,
  ModelResult,
  ResultOf,
  ScenarioMeasurement,
  ScenarioResult,
} from '../measurement.ts'
import type { LabContext } from '../technique.ts'

export const dataset: Dataset = {
  labels: ['standing', 'walking', 'badminton'],
  channels: ['ax', 'ay', 'az', 'gx', 'gy', 'gz'],
  units: ['g', 'g', 'g', 'dps', 'dps', 'dps'],
  samples: 100,
  sampleRateHz: 10,
  recordings: Array.from({ length: 6 }, (_, index) => ({
    id: String(index),
    split: 'train',
    label: ['standing', 'walking', 'badminton'][index % 3] ?? '',
    samples: [],
  })),
}

export const header: LabHeader = {
  board: 'Arduino Nano 33 BLE Sense',
  chip: 'nRF52840',
  clockHz: 64_000_000,
  timingModel: 'Cortex-M4F pipeline',
  timingParameters: {},
  compiler: 'gcc',
  compilerFlags: '',
  libraries: [],
  sensing: '',
  dataset: { name: '', sha256: '', labels: [], channels: [], samples: 100, recordings: 6 },
  folds: 5,
  seeds: [1, 2],
  quick: false,
  intervals: [],
}

export const context: LabContext = {
  dataset,
  given: null,
  folds: 5,
  seeds: [1, 2],
  quick: false,
  command: 'boardless lab',
  header,
}

export const givenContext = (precision: 'float32' | 'int8'): LabContext => ({
  ...context,
  given: { from: 'file', sha256: 'ab', precision, variant: null },
})

export const latency = (name: string, cycles: number, settings = [0.9 * cycles, 1.2 * cycles]): Latency => ({
  name,
  cycles,
  interval: [Math.min(cycles, ...settings), Math.max(cycles, ...settings)],
  settings,
})

const outcomes = (correct: number): FoldResult => ({
  outcomes: dataset.recordings.map(({ id }, index) => ({
    id,
    correct: index === 0 ? correct - 1 : correct,
    total: 10,
  })),
})

const variantOf = ({ model }: DeviceMeasurement | ModelMeasurement): string =>
  model.from === 'stock' ? model.name : (model.variant?.name ?? 'as it is')

function operatorsOf({ model }: DeviceMeasurement): readonly (readonly [type: string, macs: number])[] {
  const kind = model.from === 'training' ? model.architecture.replace(/-.*/, '') : 'dense'
  const head = [
    ['FULLY_CONNECTED', 51],
    ['SOFTMAX', 0],
  ] as const
  if (kind === 'dense') return [['FULLY_CONNECTED', 10_200], ...head]
  const second =
    kind === 'convolution'
      ? ([['CONV_2D', 16_000]] as const)
      : ([
          ['DEPTHWISE_CONV_2D', 1000],
          ['CONV_2D', 3200],
        ] as const)
  return [['CONV_2D', 12_000], ...second, ...head]
}

function deviceOf(measurement: DeviceMeasurement): DeviceResult {
  const { kernels, resolver, optimise, preprocessing, app } = measurement
  const float = variantOf(measurement) === 'float32'
  const perMac = (float ? 12 : kernels === 'reference' ? 10 : 4) * (optimise === '-Os' ? 1.2 : 1)
  const operators = operatorsOf(measurement).map(([type, macs], index) => ({
    ...latency(type, macs === 0 ? 4000 : macs * perMac + 400),
    index: String(index),
    type,
    macs,
  }))
  const inference = latency(
    'inference',
    operators.reduce((sum, { cycles }) => sum + cycles, 300),
  )
  const preprocess = { loop: 60_000, unrolled: 50_000, 'cmsis-dsp': 45_000, folded: 20_000 }[preprocessing]
  return {
    firmwareSha256: '',
    flashBytes: resolver === 'all' ? 90_000 : 60_000,
    staticRamBytes: 3000,
    arenaBytes: 1500,
    stackBytes: 600,
    symbols: [
      { name: 'main', bytes: 100 },
      ...(resolver === 'all' ? [{ name: 'tflite::Register_CONV_2D()', bytes: 5000 }] : []),
    ],
    phases: app === 'gesture' ? [latency('preprocess', preprocess), { ...inference, name: 'inference' }] : [],
    inference,
    operators,
    energy: { microjoules: 5, interval: [4, 6] },
    compared: { inputs: 30, same: 30 },
  }
}

function modelOf(measurement: ModelMeasurement): ModelResult {
  const float = variantOf(measurement) === 'float32'
  const [, share = '0'] = /pruned (\d+)/.exec(variantOf(measurement)) ?? []
  const bytes = float ? 42_000 : 11_500
  return {
    base64: '',
    sha256: variantOf(measurement),
    bytes,
    compressedBytes: Math.round(bytes * (1 - (0.9 * Number(share)) / 100)),
    parameters: 10_271,
    weightBytes: 10_000,
    macs: 10_251,
    macsNotCounted: [],
    sparsity: Number(share) / 100,
    operators: [{ type: 'FULLY_CONNECTED', version: 4, macs: 10_200 }],
    registration: { '2020': 'a;\nb;\n', today: '' },
    outcomes: [],
  }
}

function scenarioOf({ app }: ScenarioMeasurement): ScenarioResult {
  const board = {
    'gesture-continuous': 15,
    'gesture-5hz': 2,
    'gesture-motion': 1.5,
    keyword: 5,
    'keyword-gated': 2,
  }[app]
  const around = (value: number) => [value, 0.7 * value, 1.4 * value] as const
  return {
    boardMilliamps: around(board),
    chipMilliamps: around(board / 2),
    cpuMilliamps: around(board / 4),
    awakeShare: 0.1,
    batteryHours: around(100),
    cell: 'LiPo 500 mAh',
    parts: [{ name: 'CPU', milliamps: board / 4 }],
  }
}

function resultOf(measurement: Measurement): ResultOf<Measurement> {
  switch (measurement.kind) {
    case 'fold':
      return outcomes(/4 bits, (quantised|tuned)/.test(measurement.variant.name) ? 6 : 9)
    case 'given-accuracy':
      return outcomes(9)
    case 'model':
      return modelOf(measurement)
    case 'device':
      return deviceOf(measurement)
    case 'scenario':
      return scenarioOf(measurement)
  }
}

/** Knows what was planned and nothing else. */
export function lookupOf(plan: readonly Measurement[]): Lookup {
  const planned = new Set(plan.map((one) => JSON.stringify(one)))
  return <M extends Measurement>(measurement: M) => {
    if (!planned.has(JSON.stringify(measurement)))
      throw new Error(`not planned: ${JSON.stringify(measurement)}`)
    return resultOf(measurement) as ResultOf<M>
  }
}
