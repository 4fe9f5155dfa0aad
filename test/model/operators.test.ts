/** Random networks for each operator the converter writes: our inference beside tflite-micro, every byte of every layer. */
import { beforeAll, describe, expect, it } from 'vitest'
import {
  calibrate,
  convertToFloat32,
  convertToInt8,
  type QuantiseOptions,
} from '../../src/model/convert/convert.ts'
import { describeModel } from '../../runs/tflite/describe.ts'
import { inferFloat } from '../../src/model/infer/infer-float.ts'
import { inferQuantised, storedActivationRange } from '../../src/model/infer/infer-int8.ts'
import { quantiseActivations } from '../../src/model/infer/quantise.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { supportedOperators } from '../../src/toolchain/generate/resolver.ts'
import { bytesOf } from './golden.ts'
import { findInterpreter, interpretAll, type ModelRun } from './interpreter.ts'
import { cases } from './networks.ts'

const variants: Record<string, QuantiseOptions> = {
  'per-channel': {},
  'per-tensor': { weights: 'per-tensor' },
  'fully connected per-channel, MEAN': { fullyConnected: 'per-channel', mean: 'MEAN' },
  'float32 at the ends': { ends: 'float32' },
  '4-bit steps': { weightBits: 4, activationBits: 5 },
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
})

describe('random networks', () => {
  it('int8: tflite-micro gives every byte of every layer', async (context) => {
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
