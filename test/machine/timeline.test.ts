import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import type { PhaseListener } from '../../emulator/probes/phases.ts'
import { PhaseRecorder } from '../../emulator/probes/phases.ts'
import { sumOf, WHOLE_RUN } from '../../emulator/power/sums.ts'
import type { MachineSnapshot } from '../../emulator/machine.ts'
import { Recorder } from '../../emulator/timeline/record/recorder.ts'
import type { SavedRecorder } from '../../emulator/timeline/record/recorder.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { UNFOLDED } from '../../emulator/timeline/track.ts'
import { microcoulombs } from '../../emulator/timeline/statistics.ts'
import type { LevelStatistics, SpanStatistics, StateStatistics } from '../../emulator/timeline/statistics.ts'
import { spanText } from '../../emulator/timeline/span-text.ts'
import { SpanTrack } from '../../emulator/timeline/tracks.ts'
import { simulate } from '../../src/files/simulate.ts'
import { loadImage } from '../../src/files/image.ts'
import { seededRandom } from '../../src/model/random.ts'
import { watchInterpreters } from '../../runs/simulation/watch-interpreters.ts'
import type { InterpreterProbes } from '../../runs/simulation/watch-interpreters.ts'
import { startApp, heldOutRecording } from '../../src/toolchain/testing/testing-apps.ts'
import { compile } from '../cli/firmware.ts'
import { CYCLES_PER_SECOND, gestureFirmware, heldOut } from './gesture.ts'
import { Running, start } from './start.ts'

const SECONDS = 11
const END = SECONDS * CYCLES_PER_SECOND

/** A machine that is recorded, its phases and operators too. */
class Recorded {
  readonly running: Running
  readonly recorder: Recorder
  readonly interpreters: InterpreterProbes

  private constructor(image: Awaited<ReturnType<typeof loadImage>>, recording: object) {
    const late: { phases?: PhaseListener } = {}
    const phases = new PhaseRecorder((address, length) => this.running.machine.readMemory(address, length), {
      beginPhase: (...args) => late.phases?.beginPhase(...args),
      endPhase: (...args) => late.phases?.endPhase(...args),
      abandonPhase: (...args) => late.phases?.abandonPhase(...args),
    })
    this.running = new Running(image, {
      ...recording,
      onStimulus: (port, value) => phases.onStimulus(port, value, this.running.machine.now),
    })
    const { machine } = this.running
    this.recorder = new Recorder(machine)
    late.phases = this.recorder.phases
    this.interpreters = watchInterpreters(machine, image, this.recorder.operators)
  }

  static async ofGesture(): Promise<Recorded> {
    const { recording } = await heldOut()
    return new Recorded(await loadImage(await gestureFirmware('cmsis-nn')), { recording })
  }

  level(id: string, from = 0, to = END): LevelStatistics {
    return this.recorder.timeline.statistics(id, from, to) as LevelStatistics
  }

  state(id: string, from = 0, to = END): Record<string, number> {
    const { states } = this.recorder.timeline.statistics(id, from, to) as StateStatistics
    return Object.fromEntries(states.map(({ state, cycles }) => [state, cycles]))
  }

  spans(id: string, from = 0, to = END): SpanStatistics {
    return this.recorder.timeline.statistics(id, from, to) as SpanStatistics
  }

  marks(id: string) {
    const track = this.recorder.timeline.tracks.get(id)
    if (!(track instanceof SpanTrack)) throw new Error(`no marks ${id}`)
    return [...track.spans.spansIn(0, Infinity)]
  }
}

