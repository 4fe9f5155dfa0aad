import { noReading } from './readings.ts'
import { describe, expect, it } from 'vitest'
import { functionCosts, inferFunctions, type Reasons } from './functions.ts'
import { heapHighWater, stackHighWater, stackHighWaterGuess, touchedBytes } from './memory.ts'
import { PhaseRecorder, type PhaseSpan } from './phases.ts'
import { RoundFold } from './rounds.ts'
import { CycleHistogram, statistics } from './statistics.ts'
import { rounds, summarisePhases, type Round } from './testing.ts'

describe('phases', () => {
  const flash = new TextEncoder().encode('window\0inference\0\x01\0')
  const recorder = (spans: PhaseSpan[] = []): PhaseRecorder =>
    new PhaseRecorder(
      (address, length) => flash.subarray(address, address + length),
      undefined,
      (span) => spans.push(span),
    )

  it('nest and are summed by name', () => {
    const spans: PhaseSpan[] = []
    const phases = recorder(spans)
    for (const start of [0, 100]) {
      phases.onStimulus(1, 0, start)
      phases.onStimulus(0, 65, start + 5)
      phases.onStimulus(1, 7, start + 10)
      phases.onStimulus(2, 7, start + 30 + start / 10)
      phases.onStimulus(2, 0, start + 50)
    }
    expect(folded(spans)).toEqual([
      {
        name: 'window',
        passes: 2,
        counts: noReading,
        count: 2,
        totalCycles: 100,
        minimumCycles: 50,
        medianCycles: 50,
        maximumCycles: 50,
      },
      {
        name: 'inference',
        passes: 2,
        counts: noReading,
        count: 2,
        totalCycles: 50,
        minimumCycles: 20,
        medianCycles: 20,
        maximumCycles: 30,
      },
    ])
    expect(spans[0]).toEqual({ name: 'inference', beginCycle: 10, endCycle: 30, depth: 1, counts: noReading })
  })

  it('count ends without begin and begins without end', () => {
    const spans: PhaseSpan[] = []
    const phases = recorder(spans)
    phases.onStimulus(2, 0, 1)
    phases.onStimulus(1, 0, 2)
    phases.onStimulus(1, 7, 3)
    phases.onStimulus(2, 0, 4)
    phases.onStimulus(1, 17, 5)
    phases.onStimulus(2, 17, 6)
    expect(spans.map(({ name }) => name)).toEqual(['window', '0x11'])
    phases.onStimulus(1, 7, 7)
    phases.onStimulus(1, 0, 8)
    expect(phases.notes()).toEqual([
      {
        message: 'a phase ends (0 to ITM port 2) where none has begun',
        firstCycle: 1,
        count: 1,
      },
      {
        message: 'phase inference had not ended when window around it did; it is not counted',
        firstCycle: 4,
        count: 1,
      },
      {
        message: 'phase inference began and never ended, so it is not among the phases',
        firstCycle: 7,
        count: 1,
      },
    ])
  })

  it('end with 0 the innermost, and with a second literal of the same name', () => {
    const spans: PhaseSpan[] = []
    const twice = new TextEncoder().encode('one\0two\0one\0')
    const phases = new PhaseRecorder(
      (address, length) => twice.subarray(address, address + length),
      undefined,
      (span) => spans.push(span),
    )
    phases.onStimulus(1, 8, 1)
    phases.onStimulus(1, 4, 2)
    phases.onStimulus(2, 0, 3)
    // 0 is the address of "one" too here, and it ends by name what 8 began.
    phases.onStimulus(2, 0, 5)
    phases.onStimulus(2, 4, 6)
    expect(spans.map(({ name, endCycle }) => [name, endCycle])).toEqual([
      ['two', 3],
      ['one', 5],
    ])
    expect(phases.notes().map(({ message }) => message)).toEqual([
      'a phase ends that has not begun: ITM port 2 was given two, which port 1 was not',
    ])
  })

  it('of which one end has no begin are told', () => {
    const phases = recorder()
    phases.onStimulus(1, 0, 1)
    phases.onStimulus(2, 1234, 2)
    phases.onStimulus(2, 1234, 3)
    phases.onStimulus(2, 0, 4)
    expect(phases.notes()).toEqual([
      {
        message: 'a phase ends that has not begun: ITM port 2 was given 0x4d2, which port 1 was not',
        firstCycle: 2,
        count: 2,
      },
    ])
  })

  it('of more names or more depth than any firmware has cost no more memory', () => {
    const spans: PhaseSpan[] = []
    const phases = recorder(spans)
    for (let value = 0; value < 3000; value++) {
      phases.onStimulus(1, 0x1000 + value, 2 * value)
      phases.onStimulus(2, 0x1000 + value, 2 * value + 1)
    }
    expect(new Set(spans.map(({ name }) => name)).size).toBe(1025)
    for (let i = 0; i < 1000; i++) phases.onStimulus(1, 0, 10_000 + i)
    expect(phases.notes()[0]).toEqual({
      message: 'phase further phases is not counted: it begins inside 256 others that have not ended',
      firstCycle: 10_256,
      count: 1000 - 256,
    })
  })
})

