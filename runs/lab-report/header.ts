import { count, duration, grouped } from '../report/show/format.ts'
import { numberText, printable, valueText, type Typography } from './format.ts'
import type { DesktopReport, LabHeader, Recommendation } from './lab-report.ts'

export type Fact = readonly [label: string, value: string]

/** Hardware, toolchain, data; lines of one value parted by newlines. */
export function headerFacts(of: LabHeader): readonly Fact[] {
  const { dataset } = of
  const parameters = Object.entries(of.timingParameters).map(([name, value]) => `${name}=${value}`)
  const labels = dataset.labels.map(printable).join(', ')
  const facts: readonly Fact[] = [
    ['chip', `${of.chip}, ${grouped(of.clockHz / 1e6) + ' MHz'}`],
    ['timing model', `${of.timingModel} (${parameters.join(', ')})`],
    ['compiler', `${of.compiler}\n${of.compilerFlags}`],
    ['libraries', of.libraries.join('\n')],
    ['windows', of.sensing],
    [
      'data',
      `${dataset.name}: ${count(dataset.recordings, 'recording')} of ${count(dataset.samples, 'sample')} of ` +
        `${dataset.channels.join(' ')}; sha256 ${dataset.sha256.slice(0, 16)}\nlabels ${labels}`,
    ],
    [
      'validation',
      `${count(of.folds, 'fold')}, ${of.seeds.length === 1 ? 'seed' : 'seeds'} ${of.seeds.join(' ')}` +
        (of.quick ? '; --quick: fewer of each than the whole lab takes' : ''),
    ],
    ['intervals', of.intervals.join('\n')],
  ]
  return facts.map(([label, value]) => [label, value.split('\n').map(printable).join('\n')])
}

/** "The smallest within 2 points of the best accuracy and 5 000 us". */
export const criteriaText = (
  { accuracyLossPoints: points, latencyMicroseconds: latency }: Recommendation['criteria'],
  typography: Typography = 'ascii',
): string =>
  `The smallest within ${numberText(points, '', typography)} ${points === 1 ? 'point' : 'points'} of the best ` +
  `accuracy${latency === null ? '' : ` and ${valueText({ value: latency, unit: 'us' }, typography)}`}`

/** "dense-10000, float32, on a desktop: 131.4 us, median of 300 (...); AMD EPYC, 2 cores." */
export function desktopTime({ machine, inference }: DesktopReport, typography: Typography): string {
  const us = (value: number): string => valueText({ value, unit: 'us' }, typography)
  const { medianMicroseconds, minimumMicroseconds, maximumMicroseconds, runs } = inference
  return printable(
    `${inference.model}, on the desktop: ${us(medianMicroseconds)} an inference, median of ${grouped(runs)} ` +
      `(${us(minimumMicroseconds)} to ${us(maximumMicroseconds)}); ${machine.processor}, ` +
      `${count(machine.cores, 'core')}, Node ${machine.node}, ${machine.tensorflow}.`,
  )
}

/** The machine that the lab ran on, and how long it took there. */
export function desktopFacts(
  { machine, inference, lab }: DesktopReport,
  typography: Typography,
): readonly Fact[] {
  const us = (value: number): string => valueText({ value, unit: 'us' }, typography)
  const facts: readonly Fact[] = [
    [
      'desktop',
      `${machine.processor}, ${count(machine.cores, 'core')}, ${(machine.memoryBytes / 2 ** 30).toFixed(1)} GB; ` +
        `${machine.system}; Node ${machine.node}; ${machine.tensorflow}\n` +
        `${inference.model}: ${us(inference.medianMicroseconds)}, median of ${grouped(inference.runs)} ` +
        `(${us(inference.minimumMicroseconds)} to ${us(inference.maximumMicroseconds)})`,
    ],
    [
      'the lab took',
      `${duration(lab.seconds)} for ${count(lab.measurements, 'measurement')}, ` +
        `${grouped(lab.fromCache)} of them from the cache`,
    ],
  ]
  return facts.map(([label, value]) => [label, value.split('\n').map(printable).join('\n')])
}