describe('the gesture app on a timeline', () => {
  let recorded: Recorded
  beforeAll(async () => {
    recorded = await Recorded.ofGesture()
    recorded.running.run(END)
    recorded.recorder.finish()
  })

  it('has the charge of each part and of the board that the report has, and the time in each state', async () => {
    const { ledger } = recorded.running.machine
    ledger.advance(END)
    let [board, chip] = [0n, 0n]
    for (const part of ledger.parts.values()) {
      const { charge } = sumOf(part, WHOLE_RUN)
      board += charge
      if (part.currents.group === 'chip') chip += charge
      if (![...part.states.values()].some(({ cycles }) => cycles > 0)) continue
      expect([part.name, recorded.level(`current/${part.name}`).sum]).toEqual([part.name, charge])
      const states = [...part.states.values()].filter(({ cycles }) => cycles > 0)
      expect(recorded.state(`state/${part.name}`)).toMatchObject(
        Object.fromEntries(states.map(({ state, cycles }) => [state, cycles])),
      )
    }
    const current = recorded.level('current/board')
    expect(current.sum).toBe(board)
    expect(recorded.level('current/chip').sum).toBe(chip)
    const file = await gestureFirmware('cmsis-nn')
    const { power } = await simulate({ file, recording: await heldOut(), seconds: SECONDS })
    expect(microcoulombs(current.sum)).toBe(power.board.chargeMicrocoulombs)
    expect(current.maximum / 1e6).toBe(power.board.peakMicroamps)
  })

  it('has the processor asleep as long as it sleeps, and its cache on from when the firmware switched it on', () => {
    const { sleepCycles } = recorded.running.machine
    expect(recorded.state('processor')).toEqual({ run: END - sleepCycles, sleep: sleepCycles })
    const { off = 0, on = 0 } = recorded.state('cache')
    expect(off + on).toBe(END)
    expect(off).toBe(recorded.state('state/CPU')['flash, cache off'])
  })

  it('has the passes of each phase, and every operator of each invocation', () => {
    const phases = recorded.spans('phases')
    const { text } = recorded.running
    // The firmware measures its own phases with a timer of 1 MHz, and prints cycles.
    const printed = /cycles: \d+ (\d+) (\d+) (\d+)\)/.exec(text)?.slice(1).map(Number)
    const longest = ['preprocess', 'inference', 'output'].map(
      (name) => phases.names.find((phase) => phase.name === name)?.longest ?? 0,
    )
    longest.forEach((cycles, i) => expect(Math.abs(cycles - printed![i]!)).toBeLessThan(100))
    expect(phases.names.find(({ name }) => name === 'sensor')?.count).toBe(110)
    const [summary] = recorded.interpreters.observed().interpreters
    const { names } = recorded.spans('operators')
    const invocations = names.find(({ name }) => name === 'interpreter 0')
    expect([invocations?.count, invocations?.cycles]).toEqual([summary?.count, summary?.totalCycles])
    const operators = summary?.operators.map(({ count, totalCycles }) => [count, totalCycles])
    expect(names.filter(({ depth }) => depth === 1).map(({ count, cycles }) => [count, cycles])).toEqual(
      operators,
    )
  })

  it('shows what the driver of the motion sensor does on its bus', () => {
    const bus = recorded.recorder.timeline.tracks.get('bus/TWIM0') as SpanTrack
    const transfers = recorded.marks('bus/TWIM0').map((transfer) => spanText(bus, transfer))
    // ST DocID025715: WHO_AM_I is register 0x0F of both, 0x68 of the one and 0x3D of the other.
    expect(transfers.slice(0, 4)).toEqual([
      '0x6b write register 0x0f',
      '0x6b read register 0x0f: 68',
      '0x1e write register 0x0f',
      '0x1e read register 0x0f: 3d',
    ])
    expect(recorded.spans('bus/TWIM0').busyCycles).toBe(
      recorded.state('state/I2C pull-ups, TWIM0')['transfer'],
    )
  })

  it('has the samples that the sensor took, at the moments of the recording', async () => {
    const { recording } = await heldOut()
    const { timeline } = recorded.recorder
    const track = timeline.tracks.get('samples/LSM9DS1') as SpanTrack
    const samples = recorded.marks('samples/LSM9DS1')
    expect(samples.length).toBeGreaterThan(600)
    for (const { kind, begin, value: counts, data } of samples) {
      const takenCycle = data as number
      const named = track.spans.names[kind]!.data as { channel: 'ax' | 'gx'; sensitivity: number }
      const { channel } = named
      const value = counts! * named.sensitivity
      expect(takenCycle).toBeLessThanOrEqual(begin)
      const felt = recording.valueAt(channel, takenCycle)
      expect(Math.abs(value - felt)).toBeLessThanOrEqual(channel.startsWith('a') ? 0.000122 / 2 : 0.07 / 2)
    }
  })

  it('has each line of the console', () => {
    const lines = recorded.running.text.split('\n').filter((line) => line !== '')
    expect(recorded.marks('console').map(({ text }) => text)).toEqual(lines)
    const bytes = recorded.marks('uart/UARTE0/sent').reduce((sum, { value }) => sum + (value ?? 0), 0)
    expect(bytes).toBe(recorded.running.console.length)
  })

  it('is the same however the run is cut into slices', async () => {
    const sliced = await Recorded.ofGesture()
    const { machine } = sliced.running
    const random = seededRandom(1)
    while (machine.now < END) {
      machine.run(Math.min(machine.now + Math.ceil(2 ** (22 * random())), END))
      if (random() < 0.1) sliced.recorder.settle()
    }
    sliced.recorder.finish()
    expect(sliced.recorder.timeline.save()).toEqual(recorded.recorder.timeline.save())
  })
})

