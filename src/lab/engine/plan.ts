/** Everything that a lab measures: each thing once, in groups, with what it is likely to cost. */
import type { Variant } from '../../model/experiment.ts'
import { fitDefaults } from '../../model/fit.ts'
import { tuneDefaults } from '../../model/tune.ts'
import { groupName, measurementKey, needsOf, taskName } from '../keys.ts'
import type { Measurement } from '../measurement.ts'
import type { LabContext, Technique } from '../technique.ts'

export interface Planned {
  readonly key: string
  readonly measurement: Measurement
}

/** What one thread does in one go. */
export interface Task {
  readonly name: string
  readonly measurements: readonly Planned[]
  /** Keys of what must be finished before. */
  readonly needs: readonly string[]
  /** Seconds of one core, roughly. */
  readonly cost: number
  /** Tasks of one such name compile the same libraries: the first is waited for. */
  readonly libraries: string | undefined
}

/** Measurements of the techniques that apply, and what they need, each once. */
export function planOf(techniques: readonly Technique[], context: LabContext): Planned[] {
  const planned = new Map<string, Planned>()
  const add = (measurement: Measurement): void => {
    const key = measurementKey(measurement)
    if (planned.has(key)) return
    needsOf(measurement).forEach(add)
    planned.set(key, { key, measurement })
  }
  for (const technique of techniques) {
    if (technique.applies(context) === null) technique.plan(context).forEach(add)
  }
  return [...planned.values()]
}

export function tasksOf(plan: readonly Planned[]): Task[] {
  const named = groupedBy(plan, taskName)
  return [...named].map(([name, measurements]) => ({
    name,
    measurements,
    needs: [...new Set(measurements.flatMap(({ measurement }) => needsOf(measurement).map(measurementKey)))],
    cost: costOf(measurements),
    libraries: measurements
      .map(({ measurement }) => librariesOf(measurement))
      .find((one) => one !== undefined),
  }))
}

function librariesOf(measurement: Measurement): string | undefined {
  if (measurement.kind === 'device') return `${measurement.kernels} ${measurement.optimise}`
  return measurement.kind === 'scenario' ? 'cmsis-nn -O2' : undefined
}

const scenarioSeconds = {
  'gesture-continuous': 40,
  'gesture-5hz': 8,
  'gesture-motion': 8,
  keyword: 15,
  'keyword-gated': 8,
} as const

/** Of measurements that share a training. */
export function costOf(measurements: readonly Planned[]): number {
  const first = measurements[0]?.measurement
  const trained = first?.kind === 'fold' || (first?.kind === 'model' && first.model.from === 'training')
  return measurements.reduce(
    (sum, { measurement }) => sum + changeCost(measurement),
    trained ? trainingCost(first) : 0,
  )
}

const trainingCost = (measurement: Measurement): number => {
  const { architecture, epochs = fitDefaults.epochs } = trainingOf(measurement)
  return epochsCost(architecture, epochs)
}

/** Converting and classifying, after training further where the variant says so. */
const tuningCost = ({ tune }: Variant, architecture: string): number =>
  0.3 + (tune === undefined ? 0 : epochsCost(architecture, tune.epochs ?? tuneDefaults.epochs))

function epochsCost(architecture: string, epochs: number): number {
  const [kind, size = '0'] = architecture.split('-')
  const epoch = kind === 'dense' ? 0.01 + Number(size) * 2e-7 : 0.03 + Number(size) * 2e-3
  return epochs * epoch
}

const trainingOf = (
  measurement: Measurement,
): { readonly architecture: string; readonly epochs?: number } => {
  if (measurement.kind === 'fold') return measurement
  if (measurement.kind === 'model' && measurement.model.from === 'training') return measurement.model
  return { architecture: '', epochs: 0 }
}

function changeCost(measurement: Measurement): number {
  switch (measurement.kind) {
    case 'fold':
      return tuningCost(measurement.variant, measurement.architecture)
    case 'model':
      return measurement.model.from === 'training'
        ? tuningCost(measurement.model.variant, measurement.model.architecture)
        : 0.3
    case 'given-accuracy':
      return 1
    case 'device':
      return 6
    case 'scenario':
      return scenarioSeconds[measurement.app] * (measurement.seconds / 60)
  }
}

/** The plan's groups, by name, in the plan's order. */
export const groupsOf = (plan: readonly Planned[]): ReadonlyMap<string, readonly Planned[]> =>
  groupedBy(plan, groupName)

function groupedBy(plan: readonly Planned[], name: (of: Measurement) => string): Map<string, Planned[]> {
  const groups = new Map<string, Planned[]>()
  for (const planned of plan) {
    const key = name(planned.measurement)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [planned])
    else group.push(planned)
  }
  return groups
}
