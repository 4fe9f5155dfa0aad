/** From a TensorFlow.js layers model to the converter's graph: what inference needs and nothing else. */
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { UserError } from '../../../runs/errors.ts'
import { fuse, type Raw } from './fuse.ts'
import type { Graph } from '../infer/graph.ts'
import { adviceFor, configOf, padding, pair, weightsOf, type Config } from './layer-config.ts'
import type { Activation } from '../../../runs/tflite/schema.ts'

type TfLayer = LayersModel['layers'][number]
type Shape = readonly number[]

/** Nothing remains of these when the model infers. */
const onlyInTraining = ['Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout']

/**
 * Batch normalisation is folded into the layer before it (or becomes a depthwise convolution of 1 x 1), dropout
 * dropped, activations fused. One dimension becomes two of height 1: [batch, time, channels] is [1, 1, time,
 * channels]. Throws UserError naming the layer that cannot be converted, and what to put in its place.
 */
export async function graphOfLayers(model: LayersModel): Promise<Graph> {
  const [input] = model.inputs
  if (model.inputs.length !== 1 || model.outputs.length !== 1 || input === undefined) {
    throw new UserError(
      `a model of ${model.inputs.length} inputs and ${model.outputs.length} outputs cannot be converted: give it one of each`,
    )
  }
  const importer = new Importer()
  for (const layer of model.layers) await importer.layer(layer)
  const last = importer.place(model.outputs[0]?.sourceLayer.name ?? '')
  return fuse(tfliteShape(input.shape, input.name), importer.layers, last)
}

/** [null, time, channels] to [1, 1, time, channels]; others lose only the null of the batch. */
function tfliteShape(shape: readonly (number | null)[], name: string): number[] {
  const known = shape.slice(1).map((size) => {
    if (size === null) {
      throw new UserError(`"${name}" has a dimension of unknown size: give inputShape in whole numbers`)
    }
    return size
  })
  return known.length === 2 ? [1, 1, ...known] : [1, ...known]
}

class Importer {
  readonly layers: Raw[] = []
  readonly #places = new Map<string, number>()

  /** Where the result of a layer of that name is found. */
  place(name: string): number {
    const place = this.#places.get(name)
    if (place === undefined) throw new UserError(`layer "${name}" is used before it is computed`)
    return place
  }

  async layer(layer: TfLayer): Promise<void> {
    const kind = layer.getClassName()
    const node = layer.inboundNodes[0]
    const fail = (why: string): never => {
      throw new UserError(`layer "${layer.name}" (${kind}) cannot be converted: ${why}`)
    }
    if (node === undefined || layer.inboundNodes.length !== 1) {
      fail(`it is used ${layer.inboundNodes.length} times: make a layer for each use`)
      return
    }
    if (kind === 'InputLayer') {
      this.#places.set(layer.name, -1)
      return
    }
    const from = node.inboundLayers.map(({ name }) => this.#places.get(name) ?? -1)
    if (onlyInTraining.includes(kind)) {
      this.#places.set(layer.name, from[0] ?? -1)
      return
    }
    const shapes = node.inputShapes.map((shape) => tfliteShape(shape as (number | null)[], layer.name))
    const output = tfliteShape(node.outputShapes[0] as (number | null)[], layer.name)
    const context = { layer, kind, config: configOf(layer, fail), from, input: shapes[0] ?? [], output, fail }
    await this.#convert(context)
    this.#places.set(layer.name, this.layers.length === 0 ? -1 : this.#last)
  }

  #last = -1

  #push(layer: Raw): void {
    this.#last = this.layers.push(layer) - 1
  }

