import { sha256Of } from '../bytes/host.ts'
import { UserError } from '../errors.ts'
import { TOOL_VERSION } from '../version.ts'
import type { RunReport } from '../report/run-report.ts'
import { figuresOf, type Figure, type FiguresSource } from './figures.ts'

/** The file that figures are kept in to be held against: one line a figure, so that a change of it reads as one. */
export interface Baseline {
  readonly schemaVersion: 1
  readonly kind: 'baseline'
  readonly targets: Readonly<Record<string, BaselineTarget>>
}

export interface BaselineTarget {
  readonly tool: string
  readonly board: string
  readonly timing: string
  /** SHA-256 of what moved and sounded; empty without. */
  readonly played: string
  readonly compiler: string
  readonly firmware: string
  /** In each figure's own unit. */
  readonly figures: Readonly<Record<string, number>>
}

/** What is too small to be worth a line, unless a budget names it. */
const LEAST_SHARE = 0.005
const LEAST_BYTES = 256

/** @param named figures that budgets are of */
export function baselineOf(source: FiguresSource, named: ReadonlySet<string>): BaselineTarget {
  const { report } = source
  const awake = report.run.cycles - report.run.sleepCycles
  const isWorth = ({ name, unit, value }: Figure): boolean => {
    if (named.has(name)) return true
    if (/^(section|symbol) /.test(name)) return value >= LEAST_BYTES
    if (/^(marker|latency of|interrupt|part|interpreter|seconds) ?|, (minimum|total|count)$/.test(name))
      return false
    if (name.startsWith('function ')) return unit === 'cycles' && value >= LEAST_SHARE * awake
    if (name.startsWith('reason ')) return !name.includes(' in ') && value >= LEAST_SHARE * awake
    return true
  }
  const figures = figuresOf(source).filter(isWorth)
  return {
    tool: TOOL_VERSION,
    board: report.board.name,
    timing: timingOf(report),
    played: playedOf(report),
    compiler: report.firmware.compiler,
    firmware: report.firmware.sha256.slice(0, 16),
    figures: Object.fromEntries(figures.map(({ name, value }) => [name, value])),
  }
}

/** The model's name with what its parameters come to. */
export function timingOf({ timing }: RunReport): string {
  const parameters = Object.entries(timing.parameters)
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
  return `${timing.model}, ${sha256Of(new TextEncoder().encode(parameters.join(' '))).slice(0, 8)}`
}

const playedOf = ({ recording, sound }: RunReport): string =>
  [recording?.sha256, sound?.sha256].flatMap((one) => (one ? [one.slice(0, 16)] : [])).join(' ')

/** Why figures of the two cannot be held against each other; undefined where they can. */
export function whyNotAlike(base: BaselineTarget, report: RunReport): string | undefined {
  if (base.board !== report.board.name) return `it is of ${base.board}, and this run of ${report.board.name}`
  if (base.timing !== timingOf(report))
    return `it was made by boardless ${base.tool} with another timing model, so that the same code costs other cycles`
  if (base.played !== playedOf(report))
    return 'it was played another recording, so that it may have done other work'
  return undefined
}

/** What a baseline's file holds. @throws UserError for what is none, and for one of another version */
export function parseBaseline(text: string, file: string): Baseline {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UserError(`${file}: is not JSON. Write it again: boardless check --update.`)
  }
  const found = value as Partial<Baseline> | null
  if (typeof found !== 'object' || found?.kind !== 'baseline')
    throw new UserError(`${file}: is no baseline. Write it again: boardless check --update.`)
  if ((found.schemaVersion as number | undefined) !== 1)
    throw new UserError(
      `${file}: is a baseline of version ${JSON.stringify(found.schemaVersion)}, and this tool reads version 1. Write it again: boardless check --update.`,
    )
  const { targets } = found
  if (typeof targets !== 'object' || !Object.values(targets).every(isTarget))
    throw new UserError(`${file}: is not whole. Write it again: boardless check --update.`)
  return { schemaVersion: 1, kind: 'baseline', targets }
}

const isTarget = (value: unknown): boolean => {
  const one = value as Partial<BaselineTarget> | null
  return (
    typeof one === 'object' &&
    one !== null &&
    [one.tool, one.board, one.timing, one.played, one.compiler, one.firmware].every(
      (text) => typeof text === 'string',
    ) &&
    typeof one.figures === 'object' &&
    Object.values(one.figures).every((figure) => Number.isFinite(figure))
  )
}

/** The same baseline as the same bytes: targets in alphabetical order. */
export function serialiseBaseline({ targets }: Baseline): string {
  const ordered = Object.fromEntries(Object.entries(targets).sort(([x], [y]) => (x < y ? -1 : 1)))
  return `${JSON.stringify({ schemaVersion: 1, kind: 'baseline', targets: ordered } satisfies Baseline, undefined, 2)}\n`
}

/** The baseline with what got better, and nothing that did not. @returns how many figures */
export function ratcheted(
  base: BaselineTarget,
  now: BaselineTarget,
  improved: ReadonlySet<string>,
): BaselineTarget {
  const figures = Object.fromEntries(
    Object.entries(base.figures).map(([name, value]) => [
      name,
      improved.has(name) ? (now.figures[name] ?? value) : value,
    ]),
  )
  return { ...base, figures }
}
