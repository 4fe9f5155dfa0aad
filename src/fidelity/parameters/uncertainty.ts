import pLimit from 'p-limit'
import type { TimingParameters } from '../../../emulator/cpu/timing/timing.ts'
import { UserError } from '../../../runs/errors.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import type { Together } from '../memory/combinations.ts'
import type { OpenParameter, ParameterName } from '../../../runs/open-parameters/parameters.ts'

export interface LatencyInterval {
  readonly kind: 'awake' | 'phase' | 'inference' | 'operator'
  /** "inference", "0: magic_wand", "3 CONV_2D". */
  readonly name: string
  readonly cycles: number
  readonly lowestCycles: number
  readonly highestCycles: number
  /** The parameter, or those that go together, that move it most, and by how much between the ends. */
  readonly dominant: { readonly parameter: ParameterName | Together['name']; readonly cycles: number } | null
}

export interface Uncertainty {
  readonly schemaVersion: 1
  readonly kind: 'uncertainty'
  readonly timing: TimingParameters
  readonly parameters: readonly {
    readonly name: ParameterName
    readonly value: number
    readonly lowest: number
    readonly highest: number
  }[]
  /** Those of `parameters` that were set in these combinations only, and not each for itself. */
  readonly together: readonly Together[]
  readonly latencies: readonly LatencyInterval[]
  /** Runs at other parameters that came to another end than this one: what they say of latencies may not compare. */
  readonly endedOtherwise: readonly { readonly setting: string; readonly end: string }[]
}

export interface UncertaintyOptions {
  readonly timing: TimingParameters
  readonly parameters: readonly OpenParameter[]
  /** Parameters that go together: see `togetherUnder`. */
  readonly together?: readonly Together[]
  /** Medians at `timing`. */
  readonly report: RunReport
  /** The same run with other parameters. */
  readonly run: (timing: TimingParameters) => Promise<RunReport>
  /** Runs at a time, 1 if not given; the result is the same. */
  readonly parallel?: number
  readonly onProgress?: (fraction: number, step: string) => void
}

/**
 * Runs again at both ends of each open parameter's range, one parameter at a time, and in each combination of those
 * that go together. The interval of a latency adds up the worst of each: wider than any one run, narrower than what
 * parameters might do together that are not known to.
 * @throws UserError where a parameter is set outside its range
 */
export async function measureUncertainty(options: UncertaintyOptions): Promise<Uncertainty> {
  const { timing, parameters, together = [], report, run, onProgress } = options
  checkUncertain(timing, parameters)
  const base = latenciesOf(report)
  const moves = movesOf(timing, parameters, together)
  const moved = moves.map(() => new Map<string, readonly number[]>())
  const runs = moves.flatMap(({ settings }, index) => settings.map((change) => ({ index, change })))
  const limit = pLimit(options.parallel ?? 1)
  let done = 0
  const otherwise = new Map<string, string>()
  const ends = await Promise.all(
    runs.map(({ change }) =>
      limit(async () => {
        onProgress?.(done / runs.length, stepText(change))
        const again = await run({ ...timing, ...change })
        if (!endsAlike(again, report)) otherwise.set(stepText(change), again.run.stopDetail)
        done++
        return latenciesOf(again)
      }),
    ),
  )
  for (const [i, { index }] of runs.entries())
    for (const [key, { cycles }] of base) {
      const shift = (ends[i]?.get(key)?.cycles ?? cycles) - cycles
      moved[index]?.set(key, [...(moved[index].get(key) ?? []), shift])
    }
  return {
    schemaVersion: 1,
    kind: 'uncertainty',
    timing,
    parameters: parameters.map(({ name, range }) => ({
      name,
      value: timing[name],
      lowest: range[0],
      highest: range[1],
    })),
    together,
    latencies: [...base].map(([key, latency]) => intervalOf(latency, key, moves, moved)),
    endedOtherwise: runs.flatMap(({ change }) => {
      const setting = stepText(change)
      const end = otherwise.get(setting)
      return end === undefined ? [] : [{ setting, end }]
    }),
  }
}