describe('statistics of what is folded, with snapshots', () => {
  it('are those of a recording in full, on every track', async () => {
    const { recording } = await heldOut()
    const file = await gestureFirmware('cmsis-nn')
    const begin = async (timeline: Timeline) => {
      const { machine } = await start(file, { recording })
      return { machine, recorder: new Recorder(machine, timeline) }
    }
    const steps = { recent: 64, buckets: 128 }
    const { machine, recorder } = await begin(new Timeline({ steps, spans: steps }))
    const snapshots: { cycle: number; machine: MachineSnapshot; recorder: SavedRecorder }[] = []
    for (let cycle = 0; cycle < END; cycle += CYCLES_PER_SECOND) {
      machine.run(cycle)
      snapshots.push({ cycle: machine.now, machine: machine.save(), recorder: recorder.save() })
    }
    machine.run(END)
    recorder.settle()
    const full = await begin(new Timeline(UNFOLDED))
    full.machine.run(END)
    full.recorder.settle()

    const other = await start(file, { recording })
    let asked = 0
    const detail = {
      stretch: (from: number, to: number): Timeline => {
        asked += 1
        const nearest = snapshots.findLast(({ cycle }) => cycle <= from)!
        other.machine.restore(nearest.machine)
        const again = new Recorder(other.machine, new Timeline(UNFOLDED))
        again.restore(nearest.recorder)
        other.machine.run(to)
        again.settle()
        again.detach()
        return again.timeline
      },
    }
    const random = seededRandom(2)
    expect([...recorder.timeline.tracks.keys()]).toEqual([...full.recorder.timeline.tracks.keys()])
    for (let i = 0; i < 6; i++) {
      const from = Math.floor(random() * 0.9 * END)
      const to = Math.min(from + Math.ceil(2 ** (10 + 18 * random())), END)
      for (const id of full.recorder.timeline.tracks.keys())
        expect([id, recorder.timeline.statistics(id, from, to, detail)]).toEqual([
          id,
          full.recorder.timeline.statistics(id, from, to),
        ])
    }
    expect(asked).toBeGreaterThan(20)
  })
})

describe('the charge of a run', () => {
  const recording = heldOutRecording()
  const sound = new Int16Array(32_000).map((_, i) => Math.round(8000 * Math.sin(i / 9)))

  it.each([
    ['gesture-5hz', { recording }],
    ['gesture-continuous', { recording }],
    ['gesture-motion', { recording }],
    ['keyword', { sound }],
    ['keyword-gated', { sound, board: 'xiao' }],
  ] as const)('of %s is the sum of its parts, to the last digit', async (app, input) => {
    const running = await startApp(app, input)
    const { machine } = running
    const recorder = new Recorder(machine)
    running.run(2)
    recorder.finish()
    const { ledger, now } = machine
    ledger.advance(now)
    const charges = [...ledger.parts.values()].map((part) => sumOf(part, WHOLE_RUN).charge)
    const { sum } = recorder.timeline.statistics('current/board', 0, now) as LevelStatistics
    expect(sum).toBe(charges.reduce((total, charge) => total + charge, 0n))
    const { states } = recorder.timeline.statistics('processor', 0, now) as StateStatistics
    const asleep = states.reduce((total, { state, cycles }) => total + (state === 'run' ? 0 : cycles), 0)
    expect(asleep).toBe(machine.sleepCycles)
  })
})

describe('latency of an interrupt', () => {
  it('is the manual’s, from SysTick’s zero to the first instruction of its handler', async () => {
    const source = readFileSync(join(import.meta.dirname, 'firmware', 'latency.c'), 'utf8')
    const elf = compile('timeline-latency', source, '-O2 -g')
    const timing = { ...pipelineTiming, flashReadWait: 0, flashFetchWait: 0, cacheMissCycles: 0 }
    const running = await start(elf, { timing })
    const { machine } = running
    const ram = new DataView(machine.cpu.ram.buffer, machine.cpu.ram.byteOffset, machine.cpu.ram.length)
    for (const [name, value] of [
      ['first_reload', 150],
      ['reloads', 20],
    ] as const)
      ram.setUint32(running.address(name) - 0x2000_0000, value, true)
    const { timeline } = new Recorder(machine)
    const [first, last] = [running.address('first_nop'), running.address('last_nop')]
    const amongNops = new Set<number>()
    machine.addProbe(running.address('systick_handler'), () => {
      const frame = machine.readMemory(machine.readRegister(13) + 24, 4)
      const interrupted = new DataView(frame.buffer).getUint32(0, true)
      if (interrupted > first && interrupted < last) amongNops.add(machine.now)
    })
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    const track = timeline.tracks.get('exceptions') as SpanTrack
    const handlers = [...track.spans.spansIn(0, Infinity)]
    const found = handlers.filter(
      ({ kind, begin }) => track.spans.names[kind]?.name === 'SysTick' && amongNops.has(begin),
    )
    expect(found.length).toBeGreaterThan(100)
    // Cortex-M4 TRM 3.9.1: 12 cycles; the vectors are in RAM here, six more (Arm knowledge base 103489845).
    expect(new Set(found.map(({ value }) => value))).toEqual(new Set([18]))
    // PendSV is tail-chained: it begins six cycles after the BX that ends SysTick.
    const pendSv = handlers.find(({ kind, begin }) => {
      const [tick] = found
      return track.spans.names[kind]?.name === 'PendSV' && tick !== undefined && begin > tick.begin
    })
    expect(pendSv!.begin - found[0]!.end).toBe(6)
  })
})
