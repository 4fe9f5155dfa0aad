import type { Chart, Quantity, TechniqueReport } from '../../../../runs/lab-report/lab-report.ts'
import { accuracy, claim, exact, latency, technique, versus, within, sizes } from './figures.ts'

const frontierChart: Chart = {
  title: 'Accuracy against inference by number of parameters',
  kind: 'points',
  x: { title: 'inference', unit: 'us', scale: 'log' },
  y: { title: 'accuracy', unit: '%', scale: 'linear' },
  series: [
    {
      name: 'int8, CMSIS-NN',
      line: true,
      points: sizes.map(([parameters, percent, microseconds]) => ({
        x: microseconds,
        y: percent,
        interval: accuracy(percent).interval ?? [0, 0],
        label: String(parameters),
      })),
    },
    {
      name: 'float32, reference kernels',
      line: true,
      points: sizes.map(([parameters, percent, microseconds]) => ({
        x: 11.2 * microseconds,
        y: percent + 0.2,
        interval: accuracy(percent).interval ?? [0, 0],
        label: String(parameters),
      })),
    },
  ],
}

const bars = (
  title: string,
  y: Chart['y'],
  categories: readonly string[],
  series: Readonly<Record<string, readonly Quantity[]>>,
  kind: Chart['kind'] = 'bars',
): Chart => ({
  title,
  kind,
  x: { title: '', unit: '', scale: 'category' },
  y,
  series: Object.entries(series).map(([name, values]) => ({
    name,
    points: values.map(({ value, interval }, index) => ({
      x: categories[index] ?? '',
      y: value,
      ...(interval ? { interval } : {}),
    })),
  })),
})

