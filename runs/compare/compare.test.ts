import { beforeAll, describe, expect, it } from 'vitest'
import { simulateWhole } from '../../src/files/simulate.ts'
import { compile } from '../../test/cli/firmware.ts'
import { sampleReport } from '../../test/cli/sample-report.ts'
import type { RunReport } from '../report/run-report.ts'
import { compareRuns } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { UserError } from '../errors.ts'
import type { Replay } from '../recording/replay.ts'
import { detailsOf, recordedDetails } from './details.ts'
import type { Side } from './side.ts'

interface Planted {
  readonly loops?: number
  readonly table?: string
  readonly more?: string
  readonly name?: string
}

/** A preprocessing step, and what another version of it may have otherwise. */
const program = ({ loops = 4, table = 'const', more = '', name = 'scale' }: Planted): string => `
static volatile int sink;
${table} int weights[64] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3 };
${more}
__attribute__((noinline)) static int ${name}(int x, int by) {
  int sum = x;
  for (int i = 0; i < 16; i++) sum += (x * i) ^ (by >> (i & 3));
  return sum;
}
__attribute__((noinline)) static int preprocess(int x) {
  int sum = 0;
  for (int round = 0; round < ${loops}; round++)
    for (int i = 0; i < 64; i++)
      sum += weights[i] * (x + i);
  return sum;
}
int main(void) {
  for (int i = 0; i < 20; i++) sink = preprocess(i) + ${name}(i, sink);
  leave(0);
}`

async function side(name: string, planted: Planted = {}): Promise<Side> {
  const file = compile('compared', program(planted), '-O1 -g')
  const { report, image, observation } = await simulateWhole({ file, profile: true })
  return { name, report, details: detailsOf(image, observation.profile) }
}

const named = <T extends { readonly name: string }>(rows: readonly T[], name: string): T | undefined =>
  rows.find((one) => one.name === name)

describe('two builds of one program', () => {
  let base: Side
  const against = async (planted: Planted): Promise<Comparison> =>
    compareRuns(base, await side('changed', planted))
  beforeAll(async () => {
    base = await side('base')
  })

  it('have exactly no difference where nothing was changed', async () => {
    const found = await against({})
    expect(found.isSame).toBe(true)
    expect(found.headline).toEqual({
      worst: null,
      best: null,
      counts: { worse: 0, better: 0, same: found.figures.length, open: 0 },
    })
    expect(found.lines).toEqual([])
    expect(found.reasons).toEqual([])
    expect(found.memory.symbols).toEqual([])
    expect(found.functions.every(({ selfCycles }) => selfCycles.difference === 0)).toBe(true)
    expect(found.current?.board).toMatchObject({ difference: 0, low: 0, high: 0, isOpen: false })
  })

  it('one loop more is found with its function, its line and how often', async () => {
    const found = await against({ loops: 5 })
    const { worst } = found.headline
    expect(worst?.figure).toMatchObject({ name: 'cycles awake', verdict: 'worse' })
    expect(worst?.because.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['reason', 'function', 'line']),
    )
    const [dearest] = found.functions
    expect(dearest).toMatchObject({ name: 'preprocess', match: 'name' })
    expect(dearest!.entries).toEqual({ a: 20, b: 20, difference: 0 })
    // A quarter of the work comes on top: 20 calls of 64 rounds, each of them the same code.
    expect(dearest!.instructions.difference).toBeGreaterThan(20 * 64 * 4)
    expect(dearest!.instructions.b! / dearest!.instructions.a!).toBeCloseTo(1.25, 2)
    const [line] = found.lines!
    expect(line!.file).toMatch(/compared\.c$/)
    expect(line!.function).toBe('preprocess')
    expect(line!.executions).toEqual({ a: 20 * 4 * 64, b: 20 * 5 * 64, difference: 20 * 64 })
    // All that moved is in what moved.
    const sum = (rows: readonly { readonly difference: number }[]): number =>
      rows.reduce((all, { difference }) => all + difference, 0)
    const awake = named(found.figures, 'cycles awake')!.difference
    expect(sum(found.functions.map(({ selfCycles }) => selfCycles))).toBe(awake)
    expect(sum(found.reasons)).toBe(awake)
    expect(sum(dearest!.reasons)).toBe(dearest!.selfCycles.difference)
  })

  it('a table that moved to flash is found, with the reason of the cycles', async () => {
    const inRam = await side('in RAM', { table: '__attribute__((used))' })
    const found = compareRuns(inRam, await side('in flash'))
    expect(named(found.memory.symbols!, 'weights')).toMatchObject({
      change: 'moved',
      section: { a: '.data', b: '.text' },
      bytes: { a: 256, b: 256, difference: 0 },
      ramBytes: -256,
    })
    expect(named(found.memory.figures, 'static RAM')!.difference).toBe(-256)
    const [reason] = found.functions.find(({ name }) => name === 'preprocess')!.reasons
    expect(reason!.reason).toMatch(/data|Data/)
    expect(reason!.difference).toBeGreaterThan(0)
  })

  it('a variable that was added is found, and a function', async () => {
    const found = await against({
      more: 'volatile char log_buffer[300]; __attribute__((used, noinline)) int unused(int x) { return x * 7; }',
    })
    expect(named(found.memory.symbols!, 'log_buffer')).toMatchObject({
      change: 'added',
      section: { a: null, b: '.bss' },
      bytes: { a: null, b: 300, difference: 300 },
      flashBytes: 0,
      ramBytes: 300,
    })
    expect(named(found.memory.symbols!, 'unused')).toMatchObject({ change: 'added', kind: 'function' })
    // It never ran.
    expect(named(found.functions, 'unused')).toBeUndefined()
    const whole = found.memory.symbols!.reduce((sum, { flashBytes }) => sum + flashBytes, 0)
    expect(whole).toBe(named(found.memory.figures, 'flash')!.difference)
  })

  it('a function with another name and the same code is known again', async () => {
    const found = await against({ name: 'rescale' })
    expect(named(found.functions, 'rescale')).toMatchObject({ was: 'scale', match: 'code' })
    expect(named(found.functions, 'scale')).toBeUndefined()
    expect(named(found.functions, 'rescale')!.instructions.difference).toBe(0)
  })

  it('lines are aligned where some were put in above them', async () => {
    const found = await against({ more: '\n\n\n' })
    expect(found.lines!.filter(({ line }) => line.a === null || line.b === null)).toEqual([])
  })

  it('a recorded run that cannot be run again has its symbols, and says why it has no lines', async () => {
    const file = compile('compared', program({}), '-O1 -g')
    const { image } = await simulateWhole({ file, profile: true })
    const refuse = (): never => {
      throw new UserError('its snapshots are of another version. Record it again.')
    }
    const details = recordedDetails({ image, goTo: refuse } as unknown as Replay, 1)
    const found = compareRuns({ ...base, name: 'old', details }, base)
    expect(found.memory.symbols).toEqual([])
    expect(found.lines).toBeNull()
    expect(found.unknown).toEqual([
      'source lines of old: its snapshots are of another version. Record it again',
    ])
  })

  it('a report alone has no lines and symbols, and it is said', () => {
    const found = compareRuns({ name: 'a', report: base.report }, base)
    expect([found.lines, found.memory.symbols, found.functions[0]!.bytes]).toEqual([null, null, null])
    expect(found.unknown).toEqual(['source lines and symbols of a: a report alone does not have them'])
  })
})

