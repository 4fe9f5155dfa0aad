/** Brings layers as they were written to layers as they are computed. */
import { UserError } from '../../../runs/errors.ts'
import {
  isWeighted,
  shapesOf,
  type Convolution,
  type Graph,
  type Layer,
  type Weighted,
} from '../infer/graph.ts'

/** y = scale x + shift in each channel, as it is known once training is over. */
export interface BatchNormalisation {
  readonly kind: 'batchNormalisation'
  readonly name: string
  readonly from: readonly number[]
  readonly scale: Float32Array
  readonly shift: Float32Array
}

/** `from` is always said. */
export type Raw = (Layer | BatchNormalisation) & { readonly from: readonly number[] }

/** Folds batch normalisation, fuses activations, drops what nobody takes, and numbers the rest anew. */
export function fuse(inputShape: readonly number[], raw: readonly Raw[], output: number): Graph {
  const layers: (Raw | undefined)[] = [...raw]
  /** Where the result of a layer is now. */
  const moved = raw.map((_, index) => index)
  const now = (place: number) => (place < 0 ? -1 : (moved[place] ?? -1))
  const uses = (place: number) =>
    Number(output === place) + raw.reduce((sum, { from }) => sum + from.filter((p) => p === place).length, 0)

  raw.forEach((layer, index) => {
    const [source = -1] = layer.from
    const place = now(source)
    const before = layers[place]
    // Several layers may be fused into one: only the last of them may be taken by others.
    const alone = source >= 0 && uses(source) === 1
    if (layer.kind === 'batchNormalisation') {
      if (
        alone &&
        before !== undefined &&
        before.kind !== 'batchNormalisation' &&
        isWeighted(before) &&
        before.activation === 'NONE'
      ) {
        layers[place] = { ...folded(before, layer), from: before.from }
        layers[index] = undefined
        moved[index] = place
      } else {
        layers[index] = asDepthwise(layer)
      }
    } else if (layer.kind === 'activate' && alone && before !== undefined && 'activation' in before) {
      if (before.activation === 'NONE') {
        layers[place] = { ...before, activation: layer.activation }
        layers[index] = undefined
        moved[index] = place
      }
    }
  })
  return renumbered(inputShape, layers, now)
}

/** Batch normalisation behind a linear layer only changes that layer's weights. */
function folded<T extends Weighted>(layer: T, { scale, shift }: BatchNormalisation): T {
  const row = layer.weights.length / layer.outputs
  const channel = (at: number) => (layer.kind === 'depthwise' ? at % layer.outputs : Math.floor(at / row))
  return {
    ...layer,
    weights: layer.weights.map((weight, at) => weight * (scale[channel(at)] ?? 1)),
    bias: layer.bias.map((value, at) => value * (scale[at] ?? 1) + (shift[at] ?? 0)),
  }
}

function asDepthwise({
  name,
  from,
  scale,
  shift,
}: BatchNormalisation): Convolution & { from: readonly number[] } {
  return {
    kind: 'depthwise',
    name,
    from,
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    padding: 'VALID',
    outputs: scale.length,
    weights: scale,
    bias: shift,
    activation: 'NONE',
  }
}

function renumbered(
  inputShape: readonly number[],
  layers: readonly (Raw | undefined)[],
  now: (place: number) => number,
): Graph {
  const numbers = new Map<number, number>([[-1, -1]])
  const kept: Layer[] = []
  layers.forEach((layer, index) => {
    if (layer === undefined || layer.kind === 'batchNormalisation') return
    const { from, ...rest } = layer
    const sources = from.map((place) => numbers.get(now(place)) ?? -1)
    const chained = sources.length === 1 && sources[0] === kept.length - 1
    numbers.set(index, kept.push(chained ? rest : { ...rest, from: sources }) - 1)
  })
  const graph = { inputShape, layers: kept }
  try {
    shapesOf(graph)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UserError(
      `the model cannot be converted: ${why}. Put BatchNormalization behind Dense or a convolution without activation.`,
      undefined,
      { cause },
    )
  }
  return graph
}
