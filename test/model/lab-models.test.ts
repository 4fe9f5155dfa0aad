/**
 * Every model that the lab makes, beside PyPI tflite-micro: every byte of every layer. Architectures, inputs and
 * variants are the lab's own plan; they are trained for one epoch, which changes weights and nothing else.
 * BOARDLESS_LAB_EPOCHS=all trains them as the lab does.
 */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { labSetting } from '../../src/lab/context.ts'
import { Trainer } from '../../src/lab/make/training.ts'
import type { TrainedModel } from '../../src/lab/measurement.ts'
import { planOf } from '../../src/lab/engine/plan.ts'
import { techniques } from '../../src/lab/techniques/index.ts'
import { graphOfTflite } from '../../src/model/convert/import.ts'
import { inferFloat } from '../../src/model/infer/infer-float.ts'
import { inferQuantised, storedActivationRange } from '../../src/model/infer/infer-int8.ts'
import { halfMelBins, int8Of } from '../../src/model/micro-speech.ts'
import { seededRandom } from '../../src/model/random.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { elementCount, type TfliteModel } from '../../runs/tflite/schema.ts'
import { tflmPackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'
import { stockModel } from '../../src/toolchain/testing/testing.ts'
import { bytesOf, paths } from './golden.ts'
import { findInterpreter, interpretAll } from './interpreter.ts'

const inputsPerModel = 10
const asTheLab = process.env['BOARDLESS_LAB_EPOCHS'] === 'all'

interface Made {
  readonly what: string
  readonly bytes: Uint8Array
  readonly model: TfliteModel
  readonly inputs: readonly (Int8Array | Float32Array)[]
  /** Ranges other than those that were seen. */
  readonly odd: boolean
}

/** What the lab trains: for its files, and for the folds of its cross-validations. */
async function trainedModels(): Promise<TrainedModel[]> {
  const { context } = await labSetting({}, paths.recordings)
  const wanted = new Map<string, TrainedModel>()
  for (const { measurement } of planOf(techniques, context)) {
    if (measurement.kind === 'model' && measurement.model.from !== 'training') continue
    if (measurement.kind !== 'model' && measurement.kind !== 'fold') continue
    const { architecture, input, epochs, variant } =
      measurement.kind === 'model' ? (measurement.model as TrainedModel) : measurement
    const model = { from: 'training', architecture, input, seed: 1, variant } as const
    wanted.set(JSON.stringify(model), { ...model, ...(epochs !== undefined && { epochs }) })
  }
  return [...wanted.values()]
}

const shortened = (model: TrainedModel): TrainedModel => {
  const { variant } = model
  return {
    ...model,
    epochs: 1,
    variant: { ...variant, ...(variant.tune && { tune: { ...variant.tune, epochs: 1 } }) },
  }
}

function made(what: string, bytes: Uint8Array, odd = false): Made {
  const model = readModel(bytes, what)
  const input = model.tensors[model.inputs[0]!]!
  const random = seededRandom(bytes.length)
  const size = elementCount(input.shape)
  const inputs = Array.from({ length: inputsPerModel }, (_, index) => {
    const [spread, about] = index % 2 === 0 ? [256, 0] : [100 * random(), 100 * (random() - 0.5)]
    const stored = Int8Array.from({ length: size }, () =>
      Math.min(Math.max(Math.round(about + spread * (random() - 0.5)), -128), 127),
    )
    return input.type === 'INT8' ? stored : Float32Array.from(stored, (value) => value / 30)
  })
  return { what, bytes, model, inputs, odd }
}

let found: Awaited<ReturnType<typeof findInterpreter>>
let models: Made[]
beforeAll(async () => {
  found = await findInterpreter()
  await ensureSources(tflmPackage)
  const { context } = await labSetting({}, paths.recordings)
  const folder = mkdtempSync(join(tmpdir(), 'boardless-lab-models-'))
  const bench = { dataset: context.dataset, given: null, folder, fingerprints: { training: '', board: '' } }
  const trainer = new Trainer(bench)
  models = []
  for (const model of await trainedModels()) {
    const { architecture, input, variant } = model
    const source = asTheLab ? model : shortened(model)
    const { base64 } = await trainer.model({ kind: 'model', model: source }, () => undefined)
    const odd = variant.rangeFactor !== undefined || (variant.convert.activationBits ?? 8) < 8
    const name = `${architecture}, ${input}, ${variant.name}`
    models.push(made(name, new Uint8Array(Buffer.from(base64, 'base64')), odd))
  }
  const keyword = int8Of(new Uint8Array(readFileSync(stockModel('micro_speech'))))
  models.push(
    made('micro_speech, int8', keyword),
    made('micro_speech, half its mel bins', halfMelBins(keyword)),
  )
}, 3_600_000)

const isInt8 = ({ model }: Made) => model.tensors[model.inputs[0]!]!.type === 'INT8'

describe('the models of the lab', () => {
  it('are of every architecture, input and kind of quantisation', () => {
    const all = models.map(({ what }) => what).join('\n')
    for (const part of ['dense-', 'convolution-', 'separable-', 'half-window', 'half-rate', 'half-channels'])
      expect(all).toContain(part)
    for (const part of ['per-tensor', 'per-channel', 'pruned 90 %', 'float32', 'micro_speech'])
      expect(all).toContain(part)
    expect(models.length).toBeGreaterThan(30)
  })

  it('int8: tflite-micro gives every byte of every layer', async (context) => {
    if ('missing' in found) return context.skip(found.missing)
    const int8 = models.filter(isInt8)
    const results = await interpretAll(
      found.python,
      int8.map(({ bytes, model, inputs }) => ({
        model: bytes,
        inputs: inputs.map(bytesOf),
        tensors: model.operators.map(({ outputs }) => outputs[0]!),
      })),
    )
    const differ = int8.flatMap(({ what, model, inputs }, index) => {
      const result = results[index]!
      if (typeof result === 'string') return [`${what}: ${result}`]
      return inputs.flatMap((input, place) =>
        Buffer.concat(inferQuantised(model, input).map(bytesOf)).equals(result[place]!)
          ? []
          : [`${what}, input ${place}`],
      )
    })
    expect(differ).toEqual([])
  })

  it('float32: tflite-micro gives what the evaluation in float64 gives, to 1e-5', async (context) => {
    if ('missing' in found) return context.skip(found.missing)
    const floats = models.filter((one) => !isInt8(one))
    const results = await interpretAll(
      found.python,
      floats.map(({ bytes, model, inputs }) => ({
        model: bytes,
        inputs: inputs.map(bytesOf),
        tensors: [model.outputs[0]!],
      })),
    )
    floats.forEach(({ what, bytes, inputs }, index) => {
      const result = results[index]!
      if (typeof result === 'string') throw new Error(`${what}: ${result}`)
      const graph = graphOfTflite(bytes)
      inputs.forEach((input, place) => {
        const expected = inferFloat(graph, input as Float32Array).at(-1)!
        new Float32Array(result[place]!.slice().buffer).forEach((value, at) => {
          expect(Math.abs(value - expected[at]!), what).toBeLessThan(1e-5)
        })
      })
    })
  })

  it('differ on TFLM of 2020 only where its depthwise reference kernel forgets a clamp: with odd ranges', () => {
    const differing = models.filter(({ model }) =>
      model.operators.some(({ type, options, outputs }) => {
        if (type !== 'DEPTHWISE_CONV_2D' || options.kind !== 'depthwise') return false
        const quantisation = model.tensors[outputs[0]!]!.quantisation
        if (quantisation === undefined) return false
        const [scale, zeroPoint] = [quantisation.scale[0]!, quantisation.zeroPoint[0]!]
        return storedActivationRange(options.activation, { scale, zeroPoint }).join() !== '-128,127'
      }),
    )
    expect(differing.filter(({ odd }) => !odd).map(({ what }) => what)).toEqual([])
  })
})