const reported = (name: string, report: RunReport): Side => ({ name, report })

describe('two reports', () => {
  const one = sampleReport()

  it('operators are aligned where one was taken out, and their cycles are per invocation', () => {
    const [interpreter] = one.interpreters
    const operators = interpreter!.operators
      .filter((_, i) => i !== 1)
      .map((row, i) => ({ ...row, index: String(i) }))
    const other = { ...one, interpreters: [{ ...interpreter!, operators }] }
    const [found] = compareRuns(reported('a', one), reported('b', other)).interpreters
    expect(found!.operators.map(({ index, match }) => [index.a, index.b, match])).toEqual(
      interpreter!.operators.map(({ index }, i) => [
        index,
        i === 1 ? null : String(i < 1 ? i : i - 1),
        i === 1 ? 'removed' : 'aligned',
      ]),
    )
    expect(found!.operators[1]!.medianCycles.b).toBeNull()
  })

  it('operators in another order are known again', () => {
    const [interpreter] = one.interpreters
    const operators = [...interpreter!.operators].reverse()
    const other = { ...one, interpreters: [{ ...interpreter!, operators }] }
    const [found] = compareRuns(reported('a', one), reported('b', other)).interpreters
    expect(found!.operators.map(({ match }) => match)).toContain('moved')
    expect(found!.operators.filter(({ match }) => ['added', 'removed'].includes(match))).toEqual([])
    expect(found!.operators.every(({ medianCycles }) => medianCycles.difference === 0)).toBe(true)
  })

  it('the headline is the row that got worse by the largest share, not the largest row', () => {
    const phases = one.phases.map((phase) => ({
      ...phase,
      medianCycles: phase.medianCycles + (phase.name === 'output' ? phase.medianCycles : 1),
    }))
    const { headline } = compareRuns(reported('a', one), reported('b', { ...one, phases }))
    expect(headline.worst?.figure).toMatchObject({ name: 'phase output', relative: 1 })
    expect(headline.counts.worse).toBe(phases.length)
  })

  it('a figure is explained by its own passage, whatever others are called', () => {
    const [phase] = one.phases
    const called = (name: string, more: number) => ({
      ...phase!,
      name,
      medianCycles: phase!.medianCycles + more,
      reasons: { [name === 'b' ? 'issue' : 'taken branch']: phase!.count * (1000 + more) },
    })
    const phases = (more: number) => [called('b', 0), called('a b', more), called('awake', 0)]
    const found = compareRuns(
      reported('a', { ...one, phases: phases(0) }),
      reported('b', { ...one, phases: phases(500) }),
    )
    expect(found.headline.worst?.figure.name).toBe('phase a b')
    expect(found.headline.worst?.because).toEqual([{ kind: 'reason', name: 'taken branch', difference: 500 }])
  })

  it('what undermines the figures comes first and is said', () => {
    const other: RunReport = {
      ...one,
      board: { ...one.board, name: 'XIAO' },
      timing: { ...one.timing, parameters: { ...one.timing.parameters, flashWait: 3 } },
      firmware: { ...one.firmware, compiler: 'clang 19' },
      run: { ...one.run, seconds: one.run.seconds / 2, cycles: one.run.cycles / 2 },
    }
    const { given } = compareRuns(reported('a', one), reported('b', other))
    expect(given.map(({ what, undermines }) => [what, undermines === null])).toEqual([
      ['board', false],
      ['timing model', false],
      ['simulated time', false],
      ['compiler', true],
    ])
    expect(given[1]).toMatchObject({ a: 'basic, flashWait 2', b: 'basic, flashWait 3' })
  })

  it('unequal numbers of inferences are divided out', () => {
    const [interpreter] = one.interpreters
    const twice = { ...interpreter!, count: 2 * interpreter!.count }
    const other = {
      ...one,
      interpreters: [twice],
      functions: one.functions.map((row) => ({ ...row, selfCycles: 2 * row.selfCycles })),
    }
    const found = compareRuns(reported('a', one), reported('b', other))
    expect(found.per).toEqual({ what: 'inference', a: interpreter!.count, b: 2 * interpreter!.count })
    expect(found.functions.every(({ selfCycles }) => selfCycles.difference === 0)).toBe(true)
  })
})

