import type { LayersModel } from '@tensorflow/tfjs-layers'
import { UserError } from '../../../runs/errors.ts'
import { Conversion, type Calibration, type QuantiseOptions } from './conversion.ts'
import type { Graph } from '../infer/graph.ts'
import { inferFloat } from '../infer/infer-float.ts'
import { graphOfLayers } from './layers.ts'
import { rangeOf, type Range } from '../infer/quantise.ts'

export type { Calibration, QuantiseOptions } from './conversion.ts'

export function calibrate(graph: Graph, inputs: readonly Float32Array[]): Calibration {
  if (inputs.length === 0) throw new Error('calibration needs at least one input')
  const over = (ranges: readonly Range[]): Range => ({
    minimum: Math.min(...ranges.map(({ minimum }) => minimum)),
    maximum: Math.max(...ranges.map(({ maximum }) => maximum)),
  })
  const seen = inputs.map((input) => [input, ...inferFloat(graph, input)].map((values) => rangeOf(values)))
  const [input, ...layers] = [-1, ...graph.layers.keys()].map((place) =>
    over(seen.flatMap((ranges) => ranges[place + 1] ?? [])),
  )
  if (input === undefined) throw new Error('a graph has an input')
  return { input, layers }
}

/** Ranges of activations this many times as wide: what a calibration on unfit data leaves. The input keeps its own. */
export function widened({ input, layers }: Calibration, factor: number): Calibration {
  const wider = ({ minimum, maximum }: Range) => ({ minimum: minimum * factor, maximum: maximum * factor })
  return { input, layers: layers.map(wider) }
}

/** The network as a float32 .tflite file. */
export function convertToFloat32(graph: Graph, description: string): Uint8Array {
  return new Conversion(graph, undefined, {}).write(description)
}

/** The network as an int8 .tflite file, int8 at input and output unless asked otherwise: post-training quantisation. */
export function convertToInt8(
  graph: Graph,
  calibration: Calibration,
  description: string,
  options: QuantiseOptions = {},
): Uint8Array {
  return new Conversion(graph, calibration, options).write(description)
}

export interface ConvertOptions extends QuantiseOptions {
  readonly precision?: 'float32' | 'int8'
  /** How many of the calibration inputs are used, evenly spaced; all unless said. */
  readonly calibrationSize?: number
  /** Ranges already known, as quantisation-aware training leaves them: the inputs are then not looked at. */
  readonly ranges?: Calibration
  readonly description?: string
}

export interface Converted {
  readonly bytes: Uint8Array
  readonly graph: Graph
  /** What the activations' scales come from; undefined for float32. */
  readonly calibration: Calibration | undefined
}

/** A TensorFlow.js layers model as a .tflite file; `inputs` calibrate the activations. int8 unless said. */
export async function convertLayersModel(
  model: LayersModel,
  inputs: readonly Float32Array[],
  options: ConvertOptions = {},
): Promise<Converted> {
  return convertGraph(await graphOfLayers(model), inputs, { description: model.name, ...options })
}

export function convertGraph(
  graph: Graph,
  inputs: readonly Float32Array[],
  { precision = 'int8', calibrationSize, ranges, description = 'boardless', ...options }: ConvertOptions = {},
): Converted {
  if (precision === 'float32') {
    return { bytes: convertToFloat32(graph, description), graph, calibration: undefined }
  }
  const wanted = graph.inputShape.reduce((a, b) => a * b, 1)
  const odd = inputs.find(({ length }) => length !== wanted)
  if (odd !== undefined) {
    throw new UserError(`a calibration input has ${odd.length} values; the model takes ${wanted}`)
  }
  if (inputs.length === 0 && ranges === undefined)
    throw new UserError('int8 needs calibration inputs: give at least one recording')
  const calibration = ranges ?? calibrate(graph, evenly(inputs, calibrationSize ?? inputs.length))
  return { bytes: convertToInt8(graph, calibration, description, options), graph, calibration }
}

/** `count` of the items, evenly spaced. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (count >= items.length) return [...items]
  return Array.from({ length: Math.max(1, count) }, (_, index) => {
    return items[Math.floor((index * items.length) / Math.max(1, count))] as T
  })
}
