/** The emulated firmware against the PyPI tflite-micro interpreter, whose outputs test/model/golden holds. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { inferInt8 } from '../../src/model/infer/infer-int8.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { writeModel } from '../../runs/tflite/write.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'
import { tflmPackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'
import {
  bytesOf,
  dequantisedInput,
  int8Of,
  paths,
  readBytes,
  readJson,
  type GoldenFloat32,
  type GoldenInt8,
} from '../model/golden.ts'
import { dense, fusedMultiplyAdd, multiplyThenAdd, softmax } from './float32.ts'
import { start } from './start.ts'

type Kernels = 'reference' | 'cmsis-nn'
const bothKernels: readonly Kernels[] = ['reference', 'cmsis-nn']
const { cases } = readJson(paths.goldenInt8) as GoldenInt8
const inputs = cases.map(({ input }) => int8Of(input))
const floatInputs = inputs.map(dequantisedInput)
const golden = (readJson(paths.goldenFloat32) as GoldenFloat32).outputs

/** What the firmware writes for each of the inputs, one inference after the other. */
async function infer(model: string, kernels: Kernels, all: readonly (Int8Array | Float32Array)[]) {
  const { elfPath } = await buildFirmware({
    app: 'infer',
    model,
    kernels,
    resolver: 'mutable',
    optimise: '-O2',
    console: 'semihosting',
    arenaBytes: 16 * 1024,
  })
  const running = await start(elfPath, { strict: true, stdin: Buffer.concat(all.map(bytesOf)) })
  expect(running.run()).toEqual({ kind: 'exit', code: 0 })
  const [header = '', bytesIn, bytesOut] =
    /^[^]*?infer: (\d+) bytes in, (\d+) bytes out\n/.exec(running.text) ?? []
  const size = Number(bytesOut)
  expect(Number(bytesIn)).toBe(bytesOf(all[0]!).length)
  const raw = running.console.slice(header.length)
  expect(raw).toHaveLength(size * all.length)
  return all.map((_, i) => raw.slice(i * size, (i + 1) * size))
}

/** The model with the result of each operator as an output: layers can be told apart. */
function withEveryLayer(path: string): string {
  const model = readModel(readBytes(path))
  const outputs = model.operators.map((operator) => operator.outputs[0]!)
  const file = join(mkdtempSync(join(tmpdir(), 'boardless-layers-')), 'layers.tflite')
  writeFileSync(file, writeModel({ ...model, subgraphs: [{ ...model.subgraphs[0]!, outputs }] }))
  return file
}

const floats = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer)
const largest = (values: Iterable<number>): number => Math.max(...values)
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  largest(Array.from(a, (value, i) => Math.abs(value - b[i]!)))

beforeAll(() => ensureSources(tflmPackage))

describe.each(bothKernels)('int8 firmware with %s kernels', (kernels) => {
  it('gives the bytes that tflite-micro gives, for every one of 120 inputs', async () => {
    expect(cases).toHaveLength(120)
    const outputs = await infer(paths.int8, kernels, inputs)
    expect(outputs.map((bytes) => [...new Int8Array(bytes)])).toEqual(cases.map(({ output }) => output))
  })

  it('gives the same hidden layer and logits as the reference of src/model', async () => {
    const model = readModel(readBytes(paths.int8))
    const outputs = await infer(withEveryLayer(paths.int8), kernels, inputs)
    outputs.forEach((bytes, i) => {
      const expected = inferInt8(model, inputs[i]!).flatMap((values) => [...values])
      expect([...new Int8Array(bytes)], cases[i]!.from).toEqual(expected)
    })
  })
})

describe('float32 firmware', () => {
  const [first, second] = readModel(readBytes(paths.float32)).operators
  const { tensors, buffers } = readModel(readBytes(paths.float32))
  const constant = (tensor = -1): Float32Array => floats(buffers[tensors[tensor]!.buffer]!)
  const hiddenLayer = (input: Float32Array, accumulate: typeof fusedMultiplyAdd): Float32Array =>
    dense(input, constant(first!.inputs[1]), constant(first!.inputs[2]), accumulate, true)
  const logits = (hidden: Float32Array, accumulate: typeof fusedMultiplyAdd): Float32Array =>
    dense(hidden, constant(second!.inputs[1]), constant(second!.inputs[2]), accumulate, false)

  let layers: Float32Array[] = []
  beforeAll(async () => {
    layers = (await infer(withEveryLayer(paths.float32), 'reference', floatInputs)).map(floats)
  })

  it('is within 2^-20 of tflite-micro in every probability', async () => {
    // Seen: 4.8e-7, eight units in the last place of a probability; the cause is in the tests below.
    const outputs = (await infer(paths.float32, 'reference', floatInputs)).map(floats)
    expect(largest(outputs.map((values, i) => difference(values, golden[i]!)))).toBeLessThan(2 ** -20)
  })

  it('differs because GCC contracts a x b + c to VFMA: rounded once, every bit of both layers is explained', () => {
    let otherwise = 0
    layers.forEach((values, i) => {
      const hidden = hiddenLayer(floatInputs[i]!, fusedMultiplyAdd)
      expect(values.subarray(0, 16), cases[i]!.from).toEqual(hidden)
      expect(values.subarray(16, 19), cases[i]!.from).toEqual(logits(hidden, fusedMultiplyAdd))
      if (difference(hidden, hiddenLayer(floatInputs[i]!, multiplyThenAdd)) > 0) otherwise++
    })
    expect(otherwise).toBeGreaterThan(100)
  })

  it('and tflite-micro on a PC rounds twice: each agrees with its own arithmetic to the last bit of a softmax', () => {
    const probabilities = (accumulate: typeof fusedMultiplyAdd): Float32Array[] =>
      floatInputs.map((input) => softmax(logits(hiddenLayer(input, accumulate), accumulate)))
    const [once, twice] = [probabilities(fusedMultiplyAdd), probabilities(multiplyThenAdd)]
    const worst = (ours: Float32Array[], theirs: readonly ArrayLike<number>[]): number =>
      largest(ours.map((values, i) => difference(values, theirs[i]!)))
    const firmware = layers.map((values) => values.subarray(19))
    // Two units in the last place of a probability near one: expf and the division of three C libraries.
    expect(worst(once, firmware)).toBeLessThanOrEqual(2 ** -23)
    expect(worst(twice, golden)).toBeLessThanOrEqual(2 ** -23)
    expect(worst(once, golden)).toBeGreaterThan(2 ** -22)
  })

  it('is the same with CMSIS-NN, which has no float32 kernels', async () => {
    const outputs = await infer(paths.float32, 'cmsis-nn', floatInputs)
    expect(outputs.map(floats)).toEqual(layers.map((values) => values.slice(19)))
  })
})
