import { beforeAll, describe, expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { decodePlain } from '../../emulator/snapshot/decode.ts'
import { encodePlain } from '../../emulator/snapshot/encode.ts'
import type { Plain } from '../../emulator/snapshot/saved.ts'
import { UserError } from '../errors.ts'
import type { GivenOptions } from './given.ts'
import type { ReplayPart } from './parts.ts'
import { serialise } from '../report/serialise.ts'
import { firmwareToKeep } from '../../src/files/recorded-run.ts'
import { seededRandom } from '../../src/model/random.ts'
import { buildApp, factsOf } from '../../src/running/app.ts'
import { inputOf } from '../../src/running/inputs.ts'
import { simulate } from '../../src/files/simulate.ts'
import { openArchive, pack } from './archive.ts'
import type { RecordedRun } from './recorded-run.ts'
import { beginRecording } from './record.ts'
import { Replay } from './replay.ts'
import { readRun } from './run-file.ts'

const SECOND = 64_000_000
let options: GivenOptions & { readonly file: string }

async function recordRun(
  given: typeof options,
  { without }: { readonly without: readonly ReplayPart[] },
): Promise<{ readonly file: Uint8Array }> {
  const { hooks, finish } = beginRecording(without)
  const report = await simulate({ ...given, ...hooks })
  return { file: await finish(given, report, () => firmwareToKeep(given.file)) }
}

const unpack = (file: Uint8Array): Record<string, Uint8Array> => {
  const archive = openArchive(file, 'a')
  return Object.fromEntries(archive.names.map((name) => [name, archive.entry(name)!]))
}

let zip: Uint8Array
let recorded: RecordedRun
beforeAll(async () => {
  const choices = {}
  const built = await buildApp('gesture-5hz', choices, () => undefined)
  const inputs = await inputOf('gesture-5hz', { end: 'stop', log: {}, board: NANO_33_BLE_SENSE })
  options = {
    ...inputs,
    file: built.elfPath,
    build: factsOf(built, choices),
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    seconds: 6,
  }
  const run = await recordRun(options, { without: [] })
  zip = run.file
  recorded = readRun(zip, 'run.boardless')
})

describe('a run that is recorded', () => {
  it('has the report of the same run without', async () => {
    const plain = await simulate(options)
    expect(serialise(recorded.report)).toBe(serialise(plain))
  })

  it('is the same file each time', async () => {
    const again = await recordRun(options, { without: [] })
    expect(Buffer.from(again.file).equals(Buffer.from(zip))).toBe(true)
  })

  it('has snapshots from the beginning on, and further ones where much is executed', () => {
    const { cycles } = recorded.snapshots
    expect(cycles.map((cycle) => recorded.snapshots.nearest(cycle)?.cycle)).toEqual(cycles)
    expect(cycles[0]).toBe(0)
    expect(cycles).toEqual([...new Set(cycles)].sort((a, b) => a - b))
    expect(cycles.at(-1)).toBeLessThan(recorded.report.run.cycles)
  })

  it('has the charge of its report on its timeline', () => {
    const board = recorded.timeline.statistics('current/board', 0, recorded.report.run.cycles)
    expect(board.kind).toBe('level')
    if (board.kind !== 'level') return
    const { averageMicroamps } = recorded.report.power.board
    expect(Number(board.sum) / board.cycles / 1e6).toBeCloseTo(averageMicroamps, 3)
  })
})

/** States and names stand in the order in which each timeline met them. */
const inOrder = (found: unknown): unknown =>
  JSON.parse(
    JSON.stringify(found, (_, value: unknown) =>
      Array.isArray(value) ? value.map((one) => JSON.stringify(one, replacer)).sort() : replacer('', value),
    ),
  )
const replacer = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

describe('a stretch of it, run again', () => {
  it('is what was recorded', () => {
    const replay = new Replay(recorded, 'run.boardless')
    const [from, to] = [3.4 * SECOND, 3.8 * SECOND]
    const again = replay.stretch(from, to)
    for (const id of recorded.timeline.tracks.keys()) {
      if (!again.tracks.has(id)) continue
      const known = recorded.timeline.statistics(id, from, to, replay)
      expect(inOrder(again.statistics(id, from, to))).toEqual(inOrder(known))
    }
    expect(again.tracks.size).toBeGreaterThan(10)
  })

  it('to its end gives the report of the run', async () => {
    const replay = new Replay(recorded, 'run.boardless')
    replay.goTo(4.5 * SECOND)
    const observation = await replay.run.toEnd()
    expect(observation.run.cycles).toBe(recorded.report.run.cycles)
    expect(observation.run.instructions).toBe(recorded.report.run.instructions)
    expect(observation.predictions).toBeDefined()
  })

  it('has the counts of the run, however it went to and fro before', () => {
    const replay = new Replay(recorded, 'run.boardless')
    const { cycles } = recorded.report.run
    const counted = (): number => {
      let sum = 0
      replay.run.machine.profile!.forEachExecuted((_, of) => (sum += of))
      return sum
    }
    const self = recorded.report.functions.reduce((sum, { selfCycles }) => sum + selfCycles, 0)
    for (const places of [[cycles], [0.3 * SECOND, cycles], [4 * SECOND, SECOND, cycles], [0, cycles]]) {
      for (const place of places) replay.goTo(place)
      expect(counted()).toBe(self)
    }
  })

  it('is refused where the snapshots are those of another version, or what it was given is not', () => {
    const entries = unpack(zip)
    const replayed = (name: string, change: (saved: unknown) => unknown): (() => void) => {
      const changed = encodePlain(change(structuredClone(decodePlain(entries[name]!))) as Plain)
      const run = readRun(pack({ ...entries, [name]: changed }), 'a.boardless')
      return () => {
        new Replay(run, 'a.boardless').goTo(0)
      }
    }
    const older = (saved: unknown): unknown => {
      const { machine } = saved as { machine: { sections: Record<string, { version: number }> } }
      machine.sections['processor']!.version = 99
      return saved
    }
    for (const attempt of [replayed('snapshots/0.bin', older), replayed('given.bin', () => ({ board: 3 }))])
      expect(attempt).toThrow(UserError)
    expect(replayed('snapshots/0.bin', older)).toThrow(
      "a.boardless: it cannot be run again: the snapshot's section processor has version 99",
    )
  })

  it('wants the firmware', async () => {
    const { file } = await recordRun(options, { without: ['firmware'] })
    expect(() => new Replay(readRun(file, 'a.boardless'), 'a.boardless')).toThrow(
      'a.boardless: it was recorded without its firmware, so that nothing of it can be run again.',
    )
  })
})

describe('a file that', () => {
  const changed = (change: (entries: Record<string, Uint8Array>) => void): Uint8Array => {
    const entries: Record<string, Uint8Array> = unpack(zip)
    change(entries)
    return pack(entries)
  }
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

  it.each<[string, (entries: Record<string, Uint8Array>) => void, RegExp]>([
    ['has no timeline', (entries) => delete entries['timeline.bin'], /timeline\.bin in it cannot be read/],
    [
      'has half a timeline',
      (entries) => (entries['timeline.bin'] = entries['timeline.bin']!.subarray(0, 99)),
      /timeline\.bin in it cannot be read: /,
    ],
    [
      'has another timeline',
      (entries) => (entries['timeline.bin'] = encodePlain({ start: 1 })),
      /timeline\.bin in it cannot be read/,
    ],
    [
      'lacks a snapshot',
      (entries) => delete entries['snapshots/0.bin'],
      /snapshots\/0\.bin in it cannot be read/,
    ],
    [
      'has half a snapshot',
      (entries) => (entries['snapshots/0.bin'] = entries['snapshots/0.bin']!.subarray(0, 99)),
      /snapshots\/0\.bin in it cannot be read: it is cut off/,
    ],
    [
      'lists no snapshots',
      (entries) => delete entries['snapshots.json'],
      /snapshots\.json in it cannot be read/,
    ],
    ...[
      { cycles: [0, 5, 5] },
      { cycles: [-1] },
      { cycles: [0.5] },
      { cycles: 'all' },
      { cycles: [null] },
      null,
    ].map((listed): [string, (entries: Record<string, Uint8Array>) => void, RegExp] => [
      `lists strange snapshots, ${JSON.stringify(listed)},`,
      (entries) => (entries['snapshots.json'] = text(listed)),
      /snapshots\.json in it cannot be read/,
    ]),
    [
      'has another report',
      (entries) => (entries['report.json'] = text([])),
      /report\.json in it cannot be read/,
    ],
    [
      'has an old report',
      (entries) => (entries['report.json'] = text({ schemaVersion: 1 })),
      /its report is of version 1, and this tool reads version \d/,
    ],
  ])('%s is refused in one line', (_, change, message) => {
    expect(() => {
      const { timeline, snapshots } = readRun(changed(change), 'a.boardless')
      return [timeline, snapshots.nearest(0)]
    }).toThrow(message)
  })

  it('a snapshot with anything else in place of a value is refused in one line, where that is seen', () => {
    const random = seededRandom(3)
    const strange = [NaN, -1, 1e308, 0.5, '', null, undefined, [], {}, 3n, Float64Array.of(NaN, -5)] as const
    /** Something in place of one value of plain data, at any depth. */
    const damaged = <T>(data: T): T => {
      const places: [Record<string, unknown>, string][] = []
      const visit = (at: unknown): void => {
        if (typeof at !== 'object' || at === null || ArrayBuffer.isView(at)) return
        for (const [key, one] of Object.entries(at)) {
          places.push([at as Record<string, unknown>, key])
          visit(one)
        }
      }
      const copy = structuredClone(data)
      visit(copy)
      const [parent, key] = places[Math.floor(random() * places.length)]!
      parent[key] = strange[Math.floor(random() * strange.length)]
      return copy
    }
    const whole = recorded.snapshots.nearest(0)!
    let snapshot = whole
    const { given, firmware } = recorded
    const replay = new Replay({ given, firmware, snapshots: { nearest: () => snapshot } }, 'a.boardless')
    const sum = () =>
      replay.stretch(SECOND / 10, SECOND / 8).statistics('current/board', SECOND / 10, SECOND / 8)
    const before = sum()
    let refused = 0
    for (let i = 0; i < 150; i++) {
      snapshot = damaged(whole)
      try {
        replay.goBefore(SECOND)
      } catch (error) {
        refused += 1
        expect(error).toBeInstanceOf(UserError)
        const { message } = error as UserError
        expect(message).toMatch(/^a\.boardless: it cannot be run again: [^\n]+ Record the run again\.$/)
        // Nothing that JavaScript says of a value.
        expect(message).not.toMatch(/not a function|not iterable|Cannot/)
      }
    }
    expect(refused).toBeGreaterThan(20)
    snapshot = whole
    expect(sum()).toEqual(before)
  })
})
