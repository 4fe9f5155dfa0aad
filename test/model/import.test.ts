/** Models taken apart and put together again: our own, and those that come with TFLM. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { calibrate, convertToFloat32, convertToInt8 } from '../../src/model/convert/convert.ts'
import { countMacs } from '../../src/model/infer/graph.ts'
import { graphOfTflite } from '../../src/model/convert/import.ts'
import { describeModel } from '../../runs/tflite/describe.ts'
import { inferFloat } from '../../src/model/infer/infer-float.ts'
import { inferQuantised } from '../../src/model/infer/infer-int8.ts'
import { dequantiseActivations, quantiseActivations } from '../../src/model/infer/quantise.ts'
import { seededRandom } from '../../src/model/random.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { tflmPackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'
import { stockModel } from '../../src/toolchain/testing/testing.ts'
import { bytesOf, paths, readBytes } from './golden.ts'
import { findInterpreter, interpretAll } from './interpreter.ts'
import { cases } from './networks.ts'

const all = cases()
const last = <T>(values: readonly T[]): T => values.at(-1)!

describe('random networks', () => {
  it('float32: the same outputs to the bit', () => {
    for (const { what, graph, inputs } of all) {
      const again = graphOfTflite(convertToFloat32(graph, what), what)
      expect(countMacs(again), what).toBe(countMacs(graph))
      for (const input of inputs)
        expect(last(inferFloat(again, input)), what).toEqual(last(inferFloat(graph, input)))
    }
  })

  it('float32: written again, the file behaves the same, operator for operator', () => {
    for (const { what, graph } of all) {
      const first = convertToFloat32(graph, what)
      const types = (bytes: Uint8Array) => describeModel(readModel(bytes)).operators.map(({ type }) => type)
      const second = convertToFloat32(graphOfTflite(first), what)
      // Only an activation of its own may have found a layer to be fused into.
      expect(types(second).filter((type) => !type.startsWith('RELU'))).toEqual(
        types(first).filter((type) => !type.startsWith('RELU')),
      )
    }
  })

  it('int8: within three of the coarsest steps of what the quantised model gives, and one on average', () => {
    for (const { what, graph, inputs } of all) {
      const bytes = convertToInt8(graph, calibrate(graph, inputs), what)
      const model = readModel(bytes)
      const at = (tensor: number | undefined) => model.tensors[tensor ?? -1]!.quantisation!
      const [given, output] = [at(model.inputs[0]), at(model.outputs[0])]
      // An ADD may cancel: then the output's own steps are finer than what its inputs can tell apart.
      const coarsest = Math.max(...model.operators.map(({ outputs }) => at(outputs[0]).scale[0]!))
      const again = graphOfTflite(bytes, what)
      const errors = inputs.flatMap((input) => {
        const stored = quantiseActivations(input, given)
        const real = dequantiseActivations(last(inferQuantised(model, stored)) as Int8Array, output)
        const expected = last(inferFloat(again, dequantiseActivations(stored, given)))
        const [lowest, highest] = dequantiseActivations(Int8Array.of(-128, 127), output)
        return [...real].map((value, place) => {
          const saturated = Math.min(Math.max(expected[place]!, lowest!), highest!)
          return Math.abs(value - saturated) / coarsest
        })
      })
      expect(Math.max(...errors), what).toBeLessThanOrEqual(3)
      expect(errors.reduce((a, b) => a + b, 0) / errors.length, what).toBeLessThan(1)
    }
  })
})

describe('the models that come with TFLM, and ours', () => {
  let found: Awaited<ReturnType<typeof findInterpreter>>
  beforeAll(async () => {
    await ensureSources(tflmPackage)
    found = await findInterpreter()
  })
  const random = seededRandom(7)
  const inputs = (size: number, from: number, to: number) =>
    Array.from({ length: 10 }, () => Float32Array.from({ length: size }, () => from + (to - from) * random()))

  it('magic_wand: what tflite-micro gives, to 1e-5', async (context) => {
    if ('missing' in found) return context.skip(found.missing)
    const bytes = readBytes(stockModel('magic_wand'))
    const given = inputs(128 * 3, -1000, 1000)
    const { outputs } = readModel(bytes)
    const [results] = await interpretAll(found.python, [
      { model: bytes, inputs: given.map(bytesOf), tensors: [outputs[0]!] },
    ])
    const graph = graphOfTflite(bytes)
    given.forEach((input, at) => {
      const expected = new Float32Array((results as Uint8Array[])[at]!.slice().buffer)
      last(inferFloat(graph, input)).forEach((value, label) => expect(value).toBeCloseTo(expected[label]!, 5))
    })
  })

  // The model was trained to; TFLM's own test allows 0.05 of its quantised form.
  it('hello_world: the sine', () => {
    const graph = graphOfTflite(readBytes(stockModel('hello_world')))
    for (const x of [0, 1, 3, 5])
      expect(Math.abs(last(inferFloat(graph, Float32Array.of(x)))[0]! - Math.sin(x))).toBeLessThan(0.1)
  })

  // As the crate's own test: the person scores above the rest on the picture with one, below on the other.
  it('person_detection, uint8: sees the person', () => {
    const graph = graphOfTflite(readBytes(stockModel('person_detection_grayscale')))
    const { quantisation } = readModel(readBytes(stockModel('person_detection_grayscale'))).tensors[85]!
    const score = (picture: string) => {
      const bytes = readFileSync(stockModel(picture).replace('.tflite', '.data'))
      const real = Float32Array.from(
        bytes,
        (v) => quantisation!.scale[0]! * (v - quantisation!.zeroPoint[0]!),
      )
      const [, person = 0, nobody = 0] = last(inferFloat(graph, real))
      return person - nobody
    }
    expect(score('person_image_data_grayscale')).toBeGreaterThan(0)
    expect(score('no_person_image_data_grayscale')).toBeLessThan(0)
  })

  it('gesture: what it was written from', () => {
    const bytes = readBytes(paths.float32)
    const again = convertToFloat32(graphOfTflite(bytes), 'boardless gesture, float32')
    expect(Buffer.from(again).equals(Buffer.from(bytes))).toBe(true)
  })
})