describe('rounds', () => {
  const spans = (names: string): Parameters<typeof rounds>[0] =>
    Array.from(names, (name, i) => ({
      name,
      beginCycle: 10 * i,
      endCycle: 10 * i + 1 + i,
      depth: 0,
      counts: noReading,
    }))
  const split = (names: string): string[] =>
    rounds(spans(names)).map((round: Round) => round.map(({ name }) => name).join(''))

  it.each([
    ['sssioosssiossi', ['sssioo', 'sssio']],
    ['sssio', ['sssio']],
    ['sss', ['s', 's', 's']],
    ['biiii', ['b', 'i', 'i', 'i', 'i']],
    ['bababa', ['ba', 'ba', 'ba']],
    ['xababab', ['xab', 'ab', 'ab']],
    ['', []],
  ])('%s', (names, expected) => {
    expect(split(names)).toEqual(expected)
  })

  it('sum what a round has of a phase', () => {
    expect(folded(spans('ssissi'))).toMatchObject([
      { name: 's', passes: 4, count: 2, minimumCycles: 3, maximumCycles: 9 },
      { name: 'i', passes: 2, count: 2, minimumCycles: 3, maximumCycles: 6 },
    ])
  })
})

/** Folds as they come; held beside the sums over the list of all. */
function folded(spans: readonly PhaseSpan[]): ReturnType<typeof summarisePhases> {
  const fold = new RoundFold()
  for (const span of spans) fold.add(span)
  const summary = fold.finish()
  expect(summary).toEqual(summarisePhases(rounds(spans)))
  return summary
}

describe('rounds folded while they come', () => {
  let seed = 3
  const random = (limit: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }

  it('agree with the list of all spans, on random nested phases that may not end', () => {
    for (let trial = 0; trial < 2000; trial++) {
      const spans: PhaseSpan[] = []
      const phases = new PhaseRecorder(
        () => new Uint8Array(),
        undefined,
        (span) => spans.push(span),
      )
      let now = 0
      for (let i = random(40); i > 0; i--) phases.onStimulus(1 + random(2), random(4), (now += random(3)))
      folded(spans)
    }
  })

  it('hold their memory over an hour of them', () => {
    const fold = new RoundFold()
    const cycles = (i: number): number => 1000 + ((i * 7919) % 5003)
    let now = 0
    for (let i = 0; i < 200_000; i++) {
      fold.add({ name: 'sensor', beginCycle: now, endCycle: (now += cycles(i)), depth: 0, counts: noReading })
      fold.add({ name: 'inference', beginCycle: now, endCycle: (now += 34_000), depth: 0, counts: noReading })
    }
    const [sensor, inference] = fold.finish()
    expect(sensor).toEqual({
      name: 'sensor',
      passes: 200_000,
      counts: noReading,
      ...statistics(range(200_000).map(cycles)),
    })
    expect(sensor).not.toHaveProperty('medianErrorCycles')
    expect(inference).toMatchObject({ count: 200_000, medianCycles: 34_000, totalCycles: 200_000 * 34_000 })
  })
})

const range = (length: number): number[] => Array.from({ length }, (_, i) => i)

