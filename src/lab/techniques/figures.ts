/** Quantities out of measurements, with what is known of their errors. */
import { accuracyOf, differenceOf, type Outcome } from '../../model/evaluate.ts'
import type { Comparison, Quantity, Unit } from '../../../runs/lab-report/lab-report.ts'
import type { DeviceResult, Latency } from '../measurement.ts'

export const exact = (value: number, unit: Unit): Quantity => ({ value, unit, interval: null })

export const bytes = (value: number): Quantity => exact(value, 'B')

/** Enough digits to read, none that are noise of the division. */
const rounded = (value: number) => Number(value.toPrecision(7))

export const microseconds = (latency: Latency, clockHz: number): Quantity => {
  const us = (cycles: number) => rounded((cycles * 1e6) / clockHz)
  return {
    value: us(latency.cycles),
    unit: 'us',
    interval: [us(latency.interval[0]), us(latency.interval[1])],
  }
}

export const cycles = ({ cycles: value, interval }: Latency): Quantity => ({
  value,
  unit: 'cycles',
  interval,
})

export const cyclesPerMac = (latency: Latency & { readonly macs: number | null }): Quantity | null =>
  latency.macs === null || latency.macs === 0
    ? null
    : {
        value: rounded(latency.cycles / latency.macs),
        unit: 'cycles/MAC',
        interval: [rounded(latency.interval[0] / latency.macs), rounded(latency.interval[1] / latency.macs)],
      }

/** Sum of latencies: its settings add up one by one, and so do the ends of its interval, which is then no wider. */
export function sumOf(name: string, latencies: readonly Latency[]): Latency {
  const add = (of: (latency: Latency) => number) => latencies.reduce((sum, one) => sum + of(one), 0)
  const settings = latencies.length === 0 ? 0 : Math.min(...latencies.map((one) => one.settings.length))
  return {
    name,
    cycles: add((one) => one.cycles),
    interval: [add((one) => one.interval[0]), add((one) => one.interval[1])],
    settings: Array.from({ length: settings }, (_, at) => add((one) => one.settings[at] ?? 0)),
  }
}

/**
 * How many times as fast: at the model's own timing, and from the least to the most of it at every setting of the
 * open parameters. Both sides run at the same setting, so what moves both alike leaves no doubt in the ratio.
 */
export function timesFaster(before: Latency, after: Latency): Quantity {
  const paired = before.settings.length === after.settings.length && before.settings.length > 0
  const [b, a] = paired ? [before.settings, after.settings] : [before.interval, after.interval]
  const ratios = [before.cycles / after.cycles, ...b.map((cyclesBefore, at) => cyclesBefore / (a[at] ?? NaN))]
  return {
    value: rounded(ratios[0] ?? NaN),
    unit: 'x',
    interval: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
  }
}

export const timesSmaller = (before: number, after: number): Quantity => exact(rounded(before / after), 'x')

const hundredth = (value: number) => Number((100 * value).toFixed(2))

export function accuracy(outcomes: readonly Outcome[]): Quantity {
  const { value, interval95 } = accuracyOf(outcomes)
  return {
    value: hundredth(value),
    unit: '%',
    interval: [hundredth(interval95[0]), hundredth(interval95[1])],
  }
}

/** Accuracy after less accuracy before, paired by recording. */
export function accuracyGain(before: readonly Outcome[], after: readonly Outcome[]): Quantity {
  const { value, interval95 } = differenceOf(before, after)
  return {
    value: hundredth(value),
    unit: 'points',
    interval: [hundredth(interval95[0]), hundredth(interval95[1])],
  }
}

/** Static RAM, the smallest arena, and the stack's high water. */
export const ramBytes = ({ staticRamBytes, arenaBytes, stackBytes }: DeviceResult): number =>
  staticRamBytes + arenaBytes + stackBytes

export const phase = ({ phases }: DeviceResult, name: string): Latency | undefined =>
  phases.find((one) => one.name === name)

/** Preprocessing and inference of one window; inference alone where the firmware does no preprocessing. */
export function windowLatency(device: DeviceResult): Latency {
  const preprocess = phase(device, 'preprocess')
  return preprocess === undefined
    ? device.inference
    : sumOf('window', [preprocess, phase(device, 'inference') ?? device.inference])
}

interface Named {
  readonly case: string
  readonly metric: string
  readonly main?: boolean
}

export const compareLatency = (
  { main = false, ...named }: Named,
  before: Latency,
  after: Latency,
  clockHz: number,
): Comparison => ({
  ...named,
  before: microseconds(before, clockHz),
  after: microseconds(after, clockHz),
  ratio: timesFaster(before, after),
  difference: null,
  main,
})

export const compareBytes = (
  { main = false, ...named }: Named,
  before: number,
  after: number,
): Comparison => ({
  ...named,
  before: bytes(before),
  after: bytes(after),
  ratio: timesSmaller(before, after),
  difference: null,
  main,
})

export const compareAccuracy = (
  { main = false, ...named }: Named,
  before: readonly Outcome[],
  after: readonly Outcome[],
): Comparison => ({
  ...named,
  before: accuracy(before),
  after: accuracy(after),
  ratio: null,
  difference: accuracyGain(before, after),
  main,
})