const endsAlike = ({ run: one }: RunReport, { run: other }: RunReport): boolean =>
  one.stop === other.stop && one.exitCode === other.exitCode

type Change = Partial<TimingParameters>

/** What is moved as one, and to where. */
interface Move {
  readonly name: ParameterName | Together['name']
  readonly settings: readonly Change[]
}

function movesOf(
  timing: TimingParameters,
  parameters: readonly OpenParameter[],
  together: readonly Together[],
): readonly Move[] {
  const differs = (change: Change): boolean =>
    Object.entries(change).some(([name, value]) => timing[name as ParameterName] !== value)
  const alone = parameters.filter(({ name }) => !together.some((group) => group.parameters.includes(name)))
  const single = alone.map(({ name, range }): Move => ({
    name,
    settings: range.map((end) => ({ [name]: end })),
  }))
  return [...single, ...together].map(({ name, settings }) => ({ name, settings: settings.filter(differs) }))
}

const stepText = (change: Change): string =>
  Object.entries(change)
    .map(([name, value]) => `timing.${name}=${value}`)
    .join(' ')

/** @throws UserError where `measureUncertainty` would */
export function checkUncertain(timing: TimingParameters, parameters: readonly OpenParameter[]): void {
  if (timing.profile === 'oneCycle')
    throw new UserError(
      '--uncertainty: the profile oneCycle has no open parameters. Leave out --set timing.profile.',
    )
  for (const { name, range } of parameters) {
    const value = timing[name]
    if (value < range[0] || value > range[1])
      throw new UserError(
        `--uncertainty: timing.${name}=${value} is outside its range, ${range[0]} to ${range[1]}.`,
      )
  }
}

type Latency = Pick<LatencyInterval, 'kind' | 'name' | 'cycles'>

/** Medians, by a key that is the same in each run. */
function latenciesOf({ run, phases, interpreters }: RunReport): ReadonlyMap<string, Latency> {
  const latencies = new Map<string, Latency>()
  const add = (key: string, latency: Latency): unknown => latencies.set(key, latency)
  add('awake', { kind: 'awake', name: 'cycles awake', cycles: run.cycles - run.sleepCycles })
  for (const { name, medianCycles } of phases)
    add(`phase ${name}`, { kind: 'phase', name, cycles: medianCycles })
  interpreters.forEach(({ name, medianCycles, operators }, i) => {
    const title = interpreters.length > 1 ? `inference of interpreter ${i}` : 'inference'
    // Which of them is first may depend on the timing.
    const before = interpreters.slice(0, i).filter((one) => one.name === name).length
    const own = `${name} ${before}`
    add(`interpreter ${own}`, { kind: 'inference', name: title, cycles: medianCycles })
    for (const { index, type, kernel, medianCycles: cycles } of operators)
      add(`operator ${own} ${index} ${kernel}`, {
        kind: 'operator',
        name: `${index} ${type ?? kernel}`,
        cycles,
      })
  })
  return latencies
}

function intervalOf(
  latency: Latency,
  key: string,
  moves: readonly Move[],
  moved: readonly ReadonlyMap<string, readonly number[]>[],
): LatencyInterval {
  let lowestCycles = latency.cycles
  let highestCycles = latency.cycles
  let dominant: LatencyInterval['dominant'] = null
  for (const [index, { name }] of moves.entries()) {
    const shifts = moved[index]?.get(key) ?? []
    const lowest = Math.min(0, ...shifts)
    const highest = Math.max(0, ...shifts)
    lowestCycles += lowest
    highestCycles += highest
    if (highest - lowest > (dominant?.cycles ?? 0)) dominant = { parameter: name, cycles: highest - lowest }
  }
  return { ...latency, lowestCycles, highestCycles, dominant }
}
