import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const QDEC = 0x4001_2000
const [START, STOP, READCLRACC] = [QDEC, QDEC + 4, QDEC + 8]
const [SAMPLERDY, REPORTRDY, ACCOF, DBLRDY, STOPPED] = [0x100, 0x104, 0x108, 0x10c, 0x110].map(
  (at) => QDEC + at,
) as [number, number, number, number, number]
const [A, B, LED] = [3, 4, 5]
const PERIOD = 128 * 64

function turning(set: Readonly<Record<number, number>> = {}) {
  const bench = createTestBench()
  bench.write(QDEC + 0x51c, LED)
  bench.write(QDEC + 0x520, A)
  bench.write(QDEC + 0x524, B)
  for (const [at, value] of Object.entries(set)) bench.write(QDEC + Number(at), value)
  bench.chip.gpio.drive(A, false)
  bench.chip.gpio.drive(B, false)
  bench.write(QDEC + 0x500, 1)
  bench.write(START, 1)
  let samples = 0
  /** Puts both phases where they are at the next sample. */
  const turn = (phases: string): number => {
    bench.chip.gpio.drive(A, phases[0] === '1')
    bench.chip.gpio.drive(B, phases[1] === '1')
    samples += 1
    bench.run(samples * PERIOD)
    return bench.read(QDEC + 0x50c) | 0
  }
  return { ...bench, turn }
}

describe('QDEC', () => {
  // PS 6.18.1: sampled value encoding.
  it.each([
    ['00', [0, 1, -1, 2]],
    ['01', [-1, 0, 2, 1]],
    ['10', [1, 2, 0, -1]],
    ['11', [2, -1, 1, 0]],
  ])('from %s to 00, 01, 10 and 11', (before, steps) => {
    const seen = ['00', '01', '10', '11'].map((phases) => {
      const { turn } = turning()
      turn(before)
      return turn(phases)
    })
    expect(seen).toEqual(steps)
  })

  it('adds up steps, reports after ten samples, and hands the sum over', () => {
    const { turn, read, write, scheduler } = turning()
    for (const phases of ['01', '11', '10', '00', '01', '01', '01', '11', '11']) turn(phases)
    expect(read(REPORTRDY)).toBe(0)
    turn('10')
    expect([read(REPORTRDY), read(DBLRDY), read(SAMPLERDY)]).toEqual([1, 0, 1])
    expect(scheduler.now).toBe(10 * PERIOD)
    expect(read(QDEC + 0x514)).toBe(7)
    write(READCLRACC, 1)
    expect([read(QDEC + 0x518), read(QDEC + 0x514)]).toEqual([7, 0])
  })

  it('counts doubles by themselves, and says nothing of a wheel that stands still', () => {
    const still = turning({ 0x510: 8 })
    still.turn('00')
    expect(still.read(REPORTRDY)).toBe(0)
    const { turn, read } = turning({ 0x510: 8 })
    turn('11')
    expect([read(DBLRDY), read(REPORTRDY), read(QDEC + 0x544)]).toEqual([1, 0, 1])
  })

  it('keeps within its range: ACCOF', () => {
    const { turn, read } = turning()
    const wheel = ['01', '11', '10', '00']
    for (let i = 0; i < 1023; i++) turn(wheel[i & 3] ?? '')
    expect([read(QDEC + 0x514), read(ACCOF)]).toEqual([1023, 0])
    turn('00')
    expect([read(QDEC + 0x514), read(ACCOF)]).toEqual([1023, 1])
  })

  it('takes shortcuts, drives its light while it runs, and stops', () => {
    const { turn, read, write, chip, scheduler } = turning({ 0x200: 1 << 6, 0x504: 1 })
    expect(chip.gpio.level(LED)).toBe(true)
    turn('01')
    expect([read(QDEC + 0x518), read(QDEC + 0x514)]).toEqual([1, 0])
    write(STOP, 1)
    expect(read(STOPPED)).toBe(1)
    expect(chip.gpio.level(LED)).toBe(false)
    expect(scheduler.nextDue).toBe(Infinity)
  })

  it('interrupts, and is not heard while it is off', () => {
    const { turn, lines } = turning({ 0x304: 1 })
    expect(lines.size).toBe(0)
    turn('01')
    expect([...lines]).toEqual([18])
    const { chip, write } = createTestBench()
    write(START, 1)
    expect([...chip.problems.keys()][0]).toContain('QDEC: TASKS_START does nothing')
  })
})
