/**
 * Three implementations on the same inputs: tflite-micro from PyPI (today's kernels), the committed golden
 * files it wrote, and the TypeScript reference. BOARDLESS_UPDATE_GOLDEN=1 writes the files anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Graph } from '../../src/model/infer/graph.ts'
import { inferFloat } from '../../src/model/infer/infer-float.ts'
import { inferInt8 } from '../../src/model/infer/infer-int8.ts'
import { readModel } from '../../runs/tflite/read.ts'
import type { TfliteModel } from '../../runs/tflite/schema.ts'
import {
  bytesOf,
  dequantisedInput,
  goldenInputs,
  int8Of,
  paths,
  readBytes,
  readJson,
  readMetadata,
  sha256,
  type GoldenFloat32,
  type GoldenInt8,
} from './golden.ts'
import { findInterpreter, interpret } from './interpreter.ts'

const interpreterName =
  /^tflite-micro==\S+/m.exec(readFileSync('test/model/requirements.txt', 'utf8'))?.[0] ?? ''
const int8Bytes = readBytes(paths.int8)
const float32Bytes = readBytes(paths.float32)
const int8Model = readModel(int8Bytes)
const inputs = goldenInputs()
const floats = (bytes: Uint8Array) => [...new Float32Array(bytes.slice().buffer)]

let python: string | undefined
let missing = ''

beforeAll(async () => {
  const found = await findInterpreter()
  if ('missing' in found) missing = `no tflite-micro: ${found.missing}`
  else python = found.python
  if (python !== undefined && process.env['BOARDLESS_UPDATE_GOLDEN']) await update(python)
})

async function update(interpreter: string): Promise<void> {
  const outputs = await interpret(
    interpreter,
    int8Bytes,
    inputs.map(({ input }) => bytesOf(input)),
  )
  const golden: GoldenInt8 = {
    model: paths.int8,
    modelSha256: sha256(int8Bytes),
    interpreter: interpreterName,
    cases: inputs.map(({ from, input }, index) => ({
      from,
      input: Buffer.from(bytesOf(input)).toString('base64'),
      output: [...new Int8Array(outputs[index]!)],
    })),
  }
  writeFileSync(paths.goldenInt8, `${JSON.stringify(golden, null, 1)}\n`)
  const real = await interpret(
    interpreter,
    float32Bytes,
    inputs.map(({ input }) => bytesOf(dequantisedInput(input))),
  )
  const { scale, zeroPoint } = readMetadata().inputQuantisation
  const goldenFloat: GoldenFloat32 = {
    model: paths.float32,
    modelSha256: sha256(float32Bytes),
    interpreter: interpreterName,
    inputs: { file: 'gesture_int8.json', scale, zeroPoint },
    outputs: real.map(floats),
  }
  writeFileSync(paths.goldenFloat32, `${JSON.stringify(goldenFloat)}\n`)
}

/** The network of a float32 file, for the TypeScript evaluation. */
function graphOf(model: TfliteModel): Graph {
  const constant = (tensor: number | undefined) => {
    const bytes = model.buffers[model.tensors[tensor ?? -1]!.buffer]!
    return new Float32Array(bytes.slice().buffer)
  }
  return {
    inputShape: [1, 600],
    layers: model.operators.map((operator) => {
      if (operator.options.kind !== 'fullyConnected') return { kind: 'softmax', name: '' }
      const [outputs = 0, inputs = 0] = model.tensors[operator.inputs[1]!]!.shape
      const [weights, bias] = [constant(operator.inputs[1]), constant(operator.inputs[2])]
      return {
        kind: 'dense',
        name: '',
        inputs,
        outputs,
        weights,
        bias,
        activation: operator.options.activation,
      }
    }),
  }
}

describe('the golden files', () => {
  const int8 = () => readJson(paths.goldenInt8) as GoldenInt8
  const float32 = () => readJson(paths.goldenFloat32) as GoldenFloat32

  it('belong to the committed models and cover all recordings and as many random inputs', () => {
    expect(int8().modelSha256).toBe(sha256(int8Bytes))
    expect(float32().modelSha256).toBe(sha256(float32Bytes))
    expect(int8().cases.map(({ from }) => from)).toEqual(inputs.map(({ from }) => from))
    expect(int8().cases.map(({ input }) => [...int8Of(input)])).toEqual(inputs.map(({ input }) => [...input]))
    expect(int8().cases).toHaveLength(120)
    expect(new Set(int8().cases.map(({ output }) => output.join())).size).toBeGreaterThan(50)
  })

  it('int8: the TypeScript reference gives every byte', () => {
    for (const { from, input, output } of int8().cases) {
      expect([...inferInt8(int8Model, int8Of(input)).at(-1)!], from).toEqual(output)
    }
  })

  it('float32: the TypeScript evaluation, summed in float64, is within 1e-5', () => {
    // Each of the 600 additions rounds by up to half an ulp, 2^-19 at a partial sum of 32 to 64; such errors grow
    // with the root of their number: about 600^0.5 x 2^-19 / 12^0.5 = 1.3e-5 of a sum, a quarter of that of a
    // probability. Seen: 2.1e-6.
    const graph = graphOf(readModel(float32Bytes))
    int8().cases.forEach(({ input, from }, index) => {
      const probabilities = inferFloat(graph, dequantisedInput(int8Of(input))).at(-1)!
      probabilities.forEach((value, label) => {
        expect(Math.abs(value - float32().outputs[index]![label]!), from).toBeLessThan(1e-5)
      })
    })
  })

  it('int8 and float32 agree on every recording, and the accuracy is the one published', () => {
    const metadata = readMetadata()
    const largest = (values: readonly number[]) => values.indexOf(Math.max(...values))
    const csv = readFileSync(paths.recordings, 'utf8')
    let correct = 0
    int8().cases.forEach(({ from, output }, index) => {
      const [, id, label] = /^recording (\d+), (\w+)$/.exec(from) ?? []
      if (id === undefined || label === undefined) return
      expect(largest(output), from).toBe(largest(float32().outputs[index]!))
      const heldOut = csv.includes(`\n${id},heldout,`)
      if (heldOut && metadata.labels[largest(output)] === label) correct++
    })
    expect(correct).toBe(metadata.accuracy.heldOutInt8.correct)
  })
})

describe('tflite-micro from PyPI', () => {
  it('int8: hidden layer, logits and probabilities to the byte', async (context) => {
    if (python === undefined) return context.skip(missing)
    const tensors = int8Model.operators.map(({ outputs }) => String(outputs[0]))
    const results = await interpret(
      python,
      int8Bytes,
      inputs.map(({ input }) => bytesOf(input)),
      tensors,
    )
    inputs.forEach(({ from, input }, index) => {
      const expected = inferInt8(int8Model, input).flatMap((values) => [...values])
      expect([...new Int8Array(results[index]!)], from).toEqual(expected)
    })
    const outputs = results.map((bytes) => [...new Int8Array(bytes)].slice(-3))
    expect(outputs).toEqual((readJson(paths.goldenInt8) as GoldenInt8).cases.map(({ output }) => output))
  })

  it('float32: gives what is in the golden file', async (context) => {
    if (python === undefined) return context.skip(missing)
    const results = await interpret(
      python,
      float32Bytes,
      inputs.map(({ input }) => bytesOf(dequantisedInput(input))),
    )
    expect(results.map(floats)).toEqual((readJson(paths.goldenFloat32) as GoldenFloat32).outputs)
  })
})
