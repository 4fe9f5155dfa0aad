/** How right a model is, and how sure that is. */
import type { Graph } from './infer/graph.ts'
import { argmax, inferFloat } from './infer/infer-float.ts'
import { inferQuantised } from './infer/infer-int8.ts'
import { quantiseActivations } from './infer/quantise.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { degreesOf, mean, studentT, varianceOfMean, wilson } from './statistics.ts'
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
  readonly recordings: number
  /** Trainings that each recording was tested with: seeds. */
  readonly runs: number
  readonly windows: number
}

const rounded = (value: number) => Number(value.toFixed(4))

/**
 * Accuracy over recordings and runs (seeds), with one interval for all values:
 *
 * Wilson's score interval (Wilson 1927; for small counts and shares near 1: Brown, Cai, DasGupta 2001, Statistical
 * Science 16, 101) on the mean share, with an effective number of cases as surveys in clusters have it (Korn, Graubard
 * 1998, Survey Methodology 24, 193). Windows of one recording, and runs of one, are not independent, so recordings are
 * the cases: their part of the variance is p (1 - p) / recordings, the most that shares of mean p can have. To it comes
 * the variance between runs, each drawn anew as well: n = p (1 - p) / (sum of both), and the quantile is Student's with
 * Satterthwaite's degrees of freedom, for runs are few. It is continuous in p, and with all windows right it is that of
 * as many recordings, all right.
 *
 * 12 made-up populations (shares of mean 80 to 99.5 %, windows alike within a recording by 0.2 to 0.9, runs 0 to 3
 * points apart), 60 recordings, 2 and 3 runs, 1500 draws: it covers the truth in 96 to 100 of 100; drawing recordings
 * anew (bootstrap) in 94 to 49, least near 100 %, where what is not seen cannot be drawn.
 */
export function accuracyOf(outcomes: readonly Outcome[]): Accuracy {
  const { byRecording, byRun } = sharesOf(outcomes)
  const recordings = byRecording.size
  const value = mean([...byRecording.values()])
  const spread = value * (1 - value)
  const runs = varianceOfMean(byRun)
  const parts = [
    { variance: spread / recordings, degrees: Infinity },
    { variance: runs, degrees: Math.max(1, byRun.length - 1) },
  ]
  const cases = runs > 0 ? spread / (spread / recordings + runs) : recordings
  const interval = runs > 0 ? wilson(value, cases, studentT(degreesOf(parts))) : wilson(value, recordings)
  return {
    value: rounded(value),
    interval95: [rounded(interval[0]), rounded(interval[1])],
    recordings,
    runs: byRun.length,
    windows: outcomes.reduce((sum, { total }) => sum + total, 0),
  }
}

export interface Difference {
  /** Accuracy of the second less that of the first. */
  readonly value: number
  readonly interval95: readonly [number, number]
  readonly recordings: number
}

/**
 * Paired by recording and run. No difference in any recording does not show that there is none: of 60, some 5 % may
 * differ unseen (the rule of three). So two recordings that nobody has seen are added, one that gains and one that
 * loses, as Bonett and Price do (2012, Journal of Educational and Behavioral Statistics 37, 479) for pairs of yes and
 * no. How much they do: the root mean square of what recordings that differ do, and of one that differs wholly. Then
 * Student's interval, with the variance between runs beside that between recordings, degrees of freedom as above.
 *
 * 14 made-up populations (up to 30 % of recordings differ, by 0.1 to 1, runs 0 to 3 points apart), 60 recordings, 2 and
 * 3 runs: it covers the truth in 95 to 100 of 100; drawing recordings anew in 94 to 43, and all of them as a point
 * where none differs.
 */
export function differenceOf(first: readonly Outcome[], second: readonly Outcome[]): Difference {
  const [before, after] = [sharesOf(first), sharesOf(second)]
  const gains = [...before.byRecording].map(([id, share]) => {
    const other = after.byRecording.get(id)
    if (other === undefined) throw new Error(`recording ${id} was tested once only`)
    return other - share
  })
  const byRun = before.byRun.length === after.byRun.length ? before.byRun : []
  const runs = varianceOfMean(byRun.map((share, run) => (after.byRun[run] ?? share) - share))
  const differing = gains.filter((gain) => Math.abs(gain) > 1e-9)
  const squares = differing.reduce((sum, gain) => sum + gain ** 2, 1)
  const unseen = Math.sqrt(squares / (differing.length + 1))
  const parts = [
    { variance: varianceOfMean([...gains, unseen, -unseen]), degrees: gains.length + 1 },
    { variance: runs, degrees: Math.max(1, byRun.length - 1) },
  ]
  const value = mean(gains)
  const variance = parts.reduce((sum, one) => sum + one.variance, 0)
  const half = studentT(degreesOf(parts)) * Math.sqrt(variance)
  return {
    value: rounded(value),
    interval95: [rounded(Math.max(-1, value - half)), rounded(Math.min(1, value + half))],
    recordings: gains.length,
  }
}

interface Shares {
  /** Of all runs together. */
  readonly byRecording: ReadonlyMap<string, number>
  /** Mean of all recordings. */
  readonly byRun: readonly number[]
}

/** Runs are one after the other: the nth outcome of a recording is that of the nth run. */
function sharesOf(outcomes: readonly Outcome[]): Shares {
  if (outcomes.length === 0) throw new Error('no outcomes')
  const tested = new Map<string, Outcome[]>()
  for (const outcome of outcomes) tested.set(outcome.id, [...(tested.get(outcome.id) ?? []), outcome])
  const share = (of: readonly Outcome[]) =>
    of.reduce((sum, { correct }) => sum + correct, 0) / of.reduce((sum, { total }) => sum + total, 0)
  const all = [...tested.values()]
  const runs = Math.min(...all.map(({ length }) => length))
  return {
    byRecording: new Map([...tested].map(([id, of]) => [id, share(of)])),
    byRun: Array.from({ length: runs }, (_, run) => mean(all.map((of) => share(of.slice(run, run + 1))))),
  }
}
