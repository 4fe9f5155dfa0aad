import type {
  ChargeReport,
  CoefficientReport,
  PartPowerReport,
  PowerReport,
} from '../../report/power-report.ts'
import type { RunReport } from '../../report/run-report.ts'
import type { CurrentChanges, UncertainPair } from '../comparison.ts'
import { byDifference } from '../pair.ts'

/** How much one coefficient was in use: its current is this times its value. */
interface Use {
  readonly key: string
  readonly part: string
  readonly group: 'chip' | 'board'
  /** Microamps on average as the coefficient is, at its lower and at its upper end. */
  readonly microamps: readonly [value: number, low: number, high: number]
  /** Value and ends of the coefficient. */
  readonly interval: string
}

/**
 * A coefficient is one quantity, of the same chip in both runs: where it is low in one, it is low in the other. So the
 * difference of each coefficient's share has the error of that difference alone, and ends of them all are added up.
 * Coefficients that differ between the runs are taken as independent.
 */
export function currentChanges(a: RunReport, b: RunReport): CurrentChanges | null {
  if (a.run.seconds === 0 || b.run.seconds === 0) return null
  const [first, second] = [usesOf(a), usesOf(b)]
  const groupOf = new Map([...a.power.parts, ...b.power.parts].map(({ part, group }) => [part, group]))
  const totalOf = (of: (use: Use) => boolean, x: number | undefined, y: number | undefined): UncertainPair =>
    summed(first.filter(of), second.filter(of), x, y)
  const partOf = ({ power }: RunReport, name: string): PartPowerReport | undefined =>
    power.parts.find(({ part }) => part === name)
  return {
    board: totalOf(() => true, a.power.board.averageMicroamps, b.power.board.averageMicroamps),
    chip: totalOf(
      ({ group }) => group === 'chip',
      a.power.chip.averageMicroamps,
      b.power.chip.averageMicroamps,
    ),
    parts: [...groupOf]
      .map(([part, group]) => ({
        part,
        group,
        ...totalOf(
          (use) => use.part === part,
          partOf(a, part)?.averageMicroamps,
          partOf(b, part)?.averageMicroamps,
        ),
      }))
      .sort(
        byDifference(
          ({ difference }) => difference,
          ({ part }) => part,
        ),
      ),
    phases: phases(a.power, b.power),
    battery: battery(a.power, b.power),
    otherCoefficients: otherCoefficients(first, second),
  }
}

function usesOf({ power, run }: RunReport): readonly Use[] {
  const rows = new Map(power.coefficients.map((row) => [keyOf(row.part, row.state, row.unit), row]))
  return power.parts.flatMap(({ part, group, states, events }) => {
    const use = (name: string, unit: CoefficientReport['unit'], charge: number, idle: number): Use => {
      const key = keyOf(part, name, unit)
      const row = rows.get(key)
      const at = (end: number): number =>
        (row && row.value > 0 ? (charge * end) / row.value : row ? end * idle : charge) / run.seconds
      return {
        key,
        part,
        group,
        microamps: [charge / run.seconds, at(row?.low ?? 1), at(row?.high ?? 1)],
        interval: row ? `${row.value} ${row.low} ${row.high}` : '',
      }
    }
    const secondsOf = (cycles: number): number => (run.seconds * cycles) / Math.max(run.cycles, 1)
    return [
      ...states.map(({ state, cycles, chargeMicrocoulombs }) =>
        // A coefficient of nothing has an upper end all the same: microamps times seconds.
        use(state, 'microamps', chargeMicrocoulombs, secondsOf(cycles)),
      ),
      ...events.map(({ event, count, chargeMicrocoulombs }) =>
        use(event, 'picocoulombs', chargeMicrocoulombs, count / 1e6),
      ),
    ]
  })
}

const keyOf = (part: string, name: string, unit: CoefficientReport['unit']): string =>
  `${part}, ${name}${unit === 'microamps' ? '' : ' (each)'}`

function summed(
  a: readonly Use[],
  b: readonly Use[],
  x: number | undefined,
  y: number | undefined,
): UncertainPair {
  const before = new Map(a.map((use) => [use.key, use]))
  const after = new Map(b.map((use) => [use.key, use]))
  let [low, high] = [0, 0]
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(key), after.get(key)]
    const [, lowA = 0, highA = 0] = one?.microamps ?? []
    const [, lowB = 0, highB = 0] = other?.microamps ?? []
    const isShared = !one || !other || one.interval === other.interval
    const ends = isShared ? [lowB - lowA, highB - highA] : [lowB - highA, highB - lowA]
    low += Math.min(...ends)
    high += Math.max(...ends)
  }
  return uncertain(x, y, low, high)
}

/** Sums of many charges are alike to so much of them; less is rounding, and no difference. */
const ROUNDING = 1e-9

/** The difference lies in its interval. */
function uncertain(
  a: number | null | undefined,
  b: number | null | undefined,
  low: number,
  high: number,
): UncertainPair {
  const least = ROUNDING * Math.max(Math.abs(a ?? 0), Math.abs(b ?? 0))
  const rounded = (one: number): number => (Math.abs(one) <= least ? 0 : one)
  const difference = rounded((b ?? 0) - (a ?? 0))
  const [from, to] = [Math.min(rounded(low), difference), Math.max(rounded(high), difference)]
  return {
    a: a ?? null,
    b: b ?? null,
    difference,
    low: from,
    high: to,
    isOpen: difference !== 0 && from < 0 && to > 0,
  }
}

/** Reports have no states by phase: two ends are known, that of all coefficients low and that of all high. */
function phases(a: PowerReport, b: PowerReport): CurrentChanges['phases'] {
  return [...new Set([...b.phases, ...a.phases].map(({ phase }) => phase))].map((phase) => {
    const [x, y] = [a, b].map((power) => {
      const found = power.phases.find((one) => one.phase === phase)
      return found && endsOfPass(found, found.passes)
    })
    const ends = ([1, 2] as const).map((end) => (y?.[end] ?? 0) - (x?.[end] ?? 0))
    return { phase, ...uncertain(x?.[0], y?.[0], Math.min(...ends), Math.max(...ends)) }
  })
}

function endsOfPass(
  { chargeMicrocoulombs, averageMicroamps, lowMicroamps, highMicroamps }: ChargeReport,
  passes: number,
): readonly [number, number, number] {
  const each = chargeMicrocoulombs / Math.max(passes, 1)
  const at = (microamps: number): number =>
    averageMicroamps === 0 ? each : (each * microamps) / averageMicroamps
  return [each, at(lowMicroamps), at(highMicroamps)]
}

function battery({ battery: a }: PowerReport, { battery: b }: PowerReport): CurrentChanges['battery'] {
  if (!a || a.cell !== b?.cell) return null
  const ends = [b.lowHours - a.lowHours, b.highHours - a.highHours]
  return { cell: b.cell, ...uncertain(a.hours, b.hours, Math.min(...ends), Math.max(...ends)) }
}

function otherCoefficients(a: readonly Use[], b: readonly Use[]): readonly string[] {
  const before = new Map(a.map(({ key, interval }) => [key, interval]))
  return b
    .filter(({ key, interval }) => before.has(key) && before.get(key) !== interval)
    .map(({ key }) => key)
    .sort()
}
