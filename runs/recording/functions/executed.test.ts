/** Calls of a recorded run, run again with inlined ones told apart; held against the profile and the ledger. */
import { beforeAll, describe, expect, it } from 'vitest'
import { microcoulombs } from '../../../emulator/timeline/statistics.ts'
import { SpanTrack } from '../../../emulator/timeline/tracks.ts'
import { compile } from '../../../test/cli/firmware.ts'
import { SourceFrames } from '../../image/source-frames.ts'
import { loadImage } from '../../../src/files/image.ts'
import { firmwareToKeep } from '../../../src/files/recorded-run.ts'
import { simulate } from '../../simulation/simulate.ts'
import { beginRecording } from '../record.ts'
import type { RecordedRun } from '../recorded-run.ts'
import { Replay } from '../replay.ts'
import { readRun } from '../run-file.ts'
import { executedIn, type Executed } from './executed.ts'

const source = `
volatile uint32_t sink, ticks, spent[3];
#define CYCCNT REG(0xE0001004)
static inline __attribute__((always_inline)) void innermost(uint32_t n) { for (uint32_t i = 0; i < n; i++) sink += i / (sink | 1); }
static inline __attribute__((always_inline)) void inlined(uint32_t n) { sink++; innermost(n); sink ^= n; }
__attribute__((noinline)) void leaf(uint32_t n) { for (uint32_t i = 0; i < n; i++) sink ^= i; }
static inline __attribute__((always_inline)) void calling(uint32_t n) { sink += 2; leaf(n); sink += 3; }
__attribute__((noinline)) void work(uint32_t n) { inlined(n); leaf(n); calling(n); if (n & 1) innermost(2); }
void tick(void) { REG(0x40008140) = 0; ticks++; inlined(1); }
int main(void) {
  REG(0x4001E540) = 1;
  REG(0xE000EDFC) |= 1u << 24; CYCCNT = 0; REG(0xE0001000) |= 1;
  for (uint32_t i = 0; i < 3; i++) { uint32_t before = CYCCNT; work(20 + i); spent[i] = CYCCNT - before; }
#ifdef TICKS
  for (int i = 0; i < 64; i++) ((void *volatile *)0x20000200)[i] = vectors[i];
  ((void *volatile *)0x20000200)[16 + 8] = (void *)tick;
  REG(0xE000ED08) = 0x20000200; REG(0xE000E100) = 1 << 8;
  REG(0x40008510) = 0; REG(0x40008508) = 3; REG(0x40008540) = 1600; REG(0x40008200) = 1; REG(0x40008304) = 1 << 16; REG(0x40008000) = 1;
  for (uint32_t i = 0; i < 20; i++) { work(i); __asm__ volatile("wfi"); }
  REG(0x40008304 + 4) = 1 << 16;
#endif
  for (int i = 0; i < 3000; i++) work(i & 7);
  leave(0);
  return 0;
}`

interface Recorded {
  readonly file: string
  readonly run: RecordedRun
}

async function recorded(name: string, flags: string, functions: boolean): Promise<Recorded> {
  const file = compile(name, source, flags)
  const image = await loadImage(file)
  const { hooks, finish } = beginRecording([])
  const given = { image, functions, seconds: 2 }
  const report = await simulate({ ...given, ...hooks })
  const bytes = await finish(given, report, () => firmwareToKeep(file))
  return { file, run: readRun(bytes, 'a.boardless') }
}

const selfOf = ({ frames, weights }: Executed): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const { stack, weight } of weights) {
    const { name } = frames[stack.at(-1)!]!
    sums.set(name, (sums.get(name) ?? 0) + weight)
  }
  return sums
}

