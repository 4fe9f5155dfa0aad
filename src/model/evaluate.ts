/** How right a model is, and how sure that is. */
import type { Graph } from './infer/graph.ts'
import { argmax, inferFloat } from './infer/infer-float.ts'
import { inferQuantised } from './infer/infer-int8.ts'
import { quantiseActivations } from './infer/quantise.ts'
import { seededRandom } from './random.ts'
import { readModel } from './tflite/read.ts'
import { proportion } from './statistics.ts'
import type { TestWindow } from './data/windows.ts'

export type Classify = (input: Float32Array) => number

export const classifyFloat =
  (graph: Graph): Classify =>
  (input) =>
    argmax(inferFloat(graph, input).at(-1) ?? [])

/** An int8 .tflite file, int8 or float32 at its ends. */
export function classifyInt8(bytes: Uint8Array): Classify {
  const model = readModel(bytes)
  const quantisation = model.tensors[model.inputs[0] ?? -1]?.quantisation
  return (input) => {
    const given = quantisation === undefined ? input : quantiseActivations(input, quantisation)
    return argmax(inferQuantised(model, given).at(-1) ?? [])
  }
}

/** Windows of one recording in one run that were told right. */
export interface Outcome {
  readonly id: string
  readonly correct: number
  readonly total: number
}

export function outcomesOf(classify: Classify, windows: readonly TestWindow[]): Outcome[] {
  const outcomes = new Map<string, { id: string; correct: number; total: number }>()
  for (const { id, input, label } of windows) {
    const outcome = outcomes.get(id) ?? { id, correct: 0, total: 0 }
    outcomes.set(id, outcome)
    outcome.total++
    if (classify(input) === label) outcome.correct++
  }
  return [...outcomes.values()]
}

export interface Accuracy {
  readonly value: number
  readonly interval95: readonly [number, number]
  /**
   * bootstrap: recordings drawn anew, for windows of one recording and runs of one recording are not independent.
   * wilson, over recordings: where every window is right (or wrong), and drawing anew would show no doubt.
   */
  readonly method: 'bootstrap' | 'wilson'
  readonly recordings: number
  readonly windows: number
}

const draws = 2000
const bootstrapSeed = 95
const rounded = (value: number) => Number(value.toFixed(4))

/** Outcomes of all runs (folds and seeds) together; the same outcomes give the same interval. */
export function accuracyOf(outcomes: readonly Outcome[]): Accuracy {
  const shares = [...sharesById(outcomes).values()]
  const value = rounded(mean(shares))
  const windows = outcomes.reduce((sum, { total }) => sum + total, 0)
  const shared = { value, recordings: shares.length, windows }
  if (value === 0 || value === 1) {
    const { interval95 } = proportion(value * shares.length, shares.length)
    return { ...shared, interval95, method: 'wilson' }
  }
  return { ...shared, interval95: bootstrap(shares), method: 'bootstrap' }
}

export interface Difference {
  /** Accuracy of the second less that of the first. */
  readonly value: number
  readonly interval95: readonly [number, number]
  readonly recordings: number
}

/** Paired by recording. The interval of no difference in any recording is a point: see `recordings` then. */
export function differenceOf(first: readonly Outcome[], second: readonly Outcome[]): Difference {
  const [before, after] = [sharesById(first), sharesById(second)]
  const gains = [...before].map(([id, share]) => {
    const other = after.get(id)
    if (other === undefined) throw new Error(`recording ${id} was tested once only`)
    return other - share
  })
  return { value: rounded(mean(gains)), interval95: bootstrap(gains), recordings: gains.length }
}

function sharesById(outcomes: readonly Outcome[]): Map<string, number> {
  if (outcomes.length === 0) throw new Error('no outcomes')
  const sums = new Map<string, { correct: number; total: number }>()
  for (const { id, correct, total } of outcomes) {
    const sum = sums.get(id) ?? { correct: 0, total: 0 }
    sums.set(id, { correct: sum.correct + correct, total: sum.total + total })
  }
  return new Map([...sums].map(([id, { correct, total }]) => [id, correct / total]))
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** 2.5th and 97.5th percentile of the mean of as many values, drawn with replacement. */
function bootstrap(values: readonly number[]): readonly [number, number] {
  const random = seededRandom(bootstrapSeed)
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0
    for (let index = 0; index < values.length; index++)
      sum += values[Math.floor(random() * values.length)] ?? 0
    return sum / values.length
  }).sort()
  const at = (share: number) => rounded(means[Math.round(share * (draws - 1))] ?? 0)
  return [at(0.025), at(0.975)]
}
