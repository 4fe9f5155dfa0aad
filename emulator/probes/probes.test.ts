import { describe, expect, it } from 'vitest'
import { functionCosts, inferFunctions } from './functions.ts'
import { heapHighWater, stackHighWater, stackHighWaterGuess, touchedBytes } from './memory.ts'
import { PhaseRecorder, rounds, summarisePhases } from './phases.ts'
import { statistics } from './statistics.ts'

describe('phases', () => {
  const flash = new TextEncoder().encode('window\0inference\0\x01\0')
  const recorder = (): PhaseRecorder =>
    new PhaseRecorder((address, length) => flash.subarray(address, address + length))

  it('nest and are summed by name', () => {
    const phases = recorder()
    for (const start of [0, 100]) {
      phases.onStimulus(1, 0, start)
      phases.onStimulus(0, 65, start + 5)
      phases.onStimulus(1, 7, start + 10)
      phases.onStimulus(2, 7, start + 30 + start / 10)
      phases.onStimulus(2, 0, start + 50)
    }
    expect(summarisePhases(rounds(phases.spans))).toEqual([
      {
        name: 'window',
        passes: 2,
        count: 2,
        totalCycles: 100,
        minimumCycles: 50,
        medianCycles: 50,
        maximumCycles: 50,
      },
      {
        name: 'inference',
        passes: 2,
        count: 2,
        totalCycles: 50,
        minimumCycles: 20,
        medianCycles: 20,
        maximumCycles: 30,
      },
    ])
    expect(phases.spans[0]).toEqual({ name: 'inference', beginCycle: 10, endCycle: 30, depth: 1 })
  })

  it('count ends without begin and begins without end', () => {
    const phases = recorder()
    phases.onStimulus(2, 0, 1)
    phases.onStimulus(1, 0, 2)
    phases.onStimulus(1, 7, 3)
    phases.onStimulus(2, 0, 4)
    phases.onStimulus(1, 17, 5)
    phases.onStimulus(2, 17, 6)
    expect(phases.unmatched).toBe(2)
    expect(phases.spans.map(({ name }) => name)).toEqual(['window', '0x11'])
  })
})

describe('rounds', () => {
  const spans = (names: string): Parameters<typeof rounds>[0] =>
    Array.from(names, (name, i) => ({ name, beginCycle: 10 * i, endCycle: 10 * i + 1 + i, depth: 0 }))
  const split = (names: string): string[] =>
    rounds(spans(names)).map((round) => round.map(({ name }) => name).join(''))

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
    expect(summarisePhases(rounds(spans('ssissi')))).toMatchObject([
      { name: 's', passes: 4, count: 2, minimumCycles: 3, maximumCycles: 9 },
      { name: 'i', passes: 2, count: 2, minimumCycles: 3, maximumCycles: 6 },
    ])
  })
})

describe('function costs', () => {
  const executed = [
    [0x10, 5, 1],
    [0x12, 3, 3],
    [0x20, 10, 2],
    [0x24, 7, 2],
    [0x300, 1, 1],
  ] as const
  const profile = {
    forEachExecuted: (callback: (address: number, cycles: number, executions: number) => void) =>
      executed.forEach(([address, cycles, executions]) => callback(address, cycles, executions)),
  }

  it('are summed by function, the unknown by page', () => {
    const functions = [
      { name: 'reset', start: 0x10, end: 0x20 },
      { name: 'main', start: 0x20, end: 0x28 },
    ]
    expect(functionCosts(profile, functions)).toEqual([
      { name: 'main', start: 0x20, selfCycles: 17, instructions: 4, entries: 2 },
      { name: 'reset', start: 0x10, selfCycles: 8, instructions: 4, entries: 1 },
      { name: '0x300..0x400', start: 0x300, selfCycles: 1, instructions: 1, entries: 1 },
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
