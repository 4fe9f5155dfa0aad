/** The columns that a motion sensor feels. */
import { columnsOption } from './choices.ts'
import { named } from './found.ts'
import { medianMagnitude, unitByGravity } from './gravity.ts'
import { AXES, ColumnTrouble, KINDS, choosesChannels, exampleOf, referable } from './planned.ts'
import type { Motion, PlanOptions, PlannedChannel } from './planned.ts'
import { readTitle } from './titles.ts'
import { KIND_UNITS, factorOf, unitsOf } from './units.ts'
import type { Kind } from './units.ts'

/** What a motion sensor feels: of each kind all three axes, in units that are known. */
export function sensors(
  titles: readonly string[],
  motion: readonly Motion[],
  head: readonly (readonly number[])[],
  options: PlanOptions,
): { readonly channels: readonly PlannedChannel[]; readonly notes: readonly string[] } {
  const notes: string[] = []
  const namesAreOf = options.axesAre !== undefined // the file's name has said which sensor its x, y and z are of
  const candidates =
    namesAreOf || motion.some(({ kind }) => kind === 'a')
      ? motion
      : [...motion, ...namelessAxes(titles, options)]
  const channels = KINDS.flatMap((kind): PlannedChannel[] => {
    const axes = axesOf(kind, candidates)
    if (axes === undefined) return []
    const unit = commonUnit(axes, titles)
    const taken = unit ?? guessed(kind, axes, head, titles, notes)
    if (taken === undefined) return []
    return axes.map((one) => ({
      at: one.at,
      title: one.title,
      name: `${kind}${one.axis}`,
      unit: KIND_UNITS[kind],
      factor: factorOf(one.unit ?? taken),
    }))
  })
  if (channels.length === 0)
    throw new ColumnTrouble('no column of acceleration or rotation', exampleOf(titles))
  return { channels, notes }
}

const namelessAxes = (titles: readonly string[], { columns }: PlanOptions): readonly Motion[] =>
  choosesChannels(columns)
    ? []
    : titles.flatMap((title, at): Motion[] => {
        const read = readTitle(title)
        return read.is === 'axis' ? [{ at, title, kind: 'a', axis: read.axis, unit: undefined, rank: 0 }] : []
      })

/** The whole set of the smallest rank; undefined where there is nothing of the kind. @throws ColumnTrouble */
function axesOf(kind: Kind, motion: readonly Motion[]): readonly Motion[] | undefined {
  const own = motion.filter((one) => one.kind === kind)
  const ranks = [...new Set(own.map(({ rank }) => rank))].sort((a, b) => a - b)
  for (const rank of ranks) {
    const set = own.filter((one) => one.rank === rank)
    checkTwins(set)
    const axes = AXES.flatMap((axis) => set.find((one) => one.axis === axis) ?? [])
    if (axes.length === AXES.length) return axes
  }
  if (own.length === 0) return undefined
  const missing = AXES.find((axis) => !own.some((one) => one.axis === axis)) ?? 'x'
  const like = own[0]?.unit ?? KIND_UNITS[kind]
  throw new ColumnTrouble(
    `no column ${kind}${missing}_${like}`,
    `all three axes are needed, or --columns ${kind}${missing}_${like}=COLUMN beside the others`,
  )
}

function checkTwins(set: readonly Motion[]): void {
  const twin = set.find(
    (one, at) => set.findIndex(({ axis, kind }) => axis === one.axis && kind === one.kind) < at,
  )
  if (twin === undefined) return
  throw new ColumnTrouble(
    `column "${named(twin.title)}": ${twin.kind}${twin.axis} is there twice`,
    `choose one with --columns ${twin.kind}${twin.axis}_${twin.unit ?? KIND_UNITS[twin.kind]}=COLUMN and the others`,
  )
}

/** undefined where none says its unit. @throws ColumnTrouble where some do */
function commonUnit(axes: readonly Motion[], titles: readonly string[]): string | undefined {
  const silent = axes.filter(({ unit }) => unit === undefined)
  if (silent.length === 0) return axes[0]?.unit
  if (silent.length === axes.length) return undefined
  const [{ kind, axis, title }] = silent as [Motion]
  const use = unitsOf(kind).map((unit) => `${kind}${axis}_${unit}`)
  throw new ColumnTrouble(
    `unit of "${named(title)}" is not known`,
    `use ${use.join(' or ')}; or ${exampleOf(titles)}`,
  )
}

/** The unit of an acceleration shows by gravity where that is in it; that of rotation by nothing. @throws ColumnTrouble */
function guessed(
  kind: Kind,
  axes: readonly Motion[],
  head: readonly (readonly number[])[],
  titles: readonly string[],
  notes: string[],
): string | undefined {
  if (kind === 'm') return undefined
  const titled = axes.map(({ title }) => named(title)).join(', ')
  const rows = head.map((row) => axes.map(({ at }) => row[at] ?? NaN))
  const unit = kind === 'a' ? unitByGravity(rows) : undefined
  const choices = axes.map(({ axis, title, at }) => ({
    as: `${kind}${axis}_${unitsOf(kind)[0] ?? ''}`,
    of: referable(title, at),
  }))
  if (unit === undefined)
    throw new ColumnTrouble(
      `${titled} do not say their unit${kind === 'a' ? ', and do not show it by gravity' : ''}`,
      `say it, such as ${columnsOption(choices)} (or ${unitsOf(kind)
        .slice(1)
        .map((one) => `${kind}x_${one}`)
        .join(', ')})`,
    )
  notes.push(
    `${titled} do not say their unit: taken as ${unit === 'ms2' ? 'm/s2' : unit}, as the middle half of the first ` +
      `${rows.length} magnitudes lies around ${medianMagnitude(rows).toPrecision(3)}; ${columnsOption(choices.map(({ as, of }) => ({ as: `${as.slice(0, 2)}_${unit}`, of })))} says so`,
  )
  return unit
}
