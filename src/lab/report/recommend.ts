import { join } from 'node:path'
import { count } from '../../../runs/report/show/format.ts'
import { numberText, quantityText, shellWord, valueText } from '../../../runs/lab-report/format.ts'
import type {
  Configuration,
  Criteria,
  LabReport,
  Quantity,
  Recommendation,
} from '../../../runs/lab-report/lab-report.ts'
import { measuredAs, type DeviceMeasurement } from '../measurement.ts'

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

const shown = (quantity: Quantity): string => quantityText(quantity, 'ascii')

/**
 * The smallest configuration on the frontier that is accurate and fast enough: least flash, then least RAM, then least
 * latency. Accuracies are compared by their values; latency by the upper end of its interval.
 */
export function recommend(
  configurations: readonly Configuration[],
  { maxLossPoints, maxLatencyMicroseconds }: Criteria,
  arenaOf: (device: DeviceMeasurement) => number,
  /** Name of the configuration that the user begins with; what is recommended is held beside it. */
  start?: string,
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
  const device = measuredAs(chosen)
  const limit =
    maxLatencyMicroseconds === null
      ? 'no limit of latency was given'
      : `the latency’s upper end is to be at most ${valueText({ value: maxLatencyMicroseconds, unit: 'us' }, 'ascii')}`
  const ties = configurations.filter((one) => points(one) === points(best)).length
  const first = configurations.find((one) => one.name === start)
  const untried = untriedWith(chosen, configurations)
  return {
    configuration: name,
    criteria: { accuracyLossPoints: maxLossPoints, latencyMicroseconds: maxLatencyMicroseconds },
    reasons: [
      `${count(configurations.length, 'configuration')} measured, ${frontier.length} of them on the frontier of accuracy, latency, flash and RAM; ` +
        `of these ${accurate.length} within ${maxLossPoints} ${maxLossPoints === 1 ? 'point' : 'points'} of the best measured, ${valueText(best.accuracy, 'ascii')} (${ties === 1 ? best.name : count(ties, 'configuration')}); ${limit}, which leaves ${fast.length}.`,
      `Of these it takes the least flash, then the least RAM, then the least latency: ${shown(flash)} of flash, ${shown(ram)} of RAM, ` +
        `${shown(latency)} for a window’s preprocessing and inference.`,
      `Its accuracy is ${shown(accuracy)}; losses are judged by these values, and intervals of as few recordings overlap: a loss of a point is not proven either way.`,
      ...(first === undefined || first === chosen ? [] : [versus(chosen, first)]),
      ...(second === undefined
        ? []
        : [`Next: ${second.name}, ${shown(second.flash)} of flash, ${valueText(second.accuracy, 'ascii')}.`]),
      ...(untried.length === 0
        ? []
        : [`One step from it and not measured, so not among these: ${untried.join(', ')}.`]),
    ],
    command: device === undefined ? '' : commandOf(device, arenaOf(device)),
  }
}

/** "1.60 times less flash", "1.30 times more RAM"; the same to two places is that. */
function times(before: number, after: number, less: string, more: string): string {
  const ratio = (of: number) => numberText(of, 'x', 'ascii')
  if (ratio(before / after) === ratio(1))
    return less === 'faster' ? 'as fast' : less.replace('less', 'as much')
  return before > after ? `${ratio(before / after)} times ${less}` : `${ratio(after / before)} times ${more}`
}

function versus(chosen: Configuration, first: Configuration): string {
  const [before, after] = [first, chosen]
  const gain = { value: after.accuracy.value - before.accuracy.value, unit: 'points' } as const
  return (
    `Beside where one begins, ${first.name}: ${times(before.flash.value, after.flash.value, 'less flash', 'more flash')}, ` +
    `${times(before.ram.value, after.ram.value, 'less RAM', 'more RAM')}, ` +
    `${times(before.latency.value, after.latency.value, 'faster', 'slower')}, accuracy ${valueText(gain, 'ascii', true)}.`
  )
}

const fields = ['preprocessing', 'optimise', 'kernels', 'input'] as const

/** Choices that other configurations have, and that were not measured with all else as it is chosen. */
function untriedWith(chosen: Configuration, configurations: readonly Configuration[]): readonly string[] {
  const optionsOf = (one: Configuration): Partial<Record<string, string>> => {
    const device = measuredAs(one)
    return device === undefined
      ? {}
      : {
          preprocessing: device.preprocessing,
          optimise: device.optimise,
          kernels: device.kernels,
          ...(device.model.from === 'training' && {
            input: device.model.input,
            network: device.model.architecture,
            variant: device.model.variant.name,
          }),
          resolver: device.resolver,
        }
  }
  const own = optionsOf(chosen)
  const all = configurations.map(optionsOf)
  return fields.flatMap((field) => {
    const values = [...new Set(all.flatMap((one) => one[field] ?? []))].filter(
      (value) => value !== own[field],
    )
    return values
      .filter((value) => {
        const wanted = Object.entries({ ...own, [field]: value })
        return !all.some((one) => wanted.every(([key, option]) => one[key] === option))
      })
      .map((value) => (field === 'input' ? value.replace('-', ' ') : `${field} ${value}`))
  })
}

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
