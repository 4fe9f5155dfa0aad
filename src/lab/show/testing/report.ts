/** A lab as it might come out, made up for the tests of what shows it: no figure in it was measured. */
import type { Configuration, DesktopReport, LabReport } from '../../../../runs/lab-report/lab-report.ts'
import { accuracy, exact, latency, within, sizes } from './figures.ts'
import { techniques } from './techniques.ts'

const configurations: readonly Configuration[] = [
  ...sizes.flatMap(([parameters, percent, microseconds, flash]) =>
    (['float32, reference', 'int8, reference', 'int8, cmsis-nn'] as const).map((kind, index) => {
      const factor = [11.2, 5.82, 1][index] ?? 1
      return {
        name: `dense-${parameters}, ${kind}, mutable, -O2, loop`,
        accuracy: accuracy(percent + (index === 0 ? 0.2 : 0)),
        latency: latency(factor * microseconds + 909.5),
        inference: latency(factor * microseconds),
        flash: exact(flash + (index === 0 ? 3.1 * parameters : 0), 'B'),
        ram: exact(index === 0 ? 20_160 : 19_216, 'B'),
        energy: within(
          0.0093 * microseconds * factor,
          'uJ',
          0.007 * microseconds * factor,
          0.012 * microseconds * factor,
        ),
        frontier: index === 2 || (index === 0 && parameters === 100_000),
      }
    }),
  ),
  ...(
    [
      ['convolution-4', 95.9, 1_702, 55_212, true],
      ['convolution-8', 97.6, 3_914, 57_310, true],
      ['convolution-16', 97.9, 9_822, 64_007, true],
      ['separable-8', 95.4, 2_731, 56_700, false],
      ['separable-16', 97, 5_021, 59_020, false],
    ] as const
  ).map(([name, percent, microseconds, flash, frontier]) => ({
    name: `${name}, int8, cmsis-nn, mutable, -O2, folded`,
    accuracy: accuracy(percent),
    latency: latency(microseconds + 161.3),
    inference: latency(microseconds),
    flash: exact(flash, 'B'),
    ram: exact(22_416, 'B'),
    energy: null,
    frontier,
  })),
]

export const testingReport: LabReport = {
  schemaVersion: 1,
  kind: 'lab',
  tool: { name: 'boardless', version: '0.1.0' },
  command: 'boardless lab',
  header: {
    board: 'Arduino Nano 33 BLE Sense',
    chip: 'nRF52840, Cortex-M4F',
    clockHz: 64_000_000,
    timingModel: 'Cortex-M4F pipeline, version 1',
    timingParameters: Object.fromEntries(
      ['refillDirect', 'refillCompare', 'refillReturn', 'flashReadWait', 'flashFetchWait', 'cacheBytes'].map(
        (name, index) => [name, index === 5 ? 2048 : index + 1],
      ),
    ),
    compiler: 'arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205',
    compilerFlags:
      '-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O2 -g -ffunction-sections -fdata-sections',
    libraries: [
      'TFLM July 2020 (crate tfmicro 0.1.0)',
      'CMSIS-NN 4.0.0 (git ca5dc343)',
      'CMSIS-DSP 1.10.0 (cmsisdsp 1.10.6)',
    ],
    sensing: 'app gesture: its motion sensor is sampled at 10 Hz',
    dataset: {
      name: 'BasicMotions',
      sha256: 'd9c15838d16f1de6d9c15838d16f1de6d9c15838d16f1de6d9c15838d16f1de6',
      labels: ['badminton', 'running', 'standing', 'walking'],
      channels: ['ax', 'ay', 'az', 'gx', 'gy', 'gz'],
      samples: 100,
      recordings: 80,
    },
    folds: 5,
    seeds: [1, 2, 3],
    quick: false,
    intervals: [
      'Latency: the open parameters of the timing model, each at both ends of its range, the worst of each added up.',
      'Accuracy: 95 %, Wilson, over all recordings of all folds and seeds; differences are paired by recording.',
      'Current and energy: every coefficient at that end at once.',
      'Bytes are exact.',
    ],
  },
  techniques,
  configurations,
  recommendation: {
    configuration: 'dense-10000, int8, cmsis-nn, mutable, -O2, loop',
    criteria: { accuracyLossPoints: 2, latencyMicroseconds: 5_000 },
    reasons: [
      'accuracy 96.3 % is 1.6 points below the best measured (convolution-16, 97.9 %), within the 2 points asked for',
      'of the 6 configurations within both limits it has the smallest flash: 53 836 B',
      'preprocessing and inference take 1 445 us of the 5 000 us allowed',
    ],
    command: 'boardless build gesture --model models/lab/dense-10000-int8.tflite --kernels cmsis-nn',
  },
}

export const testingDesktop: DesktopReport = {
  schemaVersion: 1,
  kind: 'lab-desktop',
  machine: {
    processor: 'Intel Xeon @ 2.60GHz',
    cores: 2,
    memoryBytes: 8_589_934_592,
    system: 'Linux 6.1 x64',
    node: 'v20.20.0',
    tensorflow: '@tensorflow/tfjs-backend-cpu 4.22.0',
  },
  inference: {
    model: 'dense-10000, float32',
    medianMicroseconds: 412.3,
    minimumMicroseconds: 377.1,
    maximumMicroseconds: 1_904,
    runs: 200,
  },
  lab: { seconds: 914, measurements: 612, fromCache: 0 },
}