  async #convert(context: Context): Promise<void> {
    const { layer, kind, config, from, input, output, fail } = context
    const { name } = layer
    const [first = -1] = from
    this.#last = first
    switch (kind) {
      case 'Dense': {
        if (input.length !== 2)
          fail('its input has more than one dimension: put Flatten or a global pool before it')
        const [kernel, bias] = await weightsOf(layer)
        const [inputs, outputs] = [input[1] ?? 0, output[1] ?? 0]
        const weights = reordered(
          kernel,
          outputs * inputs,
          (at) => (at % inputs) * outputs + Math.floor(at / inputs),
        )
        const filled = bias ?? new Float32Array(outputs)
        this.#push({ kind: 'dense', name, from, inputs, outputs, weights, bias: filled, activation: 'NONE' })
        this.#activation(context, config.activation)
        return
      }
      case 'Conv1D':
      case 'Conv2D': {
        const [kernel, bias] = await weightsOf(layer)
        this.#convolution(context, 'convolution', name, kernel, bias, config)
        this.#activation(context, config.activation)
        return
      }
      case 'DepthwiseConv2D': {
        const [kernel, bias] = await weightsOf(layer)
        this.#convolution(context, 'depthwise', name, kernel, bias, config)
        this.#activation(context, config.activation)
        return
      }
      case 'SeparableConv2D': {
        const [depth, point, bias] = await weightsOf(layer)
        const channels = (input[3] ?? 0) * (config.depthMultiplier ?? 1)
        const inner = { ...context, output: [...output.slice(0, 3), channels] }
        this.#convolution(inner, 'depthwise', `${name}/depthwise`, depth, undefined, config)
        const outer = { ...context, input: inner.output, from: [this.#last] }
        const single = { ...config, kernelSize: 1, strides: 1 }
        this.#convolution(outer, 'convolution', `${name}/pointwise`, point, bias, single)
        this.#activation(context, config.activation)
        return
      }
      case 'MaxPooling1D':
      case 'MaxPooling2D':
      case 'AveragePooling1D':
      case 'AveragePooling2D': {
        const [kernelHeight, kernelWidth] = pair(config.poolSize)
        const [strideHeight, strideWidth] = pair(config.strides ?? config.poolSize)
        const window = {
          kernelHeight,
          kernelWidth,
          strideHeight,
          strideWidth,
          padding: padding(config, fail),
        }
        this.#push({ kind: kind.startsWith('Max') ? 'maxPool' : 'averagePool', name, from, ...window })
        return
      }
      case 'GlobalAveragePooling1D':
      case 'GlobalAveragePooling2D': {
        this.#push({ kind: 'mean', name, from })
        return
      }
      case 'GlobalMaxPooling1D':
      case 'GlobalMaxPooling2D': {
        const [, height = 1, width = 1] = input
        const window = { kernelHeight: height, kernelWidth: width, strideHeight: height, strideWidth: width }
        this.#push({ kind: 'maxPool', name: `${name}/pool`, from, padding: 'VALID', ...window })
        this.#push({ kind: 'reshape', name, from: [this.#last], shape: output })
        return
      }
      case 'Flatten':
      case 'Reshape':
        if (input.join() !== output.join()) this.#push({ kind: 'reshape', name, from, shape: output })
        return
      case 'Activation': {
        this.#activation(context, config.activation)
        return
      }
      case 'ReLU':
        if (config.maxValue != null && config.maxValue !== 6) fail('maxValue is neither left out nor 6')
        {
          this.#activation(context, config.maxValue == null ? 'relu' : 'relu6')
          return
        }
      case 'Softmax':
        checkAxis(context)
        {
          this.#activation(context, 'softmax')
          return
        }
      case 'Add':
        if (from.length !== 2) fail(`it adds ${from.length} inputs: use Add layers of two`)
        {
          this.#push({ kind: 'add', name, from, activation: 'NONE' })
          return
        }
      case 'BatchNormalization': {
        await this.#batchNormalisation(context)
        return
      }
      default:
        fail(adviceFor(kind))
    }
  }

  #activation({ layer, input, output, fail, kind }: Context, activation: string | undefined): void {
    const from = [this.#last]
    const name =
      kind === 'Activation' || kind === 'ReLU' || kind === 'Softmax'
        ? layer.name
        : `${layer.name}/${activation}`
    const known: Readonly<Record<string, Activation>> = { relu: 'RELU', relu6: 'RELU6' }
    const fused = known[activation ?? '']
    if (fused === 'RELU' || fused === 'RELU6') this.#push({ kind: 'activate', name, from, activation: fused })
    else if (activation === 'softmax') {
      if ((output.length ? output : input).length !== 2)
        fail('softmax is converted over one row alone: flatten before it')
      this.#push({ kind: 'softmax', name, from })
    } else if (activation !== undefined && activation !== 'linear') {
      fail(`its activation is ${activation}: use relu, relu6, softmax or linear`)
    }
  }

  #convolution(
    { input, output, from, fail }: Context,
    kind: 'convolution' | 'depthwise',
    name: string,
    kernel: Float32Array | undefined,
    bias: Float32Array | undefined,
    config: Config,
  ): void {
    if (config.dataFormat === 'channelsFirst') fail('its data format is channelsFirst: use channelsLast')
    if (pair(config.dilationRate).some((rate) => rate !== 1)) fail('it is dilated: leave dilationRate out')
    const [kernelHeight, kernelWidth] = pair(config.kernelSize)
    const [strideHeight, strideWidth] = pair(config.strides)
    const [channels, outputs] = [input[3] ?? 0, output[3] ?? 0]
    const row = kernelHeight * kernelWidth * channels
    // TensorFlow keeps [kh][kw][channels][outputs]; a depthwise one lies the same in both.
    const weights =
      kind === 'depthwise'
        ? (kernel ?? new Float32Array())
        : reordered(kernel, outputs * row, (at) => (at % row) * outputs + Math.floor(at / row))
    const window = { kernelHeight, kernelWidth, strideHeight, strideWidth, padding: padding(config, fail) }
    const filled = bias ?? new Float32Array(outputs)
    this.#push({ kind, name, from, outputs, weights, bias: filled, activation: 'NONE', ...window })
  }

  async #batchNormalisation(context: Context): Promise<void> {
    const { layer, config, from, input } = context
    checkAxis(context)
    const weights = await weightsOf(layer)
    const size = input.at(-1) ?? 0
    const gamma = (config.scale === false ? undefined : weights.shift()) ?? new Float32Array(size).fill(1)
    const beta = (config.center === false ? undefined : weights.shift()) ?? new Float32Array(size)
    const [mean, variance] = weights
    const scale = gamma.map(
      (value, at) => value / Math.sqrt((variance?.[at] ?? 1) + (config.epsilon ?? 1e-3)),
    )
    const shift = beta.map((value, at) => value - (mean?.[at] ?? 0) * (scale[at] ?? 0))
    this.#push({ kind: 'batchNormalisation', name: layer.name, from, scale, shift })
  }
}

interface Context {
  readonly layer: TfLayer
  readonly kind: string
  readonly config: Config
  readonly from: readonly number[]
  readonly input: Shape
  readonly output: Shape
  readonly fail: (why: string) => never
}

function checkAxis({ layer, config, fail }: Context): void {
  const shape: unknown = layer.inboundNodes[0]?.inputShapes[0]
  const last = Array.isArray(shape) ? shape.length - 1 : -1
  const axes = [config.axis ?? -1].flat()
  if (axes.length !== 1 || ![-1, last].includes(axes[0] ?? -1))
    fail('its axis is not the last: leave axis out')
}

function reordered(
  values: Float32Array | undefined,
  length: number,
  place: (at: number) => number,
): Float32Array {
  return Float32Array.from({ length }, (_, at) => values?.[place(at)] ?? 0)
}