describe('function costs', () => {
  const executed = [
    [0x10, 5, 1],
    [0x12, 3, 3],
    [0x20, 10, 2],
    [0x24, 7, 2],
    [0x300, 1, 1],
  ] as const
  const profile = {
    forEachExecuted: (
      callback: (address: number, cycles: number, executions: number, reasons: Reasons) => void,
    ) =>
      executed.forEach(([address, cycles, executions]) =>
        callback(address, cycles, executions, { issue: executions, refill: cycles - executions }),
      ),
  }

  it('are summed by function, the unknown by page', () => {
    const functions = [
      { name: 'reset', start: 0x10, end: 0x20 },
      { name: 'main', start: 0x20, end: 0x28 },
    ]
    expect(functionCosts(profile, functions)).toEqual([
      {
        name: 'main',
        start: 0x20,
        selfCycles: 17,
        instructions: 4,
        entries: 2,
        reasons: { issue: 4, refill: 13 },
      },
      {
        name: 'reset',
        start: 0x10,
        selfCycles: 8,
        instructions: 4,
        entries: 1,
        reasons: { issue: 4, refill: 4 },
      },
      {
        name: '0x300..0x400',
        start: 0x300,
        selfCycles: 1,
        instructions: 1,
        entries: 1,
        reasons: { issue: 1, refill: 0 },
      },
    ])
  })

  it('infers functions from executed BL', () => {
    // 0x12: BL 0x20 = F000 F805 (arm-none-eabi-as: `bl .+14`)
    const code = new Map([
      [0x12, 0xf000],
      [0x14, 0xf805],
    ])
    const functions = inferFunctions(profile, (address) => code.get(address) ?? 0xbf00, [0x11])
    expect(functions.map(({ start, end }) => [start, end])).toEqual([
      [0x10, 0x20],
      [0x20, 0x304],
    ])
  })
})

describe('memory high water', () => {
  const words = new Uint8Array(0x1000)
  const touched = { base: 0x2000_0000, words }
  words.fill(1, 0, 4) // 16 bytes of heap
  words[6] = 1
  words.fill(1, 0xff0, 0x1000) // 64 bytes of stack
  words[0xf80] = 1 // one word far down

  it('is exact for a stack and a heap with limits', () => {
    expect(stackHighWater(touched, { start: 0x2000_2000, end: 0x2000_4000 })).toBe(0x200)
    expect(heapHighWater(touched, { start: 0x2000_0000, end: 0x2000_1000 })).toBe(28)
    expect(touchedBytes(touched, { start: 0x2000_0000, end: 0x2000_1000 })).toBe(20)
    expect(stackHighWater(touched, { start: 0x2000_1000, end: 0x2000_2000 })).toBe(0)
  })

  it('is guessed for a stack without one', () => {
    expect(stackHighWaterGuess(touched, 0x2000_4000)).toBe(0x200)
  })
})

it('the median of an even number of samples is one of them', () => {
  expect(statistics([4, 1, 3, 2])).toEqual({
    count: 4,
    totalCycles: 10,
    minimumCycles: 1,
    medianCycles: 2,
    maximumCycles: 4,
  })
  expect(statistics([])).toMatchObject({ count: 0, medianCycles: 0 })
})

it.each([
  ['spread evenly', (i: number) => 1_000_000 + i],
  ['over many magnitudes', (i: number) => Math.floor(1.0002 ** i)],
  ['longer than 32 bits hold', (i: number) => 2 ** 40 + i * 3_000_017],
])('the median of more distinct values than are kept lies as near as it says: %s', (_, value) => {
  const histogram = new CycleHistogram()
  const values = range(100_000).map(value)
  for (const one of values) histogram.add(one)
  const { medianCycles, medianErrorCycles, ...others } = histogram.statistics()
  const median = value(49_999)
  expect(Math.abs(medianCycles - median)).toBeLessThanOrEqual(medianErrorCycles ?? 0)
  expect(medianErrorCycles).toBeGreaterThan(0)
  expect((medianErrorCycles ?? 0) / median).toBeLessThan(2 ** -8)
  const totalCycles = values.reduce((sum, one) => sum + one, 0)
  expect(others).toEqual({
    count: 100_000,
    totalCycles,
    minimumCycles: value(0),
    maximumCycles: value(99_999),
  })
})
