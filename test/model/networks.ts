/** Random networks for each operator that the converter writes. */
import {
  shapesOf,
  type Convolution,
  type Dense,
  type Graph,
  type Layer,
} from '../../src/model/infer/graph.ts'
import { seededRandom } from '../../src/model/random.ts'
import type { Activation } from '../../runs/tflite/schema.ts'

const networksPerOperator = 8
const inputsPerNetwork = 12

type Draw = ReturnType<typeof drawer>
function drawer(seed: number) {
  const random = seededRandom(seed)
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))
  return {
    whole,
    pick: <T>(values: readonly T[]): T => values[whole(0, values.length - 1)] as T,
    /** About an offset, so that zero points are not in the middle. */
    values: (length: number, size = 1) => {
      const offset = size * (random() - 0.5)
      return Float32Array.from({ length }, () => offset + size * (2 * random() - 1))
    },
  }
}

const activations: readonly Activation[] = ['NONE', 'RELU', 'RELU6', 'RELU_N1_TO_1']

function dense(draw: Draw, inputs: number, name = 'dense'): Dense {
  const outputs = draw.whole(1, 20)
  const weights = draw.values(inputs * outputs, 1 / Math.sqrt(inputs))
  return {
    kind: 'dense',
    name,
    inputs,
    outputs,
    weights,
    bias: draw.values(outputs),
    activation: draw.pick(activations),
  }
}

const window = (draw: Draw, most: number) => ({
  kernelHeight: draw.whole(1, most),
  kernelWidth: draw.whole(1, 3),
  strideHeight: draw.whole(1, 3),
  strideWidth: draw.whole(1, 2),
  padding: draw.pick(['SAME', 'VALID'] as const),
})

function convolution(draw: Draw, kind: Convolution['kind'], channels: number, name = 'conv'): Convolution {
  const place = window(draw, 5)
  const outputs = kind === 'depthwise' ? channels * draw.whole(1, 3) : draw.whole(1, 9)
  const count = place.kernelHeight * place.kernelWidth * outputs * (kind === 'depthwise' ? 1 : channels)
  const weights = draw.values(count, 0.3).map((weight, index) => weight * 2 ** (index % 5))
  return {
    kind,
    name,
    outputs,
    weights,
    bias: draw.values(outputs),
    activation: draw.pick(activations),
    ...place,
  }
}

const image = (draw: Draw) => [1, draw.whole(5, 12), draw.whole(3, 6), draw.whole(1, 5)]
const line = (draw: Draw) => [1, 1, draw.whole(5, 40), draw.whole(1, 6)]
const channelsOf = (shape: readonly number[]) => shape.at(-1) ?? 1
const one = (inputShape: number[], ...layers: Layer[]): Graph => ({ inputShape, layers })

/** What each operator is tried on. */
const networks: Record<string, (draw: Draw) => Graph> = {
  FULLY_CONNECTED: (draw) => {
    const inputs = draw.whole(1, 60)
    const first = dense(draw, inputs)
    return one([1, inputs], first, dense(draw, first.outputs, 'second'))
  },
  CONV_2D: (draw) => {
    const shape = image(draw)
    return one(shape, convolution(draw, 'convolution', channelsOf(shape)))
  },
  'CONV_2D of one dimension': (draw) => {
    const shape = line(draw)
    const first = {
      ...convolution(draw, 'convolution', channelsOf(shape)),
      kernelHeight: 1,
      kernelWidth: draw.whole(1, 5),
    }
    const count = first.kernelWidth * channelsOf(shape) * first.outputs
    return one(shape, { ...first, strideHeight: 1, weights: draw.values(count) })
  },
  DEPTHWISE_CONV_2D: (draw) => {
    const shape = image(draw)
    return one(shape, convolution(draw, 'depthwise', channelsOf(shape)))
  },
  MAX_POOL_2D: (draw) => one(image(draw), { kind: 'maxPool', name: 'pool', ...window(draw, 4) }),
  AVERAGE_POOL_2D: (draw) => one(image(draw), { kind: 'averagePool', name: 'pool', ...window(draw, 4) }),
  MEAN: (draw) => {
    const shape = image(draw)
    return one(shape, convolution(draw, 'convolution', channelsOf(shape)), { kind: 'mean', name: 'mean' })
  },
  RESHAPE: (draw) => {
    const shape = image(draw)
    const size = shape.reduce((a, b) => a * b, 1)
    return one(shape, { kind: 'reshape', name: 'flat', shape: [1, size] }, dense(draw, size))
  },
  RELU: (draw) => one([1, draw.whole(2, 50)], { kind: 'activate', name: 'relu', activation: 'RELU' }),
  RELU6: (draw) => one([1, draw.whole(2, 50)], { kind: 'activate', name: 'relu6', activation: 'RELU6' }),
  ADD: (draw) => {
    const inputs = draw.whole(2, 20)
    const first = dense(draw, inputs, 'a')
    const bias = draw.values(first.outputs, 4)
    const weights = draw.values(inputs * first.outputs)
    return one(
      [1, inputs],
      { ...first, from: [-1] },
      { ...first, name: 'b', from: [-1], weights, bias },
      { kind: 'add', name: 'add', from: [0, 1], activation: draw.pick(activations) },
    )
  },
  SOFTMAX: (draw) => one([1, draw.whole(2, 12)], { kind: 'softmax', name: 'probabilities' }),
}

export interface Case {
  readonly what: string
  readonly graph: Graph
  readonly inputs: readonly Float32Array[]
}

export function cases(): Case[] {
  return Object.entries(networks).flatMap(([what, make], place) =>
    Array.from({ length: networksPerOperator }, (_, index): Case => {
      for (let attempt = 0; ; attempt++) {
        const draw = drawer(1000 * place + 100 * index + attempt)
        const graph = make(draw)
        try {
          shapesOf(graph)
        } catch {
          continue // a window larger than the image
        }
        const size = graph.inputShape.reduce((a, b) => a * b, 1)
        const inputs = Array.from({ length: inputsPerNetwork }, () => draw.values(size, draw.pick([1, 4, 8])))
        return { what: `${what}, network ${index}`, graph, inputs }
      }
    }),
  )
}
