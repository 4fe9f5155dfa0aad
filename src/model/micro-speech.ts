/** micro_speech as it comes with TFLM, changed: in int8, and with half of its mel bins. */
import { UserError } from '../../runs/errors.ts'
import { convertToInt8, type Calibration } from './convert/convert.ts'
import { graphOfTflite } from './convert/import.ts'
import type { Range } from './infer/quantise.ts'
import { readModel } from '../../runs/tflite/read.ts'
import type { Quantisation, Tensor, TfliteModel } from '../../runs/tflite/schema.ts'
import { writeModel } from '../../runs/tflite/write.ts'

/** A uint8 model in int8: the same network, each activation with the range that it has. */
export function int8Of(bytes: Uint8Array, name = 'model'): Uint8Array {
  const model = readModel(bytes, name)
  const graph = graphOfTflite(bytes, name)
  const rangeOf = (wanted: (tensor: Tensor, index: number) => boolean, what: string): Range => {
    const tensor = model.tensors.find(wanted)
    const quantisation = tensor?.quantisation
    if (quantisation === undefined) throw new UserError(`${name}: ${what} is not quantised`)
    const lowest = tensor?.type === 'INT8' ? -128 : 0
    const real = (stored: number) =>
      (quantisation.scale[0] ?? 1) * (stored - (quantisation.zeroPoint[0] ?? 0))
    return { minimum: real(lowest), maximum: real(lowest + 255) }
  }
  const calibration: Calibration = {
    input: rangeOf((_, index) => index === model.inputs[0], 'its input'),
    layers: graph.layers.map((layer) => rangeOf((tensor) => tensor.name === layer.name, layer.name)),
  }
  return convertToInt8(graph, calibration, `${model.description} in int8`.trimStart())
}

const slices = 49
const bins = 40

/**
 * The structure that micro_speech would have with 20 mel bins: the same convolution over half the width, half the
 * weights of the fully connected layer, every second column of them. To be timed: nobody has trained it, so what it
 * says means nothing. Keeps the type, uint8 or int8.
 */
export function halfMelBins(bytes: Uint8Array, name = 'micro_speech'): Uint8Array {
  const model = readModel(bytes, name)
  const [convolution, dense, ...more] = model.operators
  const input = model.tensors[model.inputs[0] ?? -1]
  const features = model.tensors[convolution?.outputs[0] ?? -1]
  const [, weightsAt = -1, biasAt = -1] = dense?.inputs ?? []
  const [weights, bias] = [model.tensors[weightsAt], model.tensors[biasAt]]
  if (
    convolution?.type !== 'DEPTHWISE_CONV_2D' ||
    dense?.type !== 'FULLY_CONNECTED' ||
    more.length !== 1 ||
    input?.shape.join() !== [1, slices, bins, 1].join() ||
    !features ||
    !weights ||
    !bias
  ) {
    throw new UserError(
      `${name} is not micro_speech: ${slices} x ${bins} features, a depthwise convolution and a dense layer`,
    )
  }
  const [, rows = 0, columns = 0, channels = 0] = features.shape
  const [outputs = 0] = weights.shape
  const changed = new Map<Tensor, Tensor>([
    [input, { ...input, shape: [1, slices, bins / 2, 1] }],
    [features, { ...features, shape: [1, rows, columns / 2, channels] }],
    [
      weights,
      {
        ...weights,
        shape: [outputs, (rows * columns * channels) / 2],
        quantisation: doubled(weights.quantisation),
      },
    ],
    [bias, { ...bias, quantisation: doubled(bias.quantisation) }],
  ])
  const pixel = (index: number) => Math.floor(index / channels)
  const kept = stored(model, weights).filter((_, index) => (pixel(index) % columns) % 2 === 0)
  const buffers = model.buffers.map((buffer, index) => {
    if (index === weights.buffer) return kept
    return index === bias.buffer ? halved(buffer) : buffer
  })
  const subgraphs = model.subgraphs.map((subgraph) => ({
    ...subgraph,
    tensors: subgraph.tensors.map((tensor) => changed.get(tensor) ?? tensor),
  }))
  const description = `${model.description} with half its mel bins`.trimStart()
  return writeModel({ description, subgraphs, buffers, metadata: [] })
}

const stored = (model: TfliteModel, { buffer }: Tensor) => model.buffers[buffer] ?? new Uint8Array()

/** Half the weights count twice, so that sums stay as large as they are. */
const doubled = (quantisation: Quantisation | undefined): Quantisation | undefined =>
  quantisation && { ...quantisation, scale: quantisation.scale.map((scale) => 2 * scale) }

/** Of twice the scale, the bias is what it was. */
function halved(bias: Uint8Array): Uint8Array {
  const view = new DataView(bias.buffer, bias.byteOffset, bias.byteLength)
  const values = Int32Array.from({ length: bias.length / 4 }, (_, index) =>
    Math.round(view.getInt32(4 * index, true) / 2),
  )
  return new Uint8Array(values.buffer)
}
