/**
 * Resets, System OFF, sleep-on-exit, faults that go on, code in RAM that rewrites itself, ACTLR and the cache changed in
 * the middle: sums of such a run held against each other, and its timeline against a recording in full.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { branchSource } from '../../emulator/branch-source.ts'
import { noCycles, sumOf as sumOfReasons } from '../../emulator/cpu/timing/reasons.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { sumOf, WHOLE_RUN } from '../../emulator/power/sums.ts'
import { CallTracer } from '../../emulator/probes/call-tracer.ts'
import { functionCosts } from '../../emulator/probes/functions.ts'
import { Recorder } from '../../emulator/timeline/record/recorder.ts'
import type { LevelStatistics, StateStatistics } from '../../emulator/timeline/statistics.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { UNFOLDED } from '../../emulator/timeline/track.ts'
import { fallenInto } from '../../runs/image/fallen-into.ts'
import type { FirmwareImage } from '../../runs/image/image.ts'
import { loadImage } from '../../src/files/image.ts'
import { seededRandom } from '../../src/model/random.ts'
import { compile } from '../cli/firmware.ts'
import { addReasons, expectExactReasons } from './reasons.ts'
import { Running } from './start.ts'

const END = 40_000_000
const PRESSED = 30_000_000

let image: FirmwareImage
const source = readFileSync(join(import.meta.dirname, 'firmware', 'odd.c'), 'utf8')
const started = (): Running => new Running(image, { profile: true, functions: image.symbols.functions })

/** To the end, in slices of random lengths. */
const slices = (run: Running, seed: number, between: () => void): void => {
  const random = seededRandom(seed)
  const { machine } = run
  while (machine.now < END) {
    const next = Math.min(
      machine.now + Math.ceil(2 ** (21 * random())),
      machine.now < PRESSED ? PRESSED : END,
    )
    const stop = machine.run(next, true)
    if (machine.now >= PRESSED) machine.chip.gpio.drive(11, true)
    between()
    if (stop.kind !== 'paused') {
      expect(stop).toEqual({ kind: 'exit', code: 0 })
      return
    }
  }
  expect.unreachable('the firmware has not come to its end')
}

beforeAll(async () => {
  image = await loadImage(compile('odd', source, '-O1 -g'))
})

