import { describe, expect, it } from 'vitest'
import { countMacs, kindOf, notCountedOf } from './macs.ts'
import { builtinNames, type Operator, type Tensor } from './schema.ts'

const tensor = (shape: readonly number[]): Tensor => ({
  name: '',
  shape,
  type: 'FLOAT32',
  buffer: 0,
  quantisation: undefined,
  isVariable: false,
})

type Shape = readonly number[] | undefined

/** The output's shape, then those of the inputs; undefined for one that is left out. */
const count = (type: string, [output, ...inputs]: readonly Shape[]) =>
  countMacs({ tensors: [output, ...inputs].map((shape) => tensor(shape ?? [])) }, {
    type,
    builtinCode: 0,
    version: 1,
    inputs: inputs.map((shape, index) => (shape === undefined ? -1 : index + 1)),
    outputs: [0],
    options: { kind: 'none' },
  } satisfies Operator)

/** Inputs of a full LSTM cell of `n` units over `m` values, as kernels/lstm_shared.h numbers them. */
function lstm(m: number, n: number, { coupled = false, peephole = false, projected = 0 } = {}): Shape[] {
  const out = projected === 0 ? n : projected
  const gates = (shape: number[]): Shape[] => [coupled ? undefined : shape, shape, shape, shape]
  return [
    ...gates([n, m]),
    ...gates([n, out]),
    ...(peephole ? [coupled ? undefined : [n], [n], [n]] : [undefined, undefined, undefined]),
    ...gates([n]),
    projected === 0 ? undefined : [projected, n],
    undefined,
  ]
}

