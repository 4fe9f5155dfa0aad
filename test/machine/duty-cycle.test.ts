/**
 * The memory that recording a 5 Hz duty cycle takes, on the real app: with a tenth of the room, so that ten minutes show
 * what a day does.
 */
import { expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { SnapshotKeeper } from '../../emulator/snapshot/keeper.ts'
import { recording } from '../../runs/recording/recorded-run.ts'
import type { RunSnapshot } from '../../runs/simulation/observe-options.ts'
import { simulate } from '../../src/files/simulate.ts'
import { buildApp } from '../../src/running/app.ts'
import { inputOf } from '../../src/running/inputs.ts'

const SECOND = 64_000_000
const BUDGET = 16 * 2 ** 20

it('stays within its bounds, however long the run', async () => {
  const { elfPath: file } = await buildApp('gesture-5hz', {}, () => undefined)
  const input = await inputOf('gesture-5hz', { end: 'loop', log: {}, board: NANO_33_BLE_SENSE })
  const snapshots = new SnapshotKeeper<RunSnapshot>({ every: SECOND, budgetBytes: BUDGET })
  const { attach, recorder } = recording()
  let most = 0
  const timeline: number[] = []
  await simulate({
    ...input,
    file,
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    seconds: 600,
    snapshots,
    attach,
    onProgress: () => {
      most = Math.max(most, snapshots.bytes)
      timeline.push(recorder().timeline.bytes)
    },
  })
  expect(most).toBeGreaterThan(0.8 * BUDGET)
  expect(snapshots.bytes).toBeLessThanOrEqual(BUDGET)
  const cycles = snapshots.snapshots.map(({ cycle }) => cycle)
  // About 70 are due; thinned out between the first and the newest.
  expect(cycles.length).toBeGreaterThan(4)
  expect(cycles.length).toBeLessThan(60)
  expect(cycles[0]).toBeLessThan(SECOND)
  expect(cycles.at(-1)).toBeGreaterThan(580 * SECOND)
  // Each track has a bound of its own, and none comes to be later on.
  const { bytes, tracks } = recorder().timeline
  expect(bytes / tracks.size).toBeLessThan(0.5e6)
  expect(bytes).toBeLessThan(2 * timeline[Math.floor(timeline.length / 3)]!)
}, 120_000)
