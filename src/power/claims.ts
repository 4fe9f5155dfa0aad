import { CURRENTS } from '../../emulator/power/currents.ts'
import type { PowerReport } from '../../runs/report/power-report.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { asWritten, finding, verdictOf, type Range, type Verdict } from '../../runs/verdict.ts'

/** What is said in public of an app's current, and what the modelled board makes of it. */
export interface ClaimResult {
  readonly claim: string
  readonly published: string
  readonly ours: string
  readonly verdict: Verdict
  readonly why: string
}

export interface ScenarioResult {
  readonly name: string
  readonly report: RunReport
}

const milliamps = (microamps: number): string => {
  const value = microamps / 1000
  return value >= 9.95 ? value.toFixed(0) : value >= 0.995 ? value.toFixed(1) : value.toFixed(2)
}
const times = (ratio: number): string => (ratio >= 9.95 ? ratio.toFixed(0) : ratio.toFixed(1))

/** Claims whose apps are among the results. */
export function judgeClaims(results: readonly ScenarioResult[]): readonly ClaimResult[] {
  const power = (name: string): PowerReport | undefined =>
    results.find((one) => one.name === name)?.report.power
  const [continuous, fiveHz] = [power('gesture-continuous'), power('gesture-5hz')]
  const [always, gated] = [power('keyword'), power('keyword-gated')]
  return [
    ...(continuous ? [average('gesture recognition all the time', 22, continuous, atTheSupply)] : []),
    ...(fiveHz ? [average('gesture recognition at 5 Hz, asleep between', 4, fiveHz, inNormalMode)] : []),
    ...(continuous && fiveHz
      ? [ratio('5 Hz instead of all the time', 'board', [4, 7], '22 to 4 mA: 5.5', continuous, fiveHz)]
      : []),
    ...(always && gated
      ? (['board', 'chip'] as const).map((group) =>
          ratio(`keyword behind an energy detector, ${group}`, group, [10, 20], '10 to 20', always, gated),
        )
      : []),
  ]
}

/**
 * @param known what bears upon a difference
 */
function average(
  claim: string,
  publishedMilliamps: number,
  power: PowerReport,
  known: (power: PowerReport) => string,
): ClaimResult {
  const published = asWritten(String(publishedMilliamps), 1000)
  const { averageMicroamps, lowMicroamps, highMicroamps } = power.board
  const verdict = verdictOn(averageMicroamps, [lowMicroamps, highMicroamps], published)
  return {
    claim,
    published: `${publishedMilliamps} mA, board`,
    ours: `${milliamps(averageMicroamps)} mA (${milliamps(lowMicroamps)} to ${milliamps(highMicroamps)})`,
    verdict,
    why: `ours is ${largest(power.parts)}${verdict === 'holds' ? '' : `; ${known(power)}`}`,
  }
}

/** What two decimals of a milliamp show. */
const LEAST_MICROAMPS = 5

const verdictOn = (value: number, interval: readonly [number, number], published: Range): Verdict =>
  verdictOf([finding({ value, interval }, published)])

const largest = (parts: PowerReport['parts']): string =>
  parts
    .slice(0, 4)
    .filter(({ averageMicroamps }) => averageMicroamps >= LEAST_MICROAMPS)
    .map(({ part, averageMicroamps }) => `${part} ${milliamps(averageMicroamps)} mA`)
    .join(', ')

/** Where and with which sketch the figure was measured is not said with it. */
const atTheSupply = ({ feeds }: PowerReport): string =>
  [
    'where the 22 mA flow, and with which firmware, is not published with them, and Arduino leaves the board’s ' +
      'consumption open (ABX00031 data sheet: TBC); a user read 16 mA at the supply of a Nano 33 BLE (Arduino forum 659190)',
    ...feeds
      .filter(({ volts }) => volts === 5)
      .map(
        ({ feed, averageMicroamps, lowMicroamps, highMicroamps }) =>
          `at ${feed}, ours takes ${milliamps(averageMicroamps)} mA ` +
          `(${milliamps(lowMicroamps)} to ${milliamps(highMicroamps)})`,
      ),
  ].join('; ')

/** Ours with the sensor as Arduino's library leaves it, by the coefficient of that mode. */
function inNormalMode({ board, parts }: PowerReport): string {
  const name = 'LSM9DS1 inertial'
  const normal = CURRENTS.parts[name]?.states['gyroscope']?.microamps ?? 0
  const sensor = parts.find(({ part }) => part === name)?.averageMicroamps ?? 0
  return (
    'the gyroscope is in low-power mode here; in normal mode, as Arduino’s library leaves it, it alone draws ' +
    `${milliamps(normal)} mA (data sheet), and ours would be ${milliamps(board.averageMicroamps - sensor + normal)} mA`
  )
}

/** From the least to the most that the intervals of two runs of one board allow: they share their coefficients. */
function ratio(
  claim: string,
  group: 'board' | 'chip',
  range: Range,
  published: string,
  before: PowerReport,
  after: PowerReport,
): ClaimResult {
  const ends = [
    before[group].averageMicroamps / after[group].averageMicroamps,
    before[group].lowMicroamps / after[group].lowMicroamps,
    before[group].highMicroamps / after[group].highMicroamps,
  ]
  const [ours = 0] = ends
  const [least, most] = [Math.min(...ends), Math.max(...ends)]
  return {
    claim,
    published: `${published} times less`,
    ours: `${times(ours)} times less (${times(least)} to ${times(most)})`,
    verdict: verdictOn(ours, [least, most], range),
    why: whatStays(group, before, after),
  }
}

function whatStays(group: 'board' | 'chip', before: PowerReport, after: PowerReport): string {
  const inGroup = (parts: PowerReport['parts']): PowerReport['parts'] =>
    parts.filter((part) => group === 'board' || part.group === 'chip')
  const cpu = (power: PowerReport): number =>
    power.parts.find(({ part }) => part === 'CPU')?.averageMicroamps ?? 0
  const saved = cpu(after) > 0 ? `the CPU alone draws ${times(cpu(before) / cpu(after))} times less; ` : ''
  return `${saved}what is left is ${largest(inGroup(after.parts))}`
}
