import { Conversion, type QuantiseOptions } from './conversion.ts'
import type { Graph } from './graph.ts'
import { inferFloat } from './infer-float.ts'
import { rangeOf, type Range } from './quantise.ts'

export type { QuantiseOptions } from './conversion.ts'

/** Input range, then that of every layer's output, over all the examples. */
export interface Calibration {
  readonly input: Range
  readonly layers: readonly Range[]
}

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
