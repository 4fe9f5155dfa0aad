/** Two seconds of the gesture app, exported, read by other programs' readers, and held against the timeline's sums. */
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { Recorder } from '../../emulator/timeline/record/recorder.ts'
import type { LevelStatistics } from '../../emulator/timeline/statistics.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { UNFOLDED } from '../../emulator/timeline/track.ts'
import { exportFormat } from '../../runs/export/formats.ts'
import { whole } from '../../runs/export/output.ts'
import { cyclesOfNanoseconds } from '../../runs/export/time.ts'
import { viewOf } from '../../runs/export/timeline-tracks.ts'
import { loadImage } from '../../src/files/image.ts'
import { CYCLES_PER_SECOND, gestureFirmware, heldOut } from '../machine/gesture.ts'
import { Running } from '../machine/start.ts'
import { findPython } from '../python.ts'

const END = 2 * CYCLES_PER_SECOND
const found = await findPython('test/formats/requirements.txt')
const python = 'python' in found ? found.python : ''

describe.skipIf(python === '')('two seconds of the gesture app', () => {
  let timeline: Timeline
  let sleepCycles = 0
  let charge = 0n

  beforeAll(async () => {
    const { recording } = await heldOut()
    const running = new Running(await loadImage(await gestureFirmware('cmsis-nn')), { recording })
    timeline = new Timeline(UNFOLDED)
    const recorder = new Recorder(running.machine, timeline)
    running.run(END)
    recorder.finish()
    sleepCycles = running.machine.sleepCycles
    charge = (timeline.statistics('current/board', 0, END) as LevelStatistics).sum
  })

  const read = async <T>(id: string, script: string): Promise<T> => {
    const pieces = exportFormat(id).write({ timeline: viewOf(timeline, 'gesture', 0, END) })
    const { stdout } = await execa(python, [`test/formats/${script}`], {
      input: whole(pieces),
      maxBuffer: 1e9,
    })
    return JSON.parse(stdout) as T
  }

  /** Of values that hold until the next, in whole picoamperes. */
  const chargeOf = (changes: readonly (readonly [cycle: number, microamps: number])[]): bigint =>
    changes.reduce((sum, [cycle, microamps], at) => {
      const until = changes[at + 1]?.[0] ?? END
      return sum + BigInt(Math.round(microamps * 1e6)) * BigInt(until - cycle)
    }, 0n)

  it('have their charge to the picoampere in a VCD, and the time asleep to the cycle', async () => {
    interface Vcd {
      variables: { scope: string; name: string; code: string }[]
      changes: [number, string, number | string][]
    }
    const { variables, changes } = await read<Vcd>('vcd', 'read_vcd.py')
    const of = (name: string) => {
      const code = variables.find((one) => one.name === name)?.code
      return changes
        .filter((change) => change[1] === code)
        .map(([time, , value]) => [time / 15_625, value] as const)
    }
    expect(chargeOf(of('board_uA').map(([cycle, value]) => [cycle, Number(value)]))).toBe(charge)
    const processor = of('processor')
    const asleep = processor.reduce(
      (sum, [cycle, state], at) => sum + (state === 'sleep' ? (processor[at + 1]?.[0] ?? END) - cycle : 0),
      0,
    )
    expect(asleep).toBe(sleepCycles)
  })

  it('have their charge in a Perfetto trace, and what the bus did', async () => {
    interface Trace {
      tracks: { name: string; uuid: string; parent_uuid?: string; events: [number, string, never, never][] }[]
    }
    const { tracks } = await read<Trace>('perfetto', 'read_perfetto.py')
    const of = (name: string, group: string) =>
      tracks.find(
        (one) => one.name === name && tracks.find(({ uuid }) => uuid === one.parent_uuid)?.name === group,
      )!
    const board = of('board', 'current').events.map(
      ([time, , value]) => [cyclesOfNanoseconds(time), value] as const,
    )
    expect(chargeOf(board)).toBe(charge)
    // The IMU's WHO_AM_I, by ST DocID025715.
    const names = of('TWIM0, I2C', 'buses').events.map(([, , name]) => name as string)
    expect(names).toContain('0x6b read register 0x0f: 68')
    for (const { events } of tracks) {
      const depth = events.reduce(
        (sum, [, kind]) => sum + (kind === 'slice_begin' ? 1 : kind === 'slice_end' ? -1 : 0),
        0,
      )
      expect(depth).toBe(0)
    }
  })

  it('are the same bytes each time', () => {
    for (const id of ['perfetto', 'vcd', 'ppk2', 'csv', 'csv-events']) {
      const bytes = (): Uint8Array =>
        whole(exportFormat(id).write({ timeline: viewOf(timeline, 'gesture', 0, END / 10) }))
      expect(Buffer.from(bytes()).equals(bytes()), id).toBe(true)
    }
  })

  it('have their charge in a .ppk2, as near as its float32 samples are', async () => {
    const { microamps } = await read<{ microamps: number[] }>('ppk2', 'read_ppk2.py')
    expect(microamps).toHaveLength(200_000)
    const sum = microamps.reduce((total, value) => total + value * 640, 0)
    expect((sum * 1e6) / Number(charge)).toBeCloseTo(1, 7)
  })
})
