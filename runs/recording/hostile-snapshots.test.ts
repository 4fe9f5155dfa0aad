/** Snapshots that somebody made to keep a replay busy for ever: each is refused in one line, and at once. */
import { beforeAll, describe, expect, it } from 'vitest'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { SLOTS, State } from '../../emulator/cpu/layout.ts'
import { PAGE_BYTES } from '../../emulator/cpu/engine/page-comparison.ts'
import { firmwareToKeep } from '../../src/files/recorded-run.ts'
import { loadImage } from '../../src/files/image.ts'
import { simulate } from '../../src/files/simulate.ts'
import { compile } from '../../test/cli/firmware.ts'
import { UserError } from '../errors.ts'
import type { RunSnapshot } from '../simulation/observe-options.ts'
import { beginRecording } from './record.ts'
import type { RecordedRun } from './recorded-run.ts'
import { Replay } from './replay.ts'
import { readRun } from './run-file.ts'

const SOURCE = `int main(void) {
  REG(0x4001E540) = 1;
  REG(0x40008504) = 0; REG(0x40008508) = 3; REG(0x40008510) = 0; REG(0x40008540) = 100; REG(0x40008200) = 1;
  REG(0x40008000) = 1;
  for (volatile unsigned i = 0; i < 3000000; i++) { }
  leave(0);
  return 0;
}`

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call */
type Damaged = any
const core = (of: Damaged): Damaged => of.machine.sections.processor.state.core
const words = (of: Damaged): Int32Array => core(of).state.words as Int32Array
const setWord = (of: Damaged, offset: number, value: number): void => {
  words(of)[(offset - State.registers) >> 2] = value
}
/** Every array of numbers that is called so, at any depth. */
const each = (of: Damaged, name: string, change: (numbers: Damaged) => void): void => {
  if (typeof of !== 'object' || of === null || ArrayBuffer.isView(of)) return
  for (const [key, one] of Object.entries(of as object)) {
    if (key === name) change(one)
    each(one, name, change)
  }
}

const hostile: Readonly<Record<string, (of: Damaged) => void>> = {
  'instructions take no time': (of) => each(core(of).code, 'costs', (costs: Uint8Array) => costs.fill(0)),
  'reads of flash take time back': (of) => setWord(of, State.flashReadWait, -1000),
  'conditions never fail': (of) => setWord(of, State.conditions, -1),
  'more RAM than there is may be written': (of) => setWord(of, State.ramWriteLimits, 0x7fff_ffff),
  'the next instruction stands nowhere': (of) => setWord(of, State.next, SLOTS),
  'lines of the cache hide more than they miss': (of) => {
    core(of).code.hidden = { lines: Uint32Array.of(5), cycles: Uint8Array.of(255) }
  },
  'counts are elsewhere': (of) => {
    const { slots } = of.machine.sections.processor.state.memory
    slots.pages = slots.pages.map(() => new Uint8Array(PAGE_BYTES).fill(8))
  },
  'an event was due long ago': (of) => dueAt(of.machine.sections.chip, -1e15),
  'an event is due at no time': (of) => dueAt(of.machine.sections.chip, NaN),
  'it is of another time': (of) => (of.machine.sections.time.state.now = 1),
  'the present is not': (of) => (of.machine.sections.time.state.now = NaN),
  'current flows for no time': (of) => (of.machine.sections.power.state.board.width = 0),
  'the processor wakes never': (of) => {
    Object.assign(of.machine.sections.processor.state, { sleeping: 'interrupt', wakesAt: NaN })
  },
}

function dueAt(of: Damaged, due: number): void {
  if (typeof of !== 'object' || of === null || ArrayBuffer.isView(of)) return
  if ('due' in of && 'order' in of) of.due = due
  for (const one of Object.values(of as object)) dueAt(one, due)
}

let run: RecordedRun
beforeAll(async () => {
  const file = compile('hostile', SOURCE, '-O1 -g')
  const { hooks, finish } = beginRecording([])
  const options = { file, image: await loadImage(file), timing: pipelineTiming, seconds: 1 }
  const report = await simulate({ ...options, ...hooks })
  run = readRun(await finish(options, report, () => firmwareToKeep(file)), 'a.boardless')
})

describe('a snapshot in which', () => {
  it.each(Object.entries(hostile))('%s is refused', (_, damage) => {
    const cycle = run.snapshots.cycles.at(-1)!
    const snapshot = structuredClone<RunSnapshot>(run.snapshots.nearest(cycle)!)
    damage(snapshot)
    const { given, firmware } = run
    const replay = new Replay({ given, firmware, snapshots: { nearest: () => snapshot } }, 'a.boardless')
    const attempt = (): void => {
      replay.goBefore(cycle)
      replay.advance(cycle + 640_000)
    }
    expect(attempt).toThrow(UserError)
    expect(attempt).toThrow(/^a\.boardless: it cannot be run again: [^\n]+ Record the run again\.$/)
  })

  it('nothing is wrong is gone on from', () => {
    const cycle = run.snapshots.cycles.at(-1)!
    expect(cycle).toBeGreaterThan(0)
    const replay = new Replay(run, 'a.boardless')
    replay.goBefore(cycle)
    expect(replay.advance(cycle + 640_000)).toBe(true)
  })
})
