import { join } from 'node:path'
import { count } from '../../report/format.ts'
import { shellWord } from '../format.ts'
import type { Configuration, LabReport, Recommendation } from '../lab-report.ts'
import type { DeviceMeasurement } from '../measurement.ts'

export interface Criteria {
  readonly maxLossPoints: number
  readonly maxLatencyMicroseconds: number | null
}

type Measured = Omit<Configuration, 'frontier'>

const points = ({ accuracy }: Measured): number => accuracy.value
const costs = ({ latency, flash, ram }: Measured): readonly number[] => [
  latency.value,
  flash.value,
  ram.value,
]

/** Each configuration once, marked where no other is as good in everything and better in something. */
export function withFrontier(measured: readonly Measured[]): Configuration[] {
  const unique = measured.filter(
    ({ name }, index) => measured.findIndex((one) => one.name === name) === index,
  )
  const beats = (one: Measured, other: Measured): boolean => {
    const [a, b] = [costs(one), costs(other)]
    const asGood = points(one) >= points(other) && a.every((cost, index) => cost <= (b[index] ?? 0))
    return asGood && (points(one) > points(other) || a.some((cost, index) => cost < (b[index] ?? 0)))
  }
  return unique.map((one) => ({ ...one, frontier: !unique.some((other) => beats(other, one)) }))
}

const digits = (value: number, count: number): string => value.toFixed(count)
const kilobytes = (bytes: number): string => `${digits(bytes / 1024, 1)} KiB`
const between = (interval: readonly [number, number] | null, unit: string): string =>
  interval === null ? '' : ` (${digits(interval[0], 1)} to ${digits(interval[1], 1)}${unit})`

/**
 * The smallest configuration on the frontier that is accurate and fast enough: least flash, then least RAM, then least
 * latency. Accuracies are compared by their values; latency by the upper end of its interval.
 */
export function recommend(
  configurations: readonly Configuration[],
  { maxLossPoints, maxLatencyMicroseconds }: Criteria,
  arenaOf: (device: DeviceMeasurement) => number,
): Recommendation | null {
  const frontier = configurations.filter((one) => one.frontier)
  const [best] = [...frontier].sort((a, b) => points(b) - points(a))
  if (best === undefined) return null
  const accurate = frontier.filter((one) => points(one) >= points(best) - maxLossPoints - 1e-9)
  const upper = ({ latency }: Configuration): number => latency.interval?.[1] ?? latency.value
  const fast = accurate.filter(
    (one) => maxLatencyMicroseconds === null || upper(one) <= maxLatencyMicroseconds,
  )
  const [chosen, second] = [...fast].sort(
    (a, b) => a.flash.value - b.flash.value || a.ram.value - b.ram.value || a.latency.value - b.latency.value,
  )
  if (chosen === undefined) return null
  const { name, accuracy, latency, flash, ram } = chosen
  const limit =
    maxLatencyMicroseconds === null
      ? 'no limit of latency was given'
      : `the latency’s upper end is to be at most ${maxLatencyMicroseconds} us`
  const saved = best === chosen ? [] : [versus(chosen, best)]
  return {
    configuration: name,
    criteria: { accuracyLossPoints: maxLossPoints, latencyMicroseconds: maxLatencyMicroseconds },
    reasons: [
      `${count(configurations.length, 'configuration')} measured, ${frontier.length} of them on the frontier of accuracy, latency, flash and RAM; ` +
        `of these ${accurate.length} within ${maxLossPoints} ${maxLossPoints === 1 ? 'point' : 'points'} of the best measured, ${digits(points(best), 1)} % (${best.name}); ${limit}, which leaves ${fast.length}.`,
      `Of these it takes the least flash, then the least RAM, then the least latency: ${kilobytes(flash.value)} of flash, ${kilobytes(ram.value)} of RAM, ` +
        `${digits(latency.value, 0)} us${between(latency.interval, '')} for a window’s preprocessing and inference.`,
      `Its accuracy is ${digits(accuracy.value, 1)} %${between(accuracy.interval, ' %')}; losses are judged by these values, and intervals of as few recordings overlap: a loss of a point is not proven either way.`,
      ...saved,
      ...(second === undefined
        ? []
        : [
            `Next: ${second.name}, ${kilobytes(second.flash.value)} of flash, ${digits(second.accuracy.value, 1)} %.`,
          ]),
    ],
    command: chosen.device === undefined ? '' : commandOf(chosen.device, arenaOf(chosen.device)),
  }
}

const versus = (chosen: Configuration, best: Configuration): string =>
  `Beside ${best.name}: ${digits(best.flash.value / chosen.flash.value, 2)} times less flash, ` +
  `${digits(best.ram.value / chosen.ram.value, 2)} times less RAM, ${digits(best.latency.value / chosen.latency.value, 2)} times the speed.`

/** The lab writes the model beside its report; the command names it as from there. */
export const recommendedModel = 'recommended/model.tflite'
export const recommendedMetadata = 'recommended/metadata.json'

/** The report as it is shown where the lab was called, with its files in `folder`. */
export function shownWith(report: LabReport, folder: string): LabReport {
  const { recommendation } = report
  if (recommendation === null) return report
  const model = shellWord(join(folder, recommendedModel))
  const command = recommendation.command.replace(`--model ${recommendedModel}`, () => `--model ${model}`)
  return { ...report, recommendation: { ...recommendation, command } }
}

function commandOf(device: DeviceMeasurement, arenaBytes: number): string {
  const { app, kernels, resolver, optimise, preprocessing } = device
  const options = [
    `--model ${recommendedModel}`,
    `--kernels ${kernels}`,
    `--resolver ${resolver}`,
    `--optimise ${optimise.slice(1)}`,
    `--arena ${arenaBytes}`,
    ...(preprocessing === 'loop' ? [] : [`--preprocess ${preprocessing}`]),
  ]
  return `boardless build ${app} ${options.join(' ')}`
}
