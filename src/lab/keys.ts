/** Names of measurements: for the cache, for people, and for what belongs together. */
import { contentKey } from '../model/experiment.ts'
import type { Measurement, ModelMeasurement, ModelSource } from './measurement.ts'

/** The same content in the same order, however it was written down. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]),
  )
}

export const keyOf = (content: unknown): string => contentKey(sorted(content))

export const measurementKey = (measurement: Measurement): string => keyOf(measurement)

/** What must be finished first. */
export function needsOf(measurement: Measurement): readonly ModelMeasurement[] {
  return measurement.kind === 'device' ? [{ kind: 'model', model: measurement.model }] : []
}

interface Training {
  readonly architecture: string
  readonly input: string
  readonly seed: number
  readonly epochs?: number
}

const training = ({ architecture, input, seed, epochs }: Training, split: string): string =>
  [architecture, input, `seed ${seed}`, epochs === undefined ? '' : `${epochs} epochs`, split]
    .filter((part) => part !== '' && part !== 'full')
    .join(', ')

function sourceName(source: ModelSource): string {
  switch (source.from) {
    case 'training':
      return training(source, 'held out')
    case 'file':
      return 'your model'
    case 'stock':
      return source.name
  }
}

/** Measurements of one task share a training, and are made one after the other in one thread. */
export function taskName(measurement: Measurement): string {
  switch (measurement.kind) {
    case 'fold':
      return training(measurement, `fold ${measurement.fold + 1} of ${measurement.folds}`)
    case 'model':
      return sourceName(measurement.model)
    case 'given-accuracy':
      return 'your model, accuracy'
    default:
      return describeMeasurement(measurement)
  }
}

/** Measurements of one group are made on one machine: what they share is made once. */
export function groupName(measurement: Measurement): string {
  return measurement.kind === 'device' ? sourceName(measurement.model) : taskName(measurement)
}

export function describeMeasurement(measurement: Measurement): string {
  switch (measurement.kind) {
    case 'fold':
      return `${taskName(measurement)}, ${measurement.variant.name}`
    case 'given-accuracy':
      return ['your model', measurement.model.variant?.name ?? 'as it is', 'accuracy'].join(', ')
    case 'model': {
      const variant = measurement.model.from === 'stock' ? undefined : measurement.model.variant?.name
      return [sourceName(measurement.model), variant].filter((part) => part !== undefined).join(', ')
    }
    case 'device': {
      const { app, kernels, resolver, optimise, preprocessing } = measurement
      const model = describeMeasurement({ kind: 'model', model: measurement.model })
      const loop = preprocessing === 'loop' ? [] : [preprocessing]
      return [model, `on the board: ${app}`, kernels, resolver, optimise, ...loop].join(', ')
    }
    case 'scenario':
      return `${measurement.app}, ${measurement.seconds} s`
  }
}
