/** Random networks for each operator the converter writes: our inference beside tflite-micro, every byte of every layer. */
import { beforeAll, describe, expect, it } from 'vitest'
import { calibrate, convertToFloat32, convertToInt8, type QuantiseOptions } from '../../src/model/convert.ts'
import { describeModel } from '../../src/model/describe.ts'
import { shapesOf, type Convolution, type Dense, type Graph, type Layer } from '../../src/model/graph.ts'
import { inferFloat } from '../../src/model/infer-float.ts'
import { inferQuantised, storedActivationRange } from '../../src/model/infer-int8.ts'
import { quantiseActivations } from '../../src/model/quantise.ts'
import { seededRandom } from '../../src/model/random.ts'
import { readModel } from '../../src/model/read.ts'
import type { Activation } from '../../src/model/schema.ts'
import { supportedOperators } from '../../src/toolchain/resolver.ts'
import { bytesOf } from './golden.ts'
import { findInterpreter, interpretAll, type ModelRun } from './interpreter.ts'

const networksPerOperator = 8
const inputsPerNetwork = 12

type Draw = ReturnType<typeof drawer>
function drawer(seed: number) {
  const random = seededRandom(seed)
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))
  return {
    whole,
    pick: <T>(values: readonly T[]): T => values[whole(0, values.length - 1)]!,
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
    return one(shape, convolution(draw, 'convolution', shape[3]!))
  },
  'CONV_2D of one dimension': (draw) => {
    const shape = line(draw)
    const first = {
      ...convolution(draw, 'convolution', shape[3]!),
      kernelHeight: 1,
      kernelWidth: draw.whole(1, 5),
    }
    const count = first.kernelWidth * shape[3]! * first.outputs
    return one(shape, { ...first, strideHeight: 1, weights: draw.values(count) })
  },
  DEPTHWISE_CONV_2D: (draw) => {
    const shape = image(draw)
    return one(shape, convolution(draw, 'depthwise', shape[3]!))
  },
  MAX_POOL_2D: (draw) => one(image(draw), { kind: 'maxPool', name: 'pool', ...window(draw, 4) }),
  AVERAGE_POOL_2D: (draw) => one(image(draw), { kind: 'averagePool', name: 'pool', ...window(draw, 4) }),
  MEAN: (draw) => {
    const shape = image(draw)
    return one(shape, convolution(draw, 'convolution', shape[3]!), { kind: 'mean', name: 'mean' })
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

const variants: Record<string, QuantiseOptions> = {
  'per-channel': {},
  'per-tensor': { weights: 'per-tensor' },
  'fully connected per-channel, MEAN': { fullyConnected: 'per-channel', mean: 'MEAN' },
  'float32 at the ends': { ends: 'float32' },
  '4-bit steps': { weightBits: 4, activationBits: 5 },
}

interface Case {
  readonly what: string
  readonly graph: Graph
  readonly inputs: readonly Float32Array[]
}

function cases(): Case[] {
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

const all = cases()
const quantised = Object.entries(variants).flatMap(([variant, options]) =>
  all.map(({ what, graph, inputs }) => {
    const bytes = convertToInt8(graph, calibrate(graph, inputs), what, options)
    const model = readModel(bytes)
    const input = model.tensors[model.inputs[0]!]!.quantisation
    const given = inputs.map((values) => (input ? quantiseActivations(values, input) : values))
    const tensors = model.operators.map(({ outputs }) => outputs[0]!)
    return {
      what: `${what}, ${variant}`,
      variant,
      model,
      given,
      run: { model: bytes, inputs: given.map(bytesOf), tensors },
    }
  }),
)

let found: Awaited<ReturnType<typeof findInterpreter>>
beforeAll(async () => {
  found = await findInterpreter()
}, 300_000)

describe('random networks', () => {
  it('int8: tflite-micro gives every byte of every layer', { timeout: 120_000 }, async (context) => {
    if ('missing' in found) return context.skip(found.missing)
    const results = await interpretAll(
      found.python,
      quantised.map(({ run }) => run),
    )
    const differ: string[] = []
    quantised.forEach(({ what, model, given }, index) => {
      const result = results[index]!
      if (typeof result === 'string') return differ.push(`${what}: ${result}`)
      given.forEach((input, place) => {
        const ours = Buffer.concat(inferQuantised(model, input).map(bytesOf))
        if (!ours.equals(result[place]!)) differ.push(`${what}, input ${place}`)
      })
    })
    expect(differ).toEqual([])
  })

  it('float32: tflite-micro gives what the evaluation in float64 gives, to 1e-5 of the largest value', async (context) => {
    if ('missing' in found) return context.skip(found.missing)
    const runs = all.map(({ graph, inputs }): ModelRun => {
      const model = convertToFloat32(graph, '')
      return { model, inputs: inputs.map(bytesOf), tensors: [readModel(model).outputs[0]!] }
    })
    const results = await interpretAll(found.python, runs)
    all.forEach(({ what, graph, inputs }, index) => {
      const result = results[index]!
      if (typeof result === 'string') throw new Error(`${what}: ${result}`)
      inputs.forEach((input, place) => {
        const expected = inferFloat(graph, input).at(-1)!
        const largest = Math.max(1, ...expected.map(Math.abs))
        new Float32Array(result[place]!.slice().buffer).forEach((value, at) => {
          expect(Math.abs(value - expected[at]!) / largest, what).toBeLessThan(1e-5)
        })
      })
    })
  })

  it('covers every operator, in versions that TFLM of 2020 registers, but for the two it has not', () => {
    const seen = new Map<string, number>()
    for (const { model, variant } of quantised) {
      for (const { type, version } of describeModel(model).operators) {
        seen.set(type, Math.max(version, seen.get(type) ?? 0))
        if (variant.includes('MEAN') && ['MEAN', 'FULLY_CONNECTED'].includes(type)) continue
        expect(version, type).toBeLessThanOrEqual(supportedOperators[type] ?? 0)
      }
    }
    expect(Object.fromEntries([...seen].sort())).toEqual({
      ADD: 2,
      AVERAGE_POOL_2D: 2,
      CONV_2D: 3,
      DEPTHWISE_CONV_2D: 3,
      DEQUANTIZE: 2,
      FULLY_CONNECTED: 12,
      MAX_POOL_2D: 2,
      MEAN: 2,
      QUANTIZE: 1,
      RELU: 1,
      RELU6: 1,
      RESHAPE: 1,
      SOFTMAX: 2,
    })
    for (const { graph } of all) {
      for (const { type, version } of readModel(convertToFloat32(graph, '')).operators) {
        expect(version, type).toBe(1)
      }
    }
  })

  it('the clamp that the depthwise kernel of 2020 forgets changes nothing in what the converter writes', () => {
    for (const { what, model } of quantised) {
      for (const { type, options, outputs } of model.operators) {
        if (type !== 'DEPTHWISE_CONV_2D' || options.kind !== 'depthwise') continue
        const { scale, zeroPoint } = model.tensors[outputs[0]!]!.quantisation!
        const limits = storedActivationRange(options.activation, {
          scale: scale[0]!,
          zeroPoint: zeroPoint[0]!,
        })
        if (!what.includes('4-bit') && ['RELU', 'RELU6'].includes(options.activation))
          expect(limits, what).toEqual([-128, 127])
      }
    }
  })
})