export const techniques: readonly TechniqueReport[] = [
  technique('baseline', 1, 'Baseline', 'TensorFlow Lite Micro on the board instead of TensorFlow.js', {
    comparisons: [
      versus('dense-10000, float32', 'accuracy', accuracy(96.5), accuracy(96.5)),
      versus('dense-10000, float32', 'model', exact(40_212, 'B'), exact(40_212, 'B')),
    ],
    claims: [],
    tables: [
      {
        title: 'Model',
        columns: [
          { title: 'what', number: false },
          { title: 'figure', number: true },
        ],
        rows: [
          ['parameters', 9_667],
          ['model', exact(40_212, 'B')],
          ['inference', latency(6_004)],
          ['held-out windows as labelled', '29 of 29'],
          ['not measured', null],
        ],
      },
    ],
    notes: ['What the desktop takes is in lab-desktop.json, since it differs from machine to machine.'],
  }),
  technique('architecture', 2, 'Smaller architecture', 'Units of the hidden layer', {
    comparisons: [
      versus('dense-100000 to dense-3000, int8', 'inference', latency(3_420), latency(214.1)),
      versus('dense-100000 to dense-3000, int8', 'flash', exact(168_400, 'B'), exact(46_900, 'B')),
      versus('dense-100000 to dense-3000, int8', 'accuracy', accuracy(97.1), accuracy(94.2)),
    ],
    tables: [
      {
        title: 'By number of parameters, int8',
        columns: ['network', 'accuracy', 'inference', 'flash', 'RAM'].map((title, index) => ({
          title,
          number: index > 0,
        })),
        rows: sizes.map(([parameters, percent, microseconds, flash]) => [
          `dense-${parameters}`,
          accuracy(percent),
          latency(microseconds),
          exact(flash, 'B'),
          exact(19_216, 'B'),
        ]),
      },
    ],
    charts: [frontierChart],
  }),
  technique(
    'ptq',
    3,
    'Post-training quantisation, int8',
    'float32 weights and activations to int8; per tensor and per channel; 10 to 400 windows to calibrate with',
    {
      comparisons: [
        versus('dense-10000, float32 to int8', 'model', exact(40_212, 'B'), exact(11_040, 'B')),
        versus('dense-10000, float32 to int8', 'flash', exact(83_420, 'B'), exact(53_836, 'B')),
        versus('dense-10000, float32 to int8', 'inference', latency(6_004.2), latency(535.8)),
        versus('dense-10000, float32 to int8', 'accuracy', accuracy(96.5), accuracy(96.3)),
        versus('dense-10000, float32 to int8', 'arena', exact(2_512, 'B'), exact(1_568, 'B'), false),
        versus('convolution-8, float32 to int8', 'inference', latency(21_731), latency(3_914)),
        versus('convolution-8, float32 to int8', 'accuracy', accuracy(97.5), accuracy(97.3)),
      ],
      claims: [
        claim('40 kB to 10 kB', '40 212 B to 11 040 B, 3.64x', 'holds'),
        claim(
          '1.2 ms to 0.4 ms: 3 times as fast',
          '6 004 us to 535.8 us, 11.2x (10.4 to 12.1)',
          'depends',
          'on the kernels: with the reference kernels on both sides it is 1.93x, and CMSIS-NN has none for float32',
        ),
      ],
      charts: [
        bars(
          'Accuracy by size of the calibration set',
          { title: 'accuracy', unit: '%', scale: 'linear' },
          ['10 windows', '50 windows', '100 windows', '400 windows'],
          {
            'per tensor': [accuracy(91.2), accuracy(95.4), accuracy(96.1), accuracy(96.2)],
            'per channel': [accuracy(92), accuracy(95.8), accuracy(96.2), accuracy(96.3)],
          },
        ),
      ],
    },
  ),
  technique('qat', 4, 'Quantisation-aware training', 'Fine-tuned with fake quantisation in the graph', {
    comparisons: [
      versus('dense-3000, 3 bits, after training to in training', 'accuracy', accuracy(81.3), accuracy(89.7)),
      versus('dense-3000, 8 bits, after training to in training', 'accuracy', accuracy(94.2), accuracy(94.3)),
    ],
    claims: [
      claim(
        'recovers 1 to 3 points',
        '8.4 points (7.1 to 9.5) at 3 bits, 0.1 (-1.2 to 1.2) at 8',
        'depends',
        'on the bits: at 8 nothing was lost that could be recovered',
      ),
    ],
    charts: [
      bars(
        'Accuracy by bits of a weight',
        { title: 'accuracy', unit: '%', scale: 'linear' },
        ['2 bits', '3 bits', '4 bits', '8 bits'],
        {
          float32: [96.5, 96.5, 96.5, 96.5].map(accuracy),
          'post-training': [52.1, 81.3, 92, 94.2].map(accuracy),
          'in training': [77, 89.7, 93.6, 94.3].map(accuracy),
        },
      ),
    ],
  }),
  technique('resolver', 5, 'Op resolver', 'AllOpsResolver to the generated MicroMutableOpResolver', {
    comparisons: [versus('dense-10000, int8, -O2', 'flash', exact(131_772, 'B'), exact(53_836, 'B'))],
    claims: [
      claim(
        '20 to 40 kB of flash',
        '77 936 B',
        'does not hold',
        'TFLM of 2020 registers 76 operators, and each brings its float32 and its uint8 kernel',
      ),
    ],
    charts: [
      bars(
        'Flash by kind of symbol',
        { title: 'flash', unit: 'B', scale: 'linear' },
        ['AllOpsResolver', 'MicroMutableOpResolver'],
        {
          kernels: [exact(92_132, 'B'), exact(17_310, 'B')],
          interpreter: [exact(14_208, 'B'), exact(13_996, 'B')],
          model: [exact(11_040, 'B'), exact(11_040, 'B')],
          'C library': [exact(9_104, 'B'), exact(7_202, 'B')],
          application: [exact(5_288, 'B'), exact(4_288, 'B')],
        },
        'stacked-bars',
      ),
    ],
  }),
  technique('cmsis-nn', 6, 'CMSIS-NN', "TFLM's reference kernels to Arm's", {
    comparisons: [
      versus('FULLY_CONNECTED 600x16, -O2', 'inference', latency(3_021), latency(454.5)),
      versus('CONV_2D 5x1x6x8, -O2', 'inference', latency(17_702), latency(2_812)),
      versus('DEPTHWISE_CONV_2D 5x1x8, -O2', 'inference', latency(6_203), latency(6_718)),
      versus('SOFTMAX 3, -Os', 'inference', latency(66.1), latency(65.8)),
    ],
    claims: [
      claim(
        '2 to 4 times on dense layers',
        '6.65x (6.2 to 7.1)',
        'depends',
        'on the width of the layer: 2.04x at 16 inputs, 6.65x at 600',
      ),
    ],
    charts: [
      bars(
        'Cycles per multiply-accumulate, -O2',
        { title: 'cycles per MAC', unit: 'cycles/MAC', scale: 'log' },
        ['FULLY_CONNECTED 600x16', 'FULLY_CONNECTED 16x3', 'CONV_2D 5x1x6x8', 'DEPTHWISE_CONV_2D 5x1x8'],
        {
          reference: [20.14, 30.21, 26.3, 31.8].map((value) =>
            within(value, 'cycles/MAC', 0.83 * value, 1.12 * value),
          ),
          'CMSIS-NN': [3.03, 14.79, 4.1, 34.3].map((value) =>
            within(value, 'cycles/MAC', 0.83 * value, 1.12 * value),
          ),
        },
      ),
    ],
    notes: ['DEPTHWISE_CONV_2D: CMSIS-NN loses here; with 8 channels its inner loop is the scalar one.'],
  }),
  technique('input-size', 7, 'Input size', 'Half the window, half the rate, half the channels', {
    comparisons: [
      versus('half the window', 'inference', latency(535.8), latency(281)),
      versus('half the window', 'accuracy', accuracy(96.3), accuracy(93)),
      versus('half the rate', 'inference', latency(535.8), latency(283)),
      versus('half the rate', 'accuracy', accuracy(96.3), accuracy(96.1)),
      versus('half the channels', 'inference', latency(535.8), latency(280.2)),
      versus('half the channels', 'accuracy', accuracy(96.3), accuracy(91.3)),
    ],
  }),
  technique('separable', 8, 'Depthwise-separable convolution', 'One convolution to two', {
    comparisons: [
      versus(
        'convolution-8 to separable-16, accuracy at least 97 %',
        'inference',
        latency(3_914),
        latency(5_021),
      ),
    ],
    claims: [
      claim(
        '8 to 9 times fewer MACs, as much faster',
        '0.78x (0.7 to 0.8)',
        'does not hold',
        'at these widths',
      ),
    ],
  }),
  technique('pruning', 9, 'Pruning', 'Smallest weights of each layer set to zero', {
    comparisons: [
      versus('dense-10000, int8, 80 % of weights', 'inference', latency(535.8), latency(535.8)),
      versus('dense-10000, int8, 80 % of weights', 'model', exact(11_040, 'B'), exact(11_040, 'B')),
      versus('dense-10000, int8, 80 % of weights', 'compressed model', exact(9_310, 'B'), exact(4_012, 'B')),
      versus('dense-10000, int8, 80 % of weights', 'accuracy', accuracy(96.3), accuracy(94.7)),
    ],
    charts: [
      {
        title: 'Accuracy by share of weights set to zero',
        kind: 'points',
        x: { title: 'weights set to zero', unit: '%', scale: 'linear' },
        y: { title: 'accuracy', unit: '%', scale: 'linear' },
        series: [
          {
            name: 'dense-10000, int8',
            line: true,
            points: [
              [0, 96.3],
              [50, 96.2],
              [80, 94.7],
              [90, 88.9],
            ].map(([x = 0, y = 0]) => ({ x, y, interval: accuracy(y).interval ?? [0, 0] })),
          },
        ],
      },
    ],
  }),
  technique('preprocessing', 10, 'Preprocessing', 'Plain loop, unrolled, CMSIS-DSP, folded', {
    comparisons: [
      versus('loop to unrolled', 'preprocess', latency(909.5), latency(702.2)),
      versus('loop to CMSIS-DSP', 'preprocess', latency(909.5), latency(1_044)),
      versus('loop to folded', 'preprocess', latency(909.5), latency(161.3)),
    ],
    claims: [
      claim('costs as much as inference', '909.5 us beside 535.8 us', 'holds'),
      claim('can be halved', '1.64x (1.2 to 2.1) unrolled', 'within our interval only', 'only the interval'),
    ],
  }),
  technique('power', 11, 'Power', 'Continuous, 5 Hz, motion wake; keyword behind an energy detector', {
    comparisons: [
      versus(
        'gesture, continuous to 5 Hz',
        'board',
        within(14.709, 'mA', 9.961, 19.798),
        within(2.267, 'mA', 1.849, 2.795),
      ),
      versus(
        'keyword, always to gated',
        'chip',
        within(3.828, 'mA', 2.9, 5.1),
        within(1.372, 'mA', 0.81, 2.3),
      ),
    ],
    claims: [
      claim(
        'about 22 mA, continuous',
        '15 mA (10 to 20)',
        'does not hold',
        'nothing on the modelled board draws the other 7.3 mA: neither the USB side nor what an operating system leaves running is in this firmware',
      ),
      claim('10 to 20 times, gated', '2.79x (2.2 to 3.4)', 'does not hold', 'the microphone stays on'),
    ],
    charts: [
      bars(
        'Current of the board',
        { title: 'current', unit: 'mA', scale: 'log' },
        ['gesture-continuous', 'gesture-5hz', 'gesture-motion', 'keyword', 'keyword-gated'],
        {
          board: [
            within(14.709, 'mA', 9.961, 19.798),
            within(2.267, 'mA', 1.849, 2.795),
            within(1.625, 'mA', 1.32, 2.123),
            within(4.723, 'mA', 3.659, 6.132),
            within(2.267, 'mA', 1.615, 3.299),
          ],
        },
      ),
    ],
  }),
]
