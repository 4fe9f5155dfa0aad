import type { DetailTable, TechniqueId } from '../../../runs/lab-report/lab-report.ts'
import type { LabContext } from '../technique.ts'

export const headOf = (context: LabContext, id: TechniqueId, row: number, title: string) => ({
  id,
  row,
  title,
  command: `${context.command} --only ${id}`,
})

/** "model", "#bytes": a column of numbers begins with #. */
export const columns = (...titles: readonly string[]): DetailTable['columns'] =>
  titles.map((title) => ({ title: title.replace(/^#/, ''), number: title.startsWith('#') }))

/** For rows whose networks are trained anew. */
export const needsTraining = ({ given }: LabContext): string | null =>
  given === null
    ? null
    : 'needs a network that is trained anew; a given file is as it is. Leave out --model to train one on your recordings.'

export const needsFloat = ({ given }: LabContext): string | null =>
  given?.precision === 'int8'
    ? 'the given model is int8 already. Give the float32 model that it was made from.'
    : null

export const seedsOf = ({ seeds }: LabContext): string =>
  `seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}`

export const betweenSeeds = ({ seeds }: LabContext): string =>
  seeds.length > 1 ? 'with what differs between seeds added' : 'of this seed alone'

/** For differences of accuracy. */
export const unseenDifferences =
  'Differences of accuracy: paired by recording and seed, 95 %. None seen does not mean none: 60 recordings without any difference still leave some 5 points either way.'

export const pairedIntervals =
  'Ratios of latency: both sides at the same timing setting, from the least to the most over all settings that were run.'