describe.each(['-O1', '-O2 -fno-unroll-loops'])('at %s', (level) => {
  let plain: Recorded
  let replay: Replay
  let all: Executed
  beforeAll(async () => {
    plain = await recorded(`executed${level.slice(0, 3)}`, `${level} -g`, false)
    replay = new Replay(plain.run, 'a.boardless', { withFunctions: true })
    all = executedIn(replay, 0, plain.run.report.run.cycles, 'cycles')
  })

  it('adds up to the cycles, and to those of the profile by the innermost inlined function', () => {
    const { run } = plain.run.report
    expect(all.weights.reduce((sum, { weight }) => sum + weight, 0)).toBe(run.cycles)
    const frames = new SourceFrames(replay.image)
    const expected = new Map<string, number>()
    replay.goTo(run.cycles)
    replay.run.machine.profile!.forEachExecuted((address, cycles) => {
      const found = replay.image.symbols.functionAt(address)
      const name = frames.at(address)[0]?.function ?? found?.name ?? 'unknown code'
      expected.set(name, (expected.get(name) ?? 0) + cycles)
    })
    const byName = (map: ReadonlyMap<string, number>) => [...map].filter(([, cycles]) => cycles > 0).sort()
    expect(byName(selfOf(all))).toEqual(byName(expected))
  })

  it('stands inlined calls between callers and what they call', () => {
    const paths = new Set(all.weights.map(({ stack }) => stack.map((one) => all.frames[one]!.name).join(';')))
    for (const path of ['work;inlined;innermost', 'work;leaf', 'work;calling;leaf', 'work;innermost'])
      expect([path, [...paths].some((one) => one.endsWith(`main;${path}`))]).toEqual([path, true])
  })

  it('has events that add up to the weights', () => {
    const open: number[] = []
    const sums = new Map<string, number>()
    let since = 0
    for (const { kind, frame, cycle } of [
      ...all.events!,
      { kind: 'close', frame: 0, cycle: plain.run.report.run.cycles },
    ]) {
      const key = (open.length > 0 ? open : [0]).join(' ')
      sums.set(key, (sums.get(key) ?? 0) + cycle - since)
      since = cycle
      if (kind === 'open') open.push(frame)
      else open.pop()
    }
    expect([...sums].filter(([, cycles]) => cycles > 0).sort()).toEqual(
      all.weights.map(({ stack, weight }) => [stack.join(' '), weight]).sort(),
    )
  })

  it('parts a stretch of it where one likes', () => {
    const { cycles } = plain.run.report.run
    const border = 31_337
    const sums = new Map<string, number>()
    for (const [from, to] of [
      [0, border],
      [border, cycles],
    ] as const)
      for (const { stack, weight } of executedIn(replay, from, to, 'cycles').weights)
        sums.set(stack.join(' '), (sums.get(stack.join(' ')) ?? 0) + weight)
    expect([...sums].sort()).toEqual(all.weights.map(({ stack, weight }) => [stack.join(' '), weight]).sort())
  })

  it('has the charge of the board', () => {
    const { cycles } = plain.run.report.run
    const charge = executedIn(replay, 0, cycles, 'charge')
    const board = plain.run.timeline.statistics('current/board', 0, cycles)
    if (board.kind !== 'level') throw new Error('no level')
    const picocoulombs = charge.weights.reduce((sum, { weight }) => sum + weight, 0)
    expect(Math.abs(picocoulombs - microcoulombs(board.sum) * 1e6)).toBeLessThan(charge.weights.length)
  })
})

describe('with interrupts and sleep', () => {
  let traced: Recorded
  let plain: Recorded
  beforeAll(async () => {
    traced = await recorded('executed-ticks', '-O1 -g -DTICKS', true)
    plain = await recorded('executed-ticks', '-O1 -g -DTICKS', false)
  })

  it('records functions and those of interrupts in rows of their own', () => {
    const { timeline, report } = traced.run
    const names = (id: string) => {
      const found = timeline.statistics(id, 0, report.run.cycles)
      return found.kind === 'spans'
        ? new Map(found.names.map((one) => [one.name, one.count]))
        : new Map<string, number>()
    }
    const ticks = report.interrupts.find(({ name }) => name.startsWith('TIMER0'))!.count
    expect(ticks).toBeGreaterThan(15)
    expect(names('functions/interrupts').get('tick')).toBe(ticks)
    for (const { name, calls } of report.functions)
      if (calls && ['work', 'leaf'].includes(name))
        expect([name, names('functions').get(name)]).toEqual([name, calls.calls])
  })

  it('has the same again for a stretch, whether it was recorded or not', () => {
    const [from, to] = [40_000, 160_000]
    const spansOf = (run: RecordedRun, replay: Replay) =>
      ['functions', 'functions/interrupts'].map((id) => {
        const track = replay.stretch(from, to).tracks.get(id)
        if (!(track instanceof SpanTrack)) throw new Error(`${run.report.firmware.file} has no ${id}`)
        return [...track.spans.spansIn(from, to)]
          .filter(({ begin, end }) => begin >= from && end <= to)
          .map(({ begin, end, kind }) => [begin, end, track.spans.names[kind]])
      })
    const again = spansOf(traced.run, new Replay(traced.run, 'a', { withFunctions: true }))
    expect(again[0]!.length).toBeGreaterThan(20)
    expect(again[1]!.length).toBeGreaterThan(5)
    expect(spansOf(plain.run, new Replay(plain.run, 'a', { withFunctions: true }))).toEqual(again)
    // As they were recorded: inlined ones are not there, and so nothing is as deep.
    const calls = spansOf(traced.run, new Replay(traced.run, 'a'))
    const place = ([begin, end, name]: readonly unknown[]) => [begin, end, (name as { name: string }).name]
    const known = new Set(traced.run.report.functions.map(({ name }) => name))
    const isCall = (one: readonly unknown[]) => known.has(String(place(one)[2]))
    expect(calls.map((row) => row.map(place))).toEqual(again.map((row) => row.filter(isCall).map(place)))
  })

  it('adds up with sleep, and handlers on what they interrupted', () => {
    const { run } = plain.run.report
    const replay = new Replay(plain.run, 'a', { withFunctions: true })
    const all = executedIn(replay, 0, run.cycles, 'cycles')
    expect(all.weights.reduce((sum, { weight }) => sum + weight, 0)).toBe(run.cycles)
    const paths = all.weights.map(({ stack }) => stack.map((one) => all.frames[one]!.name).join(';'))
    expect(paths.some((path) => path.endsWith('main;asleep'))).toBe(true)
    expect(paths.some((path) => /main;.*tick;inlined/.test(path))).toBe(true)
    expect(selfOf(all).get('asleep')).toBe(run.sleepCycles)
  })
})
