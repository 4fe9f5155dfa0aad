import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instructionTable } from '../../emulator/cpu/instructions/index.ts'
import { Comparison } from './compare.ts'
import { executedEntries } from './coverage.ts'
import { singleCase } from './generate.ts'
import { ifThenCase, sequenceCase } from './generate-sequences.ts'
import { Ours } from './ours.ts'
import { entrySubjects, runSubject } from './run.ts'
import { Word, type Outcome } from './state.ts'
import { Unicorn } from './unicorn.ts'
import { CortexM4 } from '../../emulator/cpu/cpu.ts'
import { Scheduler } from '../../emulator/time/scheduler.ts'

const entryNamed = (name: string): (typeof instructionTable)[number] =>
  instructionTable.find((entry) => entry.name === name)!
const subjectNamed = (name: string): ReturnType<typeof entrySubjects>[number] =>
  entrySubjects().find((subject) => subject.name === name)!

describe('cases', () => {
  test('a seed and a number name one case, whatever ran before', () => {
    const entry = entryNamed('SMLAL T1')
    const first = singleCase(entry, 3, 41)
    singleCase(entry, 3, 40)
    expect(singleCase(entry, 3, 41)).toEqual(first)
    expect(singleCase(entry, 4, 41)).not.toEqual(first)
    expect(sequenceCase(3, 7)).toEqual(sequenceCase(3, 7))
    expect(ifThenCase(3, 7)).toEqual(ifThenCase(3, 7))
  })

  test('operands at the edges come up: equal registers, zero and full immediates, every flag', () => {
    const cases = Array.from({ length: 1000 }, (_, index) =>
      singleCase(entryNamed('ADC (register) T2'), 1, index)!,
    )
    const flags = new Set(cases.map(({ state }) => state[Word.apsr]! >>> 28))
    expect(flags.size).toBe(16)
    const equal = cases.filter(({ code }) => (code[0]! & 15) === (code[1]! & 15))
    expect(equal.length).toBeGreaterThan(20)
    expect(cases.filter(({ code }) => (code[1]! & 0x70c0) === 0).length).toBeGreaterThan(20)
  })
})

describe('a planted mistake is found', () => {
  /** Gets one thing wrong. */
  class Mistaken extends Ours {
    constructor(readonly mistake: (ours: Ours) => void) {
      super()
    }

    override run(address: number, instructions: number): Outcome {
      const outcome = super.run(address, instructions)
      this.mistake(this)
      return outcome
    }
  }

  let unicorn: Unicorn
  beforeAll(() => {
    unicorn = new Unicorn()
  })
  afterAll(() => unicorn.close())

  test.each<[string, (ours: Ours) => void, RegExp]>([
    [
      'a register',
      ({ state }) => (state[4] = state[4]! ^ 1),
      /r4: before [0-9a-f]{8}, ours [0-9a-f]{8}, unicorn/,
    ],
    ['the overflow flag', ({ state }) => (state[Word.apsr] = state[Word.apsr]! ^ (1 << 28)), /apsr:/],
    ['GE', ({ state }) => (state[Word.apsr] = state[Word.apsr]! ^ (1 << 16)), /apsr:/],
    ['a cumulative flag', ({ state }) => (state[Word.fpscr] = state[Word.fpscr]! ^ 0x10), /fpscr:/],
    ['a single', ({ state }) => (state[Word.singles + 31] = state[Word.singles + 31]! ^ 1), /s31:/],
    ['a byte of memory', ({ ram }) => (ram[0x1234] = ram[0x1234]! ^ 1), /byte at 20001234:/],
    ['the next instruction', ({ state }) => (state[15] = state[15]! + 2), /pc:/],
  ])('%s', (_, mistake, line) => {
    const comparison = new Comparison(new Mistaken(mistake), unicorn)
    const { differing, differences } = runSubject(comparison, subjectNamed('ADD (register) T3'), 1, 0, 20)
    expect(differing).toBe(20)
    expect(differences[0]!.text).toMatch(line)
    expect(differences[0]!.text).toMatch(
      /again: npm run fuzz -- --only "ADD \(register\) T3" --seed 1 --case 0/,
    )
  })
})

test('coverage tells which entries a processor has executed, and how often', () => {
  const nothing = (): never => {
    throw new Error('no bus')
  }
  const bus = { read: nothing, write: nothing }
  const cpu = new CortexM4({ bus, scheduler: new Scheduler(), profile: true })
  // movs r0, #3; subs r0, #1; bne back; bkpt
  new Uint16Array(cpu.flash.buffer, cpu.flash.byteOffset, 4).set([0x2003, 0x3801, 0xd1fd, 0xbe00])
  cpu.core.decoder.invalidate(0, 8)
  cpu.state.pc = 0
  cpu.core.run(0, 1000)
  const executed = [...executedEntries(cpu)].map(([{ name }, count]) => [name, count])
  expect(executed).toEqual([
    ['MOV (immediate) T1', 1],
    ['SUB (immediate) T2', 3],
    ['B (conditional) T1', 3],
  ])
})