describe('an odd run', () => {
  it('does all of it', () => {
    const run = started()
    slices(run, 1, () => undefined)
    expect([run.word('stage'), run.word('faults'), run.word('hard')]).toEqual([5, 30, 6])
  })

  it('has reasons that add up, wherever it is cut', () => {
    const [run, other] = [started(), started()]
    slices(run, 2, () => expectExactReasons(run.machine))
    slices(other, 3, () => undefined)
    expect(expectExactReasons(other.machine)).toEqual(expectExactReasons(run.machine))
    expect(other.machine.cpu.reasons!.instructions()).toEqual(run.machine.cpu.reasons!.instructions())
  })

  it.each(['-O2', '-O3'])('at %s has reasons of instructions that add up to the run’s', async (level) => {
    // What landings hide is elsewhere with these, and with that code: also where nothing executes in the end.
    const timing = {
      ...pipelineTiming,
      fetchRestart: 0,
      loadToAddress: 1,
      storeAfterLoad: 1,
      refillDirect: 2,
    }
    const other = await loadImage(compile(`odd${level}`, source, `${level} -g`))
    const run = new Running(other, { profile: true, timing })
    const { cpu } = run.machine
    slices(run, 10, () => {
      const sum = noCycles()
      for (const one of cpu.reasons!.instructions()) {
        expect(sumOfReasons(one.reasons)).toBe(one.cycles)
        addReasons(sum, one.reasons)
      }
      const { exception, sleep, ...code } = cpu.reasons!.of(cpu.reading()!)
      expect(sum).toMatchObject(code)
      expect(sumOfReasons(code) + exception + sleep).toBe(run.machine.now)
    })
  })

  it('has calls whose cycles are the profile’s', () => {
    const run = started()
    const { machine } = run
    const { functions } = image.symbols
    const { pc } = machine.cpu.state
    const tracer = new CallTracer(branchSource(machine, functions), functions, pc, fallenInto(image))
    machine.onReset = () => tracer.reset(machine.cpu.state.pc, machine.now)
    slices(run, 4, () => undefined)
    tracer.advance(machine.now)
    const profile = functionCosts(machine.profile!, functions)
    const names = ['?', ...functions.map(({ name }) => name)]
    const cycles = new Map(tracer.tree.functions().map((one) => [names[one.function], one.selfCycles]))
    for (const { name, selfCycles } of profile.filter(({ name }) => names.includes(name)))
      expect([name, cycles.get(name) ?? 0]).toEqual([name, selfCycles])
    const nodes = tracer.tree.nodes()
    const all = nodes.filter(({ parent }) => parent < 0).reduce((sum, one) => sum + one.totalCycles, 0)
    expect(all).toBe(profile.reduce((sum, one) => sum + one.selfCycles, 0))
  })

  it('has tracks that agree with the ledger, however it is cut and saved on the way', () => {
    const [run, cut] = [started(), started()]
    const recorder = new Recorder(run.machine)
    const cutRecorder = new Recorder(cut.machine)
    slices(run, 5, () => undefined)
    slices(cut, 6, () => cutRecorder.save())
    recorder.finish()
    cutRecorder.finish()
    const { ledger, now } = run.machine
    ledger.advance(now)
    const { timeline } = recorder
    let board = 0n
    for (const part of ledger.parts.values()) {
      const { charge } = sumOf(part, WHOLE_RUN)
      board += charge
      const track = timeline.tracks.get(`current/${part.name}`)
      const sum = track ? (timeline.statistics(track.info.id, 0, now) as LevelStatistics).sum : 0n
      expect([part.name, sum]).toEqual([part.name, charge])
    }
    expect((timeline.statistics('current/board', 0, now) as LevelStatistics).sum).toBe(board)
    const { states } = timeline.statistics('processor', 0, now) as StateStatistics
    const asleep = states.reduce((sum, { state, cycles }) => sum + (state === 'run' ? 0 : cycles), 0)
    expect(asleep).toBe(run.machine.sleepCycles)
    expect(cutRecorder.timeline.save()).toEqual(timeline.save())
  })

  it('has statistics of any stretch that are those of a recording in full', () => {
    const limits = { recent: 8, buckets: 8 }
    const run = started()
    const recorder = new Recorder(run.machine, new Timeline({ steps: limits, spans: limits }), { dma: true })
    const snapshots = [{ cycle: 0, machine: run.machine.save(), recorder: recorder.save() }]
    slices(run, 7, () => {
      const last = snapshots.at(-1)!.cycle
      if (run.machine.now > last + 300_000)
        snapshots.push({
          cycle: run.machine.now,
          machine: run.machine.save(),
          recorder: recorder.save(),
        })
    })
    recorder.settle()
    const end = run.machine.now
    const full = started()
    const inFull = new Recorder(full.machine, new Timeline(UNFOLDED), { dma: true })
    slices(full, 8, () => undefined)
    inFull.settle()
    const other = started()
    let asked = 0
    const detail = {
      stretch: (from: number, to: number): Timeline => {
        asked += 1
        const nearest = snapshots.findLast(({ cycle }) => cycle <= from)!
        other.machine.restore(nearest.machine)
        const again = new Recorder(other.machine, new Timeline(UNFOLDED), { dma: true })
        again.restore(nearest.recorder)
        other.machine.run(to, true)
        again.settle()
        again.detach()
        return again.timeline
      },
    }
    const random = seededRandom(9)
    const ids = [...inFull.timeline.tracks.keys()]
    expect([...recorder.timeline.tracks.keys()]).toEqual(ids)
    for (let i = 0; i < 16; i++) {
      const from = Math.floor(random() ** 4 * 0.9 * end)
      const to = Math.min(from + Math.ceil(2 ** (24 * random())), end)
      for (const id of ids)
        expect([id, from, to, recorder.timeline.statistics(id, from, to, detail)]).toEqual([
          id,
          from,
          to,
          inFull.timeline.statistics(id, from, to),
        ])
    }
    expect(asked).toBeGreaterThan(20)
  })
})