describe('countMacs', () => {
  it.each<[string, Shape[], number]>([
    // Layers of MobileNet v1 0.25 at 96 x 96 (Howard et al. 2017, table 1), by its formulas in section 3.1.
    [
      'CONV_2D',
      [
        [1, 48, 48, 8],
        [1, 96, 96, 3],
        [8, 3, 3, 3],
      ],
      3 * 3 * 3 * 8 * 48 * 48,
    ],
    [
      'DEPTHWISE_CONV_2D',
      [
        [1, 48, 48, 8],
        [1, 48, 48, 8],
        [1, 3, 3, 8],
      ],
      3 * 3 * 8 * 48 * 48,
    ],
    // The same with a multiplier of 2, and with two groups.
    ['DEPTHWISE_CONV_2D', [[1, 4, 4, 6], [1, 4, 4, 3], [1, 3, 3, 6], [6]], 4 * 4 * 6 * 9],
    ['CONV_2D', [[1, 4, 4, 6], [1, 4, 4, 8], [6, 3, 3, 4], [6]], 4 * 4 * 6 * 9 * 4],
    ['FULLY_CONNECTED', [[2, 10], [2, 64], [10, 64], undefined], 2 * 10 * 64],
    [
      'FULLY_CONNECTED',
      [
        [2, 3, 10],
        [2, 3, 64],
        [10, 64],
      ] as Shape[],
      2 * 3 * 10 * 64,
    ],
    ['TRANSPOSE_CONV', [[1, 8, 8, 4], [4], [4, 3, 3, 2], [1, 4, 4, 2]], 4 * 4 * 2 * 4 * 9],
    [
      'CONV_3D',
      [
        [1, 2, 4, 4, 6],
        [1, 4, 6, 6, 3],
        [3, 3, 3, 3, 6],
      ] as Shape[],
      2 * 4 * 4 * 6 * 27 * 3,
    ],
    ['CONV_3D_TRANSPOSE', [[1, 4, 8, 8, 2], [5], [2, 2, 2, 2, 3], [1, 2, 4, 4, 3]], 2 * 4 * 4 * 3 * 8 * 2],
    [
      'BATCH_MATMUL',
      [
        [2, 3, 5],
        [2, 3, 7],
        [2, 7, 5],
      ] as Shape[],
      2 * 3 * 5 * 7,
    ],
    // adj_x: 7 x 3 stands for 3 x 7.
    [
      'BATCH_MATMUL',
      [
        [2, 3, 5],
        [2, 7, 3],
        [2, 7, 5],
      ] as Shape[],
      2 * 3 * 5 * 7,
    ],
    // One of the two has no batch of its own: it is broadcast.
    [
      'BATCH_MATMUL',
      [
        [4, 3, 5],
        [4, 3, 7],
        [7, 5],
      ] as Shape[],
      4 * 3 * 5 * 7,
    ],
    // Nakkiran et al. 2015, section 3.2: a filter costs input size for the feature, memory size for the time.
    ['SVDF', [[1, 8], [1, 40], [16, 40], [16, 10], [8], [1, 160]], 16 * (40 + 10)],
    ['SVDF', [[3, 8], [3, 40], [16, 40], [16, 10], undefined, [3, 160]], 3 * 16 * (40 + 10)],
    ['RNN', [[2, 16], [2, 8], [16, 8], [16, 16], [16], [2, 16]], 2 * 16 * (8 + 16)],
    ['UNIDIRECTIONAL_SEQUENCE_RNN', [[2, 5, 16], [2, 5, 8], [16, 8], [16, 16], [16], [2, 16]], 10 * 16 * 24],
    // Four gates of n (m + n) (Hochreiter and Schmidhuber 1997; Greff et al. 2017, section II.A), for each step.
    ['UNIDIRECTIONAL_SEQUENCE_LSTM', [[1, 49, 20], [1, 49, 40], ...lstm(40, 20)], 49 * 4 * 20 * (40 + 20)],
    ['UNIDIRECTIONAL_SEQUENCE_LSTM', [[3, 7, 20], [3, 7, 40], ...lstm(40, 20)], 21 * 4 * 20 * (40 + 20)],
    ['LSTM', [[1, 20], [1, 40], ...lstm(40, 20)], 4 * 20 * 60],
    // Input and forget gate coupled: three gates.
    ['LSTM', [[1, 20], [1, 40], ...lstm(40, 20, { coupled: true })], 3 * 20 * 60],
    // Sak et al. 2014, section 2.1: peepholes are diagonal, the projection is n x p and recurs.
    [
      'LSTM',
      [[1, 8], [1, 40], ...lstm(40, 20, { peephole: true, projected: 8 })],
      4 * 20 * (40 + 8) + 3 * 20 + 8 * 20,
    ],
    // The basic kernel: one matrix for all gates.
    ['LSTM', [[2, 20], [2, 40], [2, 20], [80, 60], [80], [2, 20]], 2 * 4 * 20 * 60],
    [
      'BIDIRECTIONAL_SEQUENCE_LSTM',
      [[1, 49, 20], [1, 49, 40], ...lstm(40, 20), ...lstm(40, 20)],
      2 * 49 * 4 * 20 * 60,
    ],
    ['ADD', [[4], [4], [4]], 0],
    [
      'SOFTMAX',
      [
        [1, 4],
        [1, 4],
      ] as Shape[],
      0,
    ],
  ])('%s %j', (type, shapes, expected) => {
    expect(count(type, shapes)).toEqual({ macs: expected, notCounted: null })
  })

  it.each<[string, Shape[], string]>([
    [
      'CUSTOM:SignalRfft',
      [
        [1, 4],
        [1, 4],
      ] as Shape[],
      'a custom operator',
    ],
    ['WHILE', [[1], [1]] as Shape[], 'runs other subgraphs'],
    [
      'RFFT2D',
      [
        [1, 4],
        [1, 4],
      ] as Shape[],
      'a Fourier transform',
    ],
    [
      'FULLY_CONNECTED',
      [
        [-1, 10],
        [-1, 64],
        [10, 64],
      ] as Shape[],
      'a dimension is open',
    ],
    ['FULLY_CONNECTED', [[1, 2]], 'its shapes do not fit together'],
    [
      'SVDF',
      [
        [1, 8],
        [1, 40],
        [16, 40],
      ] as Shape[],
      'its shapes do not fit together',
    ],
    [
      'FULLY_CONNECTED',
      [
        [2 ** 31 - 1, 2 ** 31 - 1],
        [1, 2 ** 31 - 1],
        [1, 2 ** 31 - 1],
      ],
      'its shapes do not fit together',
    ],
  ])('%s %j is not counted', (type, shapes, why) => {
    expect(count(type, shapes)).toEqual({ macs: null, notCounted: why })
  })

  it('every builtin operator of the schema has a formula, has none by its nature, or is open', () => {
    expect(builtinNames.filter((name) => kindOf(name) === undefined)).toEqual([])
    expect(kindOf('FROBNICATE')).toBeUndefined()
    expect(builtinNames.filter((name) => kindOf(name) === 'counted')).toHaveLength(14)
  })
})

it('a total names what it leaves out, each kind once', () => {
  const one = (type: string, macsNotCounted: string | null) => ({ type, macsNotCounted })
  expect(
    notCountedOf([one('CUSTOM:A', 'x'), one('ADD', null), one('WHILE', 'y'), one('CUSTOM:A', 'x')]),
  ).toEqual([
    { operator: 'CUSTOM:A', count: 2, why: 'x' },
    { operator: 'WHILE', count: 1, why: 'y' },
  ])
})
