import { beforeAll, expect, test } from 'vitest'
import { Memory, Word } from './state.ts'
import { Unicorn } from './unicorn.ts'

let unicorn: Unicorn

beforeAll(() => {
  unicorn = new Unicorn()
  new Uint16Array(unicorn.flash.buffer).fill(Memory.filler)
})

function run(halfwords: number[], setup: Partial<Record<number, number>> = {}, instructions = 8): string {
  unicorn.flush()
  new Uint16Array(unicorn.flash.buffer, 0x8000, 16).fill(Memory.filler).set(halfwords)
  unicorn.state.fill(0)
  unicorn.state[Word.registers + 13] = 0x2000_1000
  for (const [word, value] of Object.entries(setup)) unicorn.state[Number(word)] = value!
  return unicorn.run(0x8000, instructions)
}

test('stops at a BKPT and tells where', () => {
  expect(run([0x1c40], { [Word.registers]: 6 })).toBe('stopped')
  expect(unicorn.state[Word.registers]).toBe(7)
  expect(unicorn.state[Word.registers + 15]).toBe(0x8002)
})

test('GE goes in and out: SEL takes bytes by it', () => {
  run([0xfaa0, 0xf382], { 0: 0x1111_1111, 2: 0x2222_2222, [Word.apsr]: 0x8805_0000 })
  expect(unicorn.state[3]).toBe(0x2211_2211)
  expect(unicorn.state[Word.apsr]).toBe(0x8805_0000)
})

test('FPSCR modes hold: default NaN for a signalling one', () => {
  const vaddS2S0S1 = [0xee30, 0x1a20]
  run(vaddS2S0S1, { [Word.singles]: 0x7f80_0001, [Word.singles + 1]: 0x3f80_0000, [Word.fpscr]: 0x0200_0000 })
  expect(unicorn.state[Word.singles + 2]).toBe(0x7fc0_0000)
  expect(unicorn.state[Word.fpscr]).toBe(0x0200_0001)
})

test('an IT block, whichever instructions it skips', () => {
  const iteEqAddAdd = [0xbf0c, 0x3001, 0x3002]
  expect(run(iteEqAddAdd)).toBe('stopped')
  expect(unicorn.state[0]).toBe(2)
  run(iteEqAddAdd, { [Word.apsr]: 1 << 30 })
  expect(unicorn.state[0]).toBe(1)
})

test('undefined instructions and missing memory are told apart', () => {
  expect(run([0xde00])).toBe('undefined')
  expect(run([0x6800], { [Word.registers]: 0x5000_0000 })).toBe('memory')
})
