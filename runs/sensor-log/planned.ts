/** What becomes of the columns of a recording, and what is said where they do not do. */
import { columnsOption } from './choices.ts'
import type { ColumnChoice, LogChoices } from './choices.ts'
import { readTitle } from './titles.ts'
import type { Axis } from './titles.ts'
import type { Kind } from './units.ts'

export interface PlannedChannel {
  readonly at: number
  readonly title: string
  /** ax to mz, a surrounding such as temperature, or the title of another. */
  readonly name: string
  /** g, dps, gauss or that of a surrounding, or empty for what stays as it was recorded. */
  readonly unit: string
  readonly factor: number
}

export interface PlannedTime {
  readonly at: number
  readonly title: string
  /** Suffix of units.ts; undefined where the title does not say. */
  readonly unit: string | undefined
}

export interface Plan {
  /** The first of them that can be read is taken. */
  readonly times: readonly PlannedTime[]
  readonly label: number | undefined
  readonly channels: readonly PlannedChannel[]
  readonly notes: readonly string[]
}

export interface PlanOptions extends LogChoices {
  /** motion: what a motion sensor feels, in g, dps and gauss. all: every column that has numbers. */
  readonly keep: 'motion' | 'all'
  /** Values stay in the units of their columns, which keep their titles. */
  readonly asRecorded?: boolean | undefined
  /** What titles that are x, y and z alone are of. */
  readonly axesAre?: { readonly kind: Kind; readonly unit: string | undefined } | undefined
}

/** A recording whose columns do not do: what is wrong, and what would do. */
export class ColumnTrouble extends Error {
  constructor(
    message: string,
    readonly advice: string,
  ) {
    super(message)
  }
}
export interface Motion {
  readonly at: number
  readonly title: string
  readonly kind: Kind
  readonly axis: Axis
  readonly unit: string | undefined
  readonly rank: number
}

export const KINDS: readonly Kind[] = ['a', 'g', 'm']
export const AXES: readonly Axis[] = ['x', 'y', 'z']

/** Not the time or the label alone. */
export const choosesChannels = (columns: readonly ColumnChoice[] | undefined): boolean =>
  columns?.some(({ as }) => !['time', 'label'].includes(readTitle(as).is)) ?? false

/** A title as --columns takes it. */
export const referable = (title: string, at: number): string =>
  title.trim() === '' || /[,=]/.test(title) ? `col${at + 1}` : title.trim()

/** What the user could say of these columns: the likeliest three. */
export function exampleOf(titles: readonly string[]): string {
  const columns = titles.map((title, at) => ({ at, title, read: readTitle(title) }))
  const likely = columns.filter(
    ({ read }) => read.is === 'axis' || (read.is === 'motion' && read.kind === 'a'),
  )
  const others = columns.filter(({ read }) => read.is === 'other')
  const three = [...likely, ...others].slice(0, 3)
  const choices = three.map(({ at, title }, n) => ({ as: `a${AXES[n] ?? 'x'}_g`, of: referable(title, at) }))
  return choices.length < 3
    ? 'a recording has columns such as time_s, ax_g, ay_g, az_g'
    : `say which are which, such as ${columnsOption(choices)}`
}