describe('currents', () => {
  const one = sampleReport()
  const coefficient = { conditions: '', source: '', evidence: 'estimate', ldoMicroamps: null } as const
  /** A part that draws 100 to 300, 200 as it is, for so many seconds of ten. */
  const drawing = (seconds: number, low = 100, high = 300): RunReport => {
    const charge = 200 * seconds
    const average = charge / 10
    const whole = {
      averageMicroamps: average,
      lowMicroamps: (low * seconds) / 10,
      highMicroamps: (high * seconds) / 10,
      chargeMicrocoulombs: charge,
      energyMicrojoules: charge * 3.3,
    }
    const states = [
      { state: 'on', cycles: seconds * 64e6, averageMicroamps: 200, chargeMicrocoulombs: charge },
    ]
    const coefficients = [
      { ...coefficient, part: 'P', state: 'on', unit: 'microamps' as const, value: 200, low, high },
    ]
    return {
      ...one,
      run: { ...one.run, seconds: 10, cycles: 640e6 },
      power: {
        ...one.power,
        board: { ...one.power.board, ...whole },
        chip: { ...one.power.chip, ...whole },
        parts: [
          {
            part: 'P',
            group: 'chip',
            ...whole,
            peakMicroamps: 200,
            share: 1,
            estimate: true,
            states,
            events: [],
          },
        ],
        coefficients,
        phases: [],
        battery: null,
      },
    }
  }

  it('errors that both have cancel: a tenth more time is a tenth more current, whatever the coefficient', () => {
    const { current } = compareRuns(reported('a', drawing(5)), reported('b', drawing(6)))
    // 200 a tenth of the time more: 20, from 10 to 30; the runs themselves lie between 50 and 180.
    expect(current!.board).toMatchObject({ a: 100, b: 120, difference: 20, low: 10, high: 30, isOpen: false })
    expect(current!.otherCoefficients).toEqual([])
  })

  it('errors of coefficients that are not the same do not', () => {
    const { current, figures } = compareRuns(reported('a', drawing(5)), reported('b', drawing(6, 100, 310)))
    expect(current!.board).toMatchObject({ difference: 20, low: 60 - 150, high: 186 - 50, isOpen: true })
    expect(current!.otherCoefficients).toEqual(['P, on'])
    expect(named(figures, 'board’s current')!.verdict).toBe('open')
  })

  it('of a run of ours the ends are those of its report', async () => {
    const found = await side('run')
    const { power } = found.report
    const nothing = { ...found.report, power: { ...power, parts: [], coefficients: [] } }
    const { current } = compareRuns({ ...found, report: nothing }, found)
    // Against nothing, the interval of the difference is the run's own; the report has nothing drawn at its average.
    expect(current!.parts.reduce((sum, { high }) => sum + high, 0)).toBeCloseTo(power.board.highMicroamps, 6)
    expect(current!.parts.reduce((sum, { low }) => sum + low, 0)).toBeCloseTo(power.board.lowMicroamps, 6)
  })
})
