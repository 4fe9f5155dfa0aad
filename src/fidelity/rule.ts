import type { SourceName } from '../../runs/open-parameters/sources.ts'

/** How sure the model can be of a rule. */
export type Status =
  /** A manual or a measurement says it, and the model must meet it. */
  | 'exact'
  /** Published parts put together by us, or a figure whose circumstances are not fully known. */
  | 'assumed'
  /** Not published, or published in ways that contradict each other: a board must say. */
  | 'open'

/** One published figure: cycles of one body, or the lowest and highest that the source allows. */
export interface Claim {
  readonly cycles: number | readonly [lowest: number, highest: number]
  readonly source: SourceName
}

/** What is known about one kernel of `firmware/microbench`. */
export interface Rule {
  readonly kernel: string
  /** The rule in words, with the instructions. */
  readonly what: string
  readonly status: Status
  /** The one that the model follows first. */
  readonly published: readonly Claim[]
  /** Cycles of the first or last body that the figure for one body does not have. */
  readonly edgeCycles: number
  /** Another kernel whose cycles are taken off. */
  readonly minus?: string
  /** What in the model was chosen because it meets this figure. */
  readonly fitted?: string
  readonly note?: string
}

export type Detail = Partial<Pick<Rule, 'edgeCycles' | 'minus' | 'fitted' | 'note'>>

export interface RuleGroup {
  readonly name: string
  readonly rules: readonly Rule[]
}

const rule = (
  kernel: string,
  what: string,
  status: Status,
  published: readonly Claim[],
  detail: Detail = {},
): Rule => ({ kernel, what, status, published, edgeCycles: 0, ...detail })

type Figure = Claim['cycles']

export const exact = (
  kernel: string,
  what: string,
  cycles: Figure,
  source: SourceName,
  detail?: Detail,
): Rule => rule(kernel, what, 'exact', [{ cycles, source }], detail)

export const assumed = (
  kernel: string,
  what: string,
  cycles: Figure,
  source: SourceName,
  detail?: Detail,
): Rule => rule(kernel, what, 'assumed', [{ cycles, source }], detail)

/** Sources that do not agree, or none. */
export const open = (
  kernel: string,
  what: string,
  claims: readonly (readonly [Figure, SourceName])[],
  detail?: Detail,
): Rule =>
  rule(
    kernel,
    what,
    'open',
    claims.map(([cycles, source]) => ({ cycles, source })),
    detail,
  )

/** Like `exact`, with others that contradict it. */
export const disputed = (
  kernel: string,
  what: string,
  claims: readonly (readonly [Figure, SourceName])[],
  detail?: Detail,
): Rule => ({ ...open(kernel, what, claims, detail), status: 'assumed' })

/** Whether the sources exclude each other. */
export function contradicts({ published }: Rule): boolean {
  const ranges = published.map(({ cycles }) => (typeof cycles === 'number' ? [cycles, cycles] : cycles))
  const lowest = Math.max(...ranges.map(([low = 0]) => low))
  const highest = Math.min(...ranges.map(([, high = 0]) => high))
  return published.length > 1 && lowest > highest
}
