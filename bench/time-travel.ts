import Table from 'cli-table3'
import { NANO_33_BLE_SENSE } from '../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../emulator/cpu/timing/timing.ts'
import { beginRecording } from '../runs/recording/record.ts'
import { Replay } from '../runs/recording/replay.ts'
import { readRun } from '../runs/recording/run-file.ts'
import { firmwareToKeep } from '../src/files/recorded-run.ts'
import { simulate } from '../src/files/simulate.ts'
import { buildApp } from '../src/running/app.ts'
import { inputOf } from '../src/running/inputs.ts'
import { median } from './measure.ts'

const CLOCK_HZ = 64_000_000
/** What is looked at, in full detail: 10 ms. */
const STRETCH = CLOCK_HZ / 100
const PLACES = 100
const WARM_UP = 10

/** How long it takes to have a stretch of a recorded run in full detail, wherever it is; milliseconds of the processor's time. */
export interface Travel {
  readonly run: string
  readonly megabytes: number
  readonly snapshots: number
  /** The file is read, and a machine made. */
  readonly opening: number
  /** V8 has compiled nothing of it yet. */
  readonly first: number
  readonly median: number
  readonly ninth: number
  readonly worst: number
}

const runs: readonly { readonly app: string; readonly seconds: number }[] = [
  { app: 'gesture', seconds: 30 },
  { app: 'gesture', seconds: 300 },
  { app: 'keyword', seconds: 30 },
  { app: 'keyword', seconds: 300 },
]

export async function measureTravel(onProgress: (done: number, of: number) => void): Promise<Travel[]> {
  const results: Travel[] = []
  for (const [i, { app, seconds }] of runs.entries()) {
    onProgress(i, runs.length)
    results.push(travelled(`${app}, ${seconds} s`, await recorded(app, seconds)))
  }
  return results
}

async function recorded(app: string, seconds: number): Promise<Uint8Array> {
  const built = await buildApp(app, {}, () => undefined)
  const inputs = await inputOf(app, { end: 'loop', log: {}, board: NANO_33_BLE_SENSE })
  const options = {
    ...inputs,
    file: built.elfPath,
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    seconds,
  }
  const { hooks, finish } = beginRecording([])
  const report = await simulate({ ...options, ...hooks })
  return finish(options, report, () => firmwareToKeep(built.elfPath))
}

/** Places that look like chance, the same each time. */
function travelled(name: string, zip: Uint8Array): Travel {
  const began = processorTime()
  const run = readRun(zip, name)
  const replay = new Replay(run, name)
  const opening = processorTime() - began
  const last = run.report.run.cycles - STRETCH
  const times = Array.from({ length: WARM_UP + PLACES }, (_, i) => {
    const from = Math.floor((((i + 1) * 0.618_033_988_75) % 1) * last)
    const before = processorTime()
    replay.stretch(from, from + STRETCH)
    return processorTime() - before
  })
  const warm = times.slice(WARM_UP).sort((a, b) => a - b)
  return {
    run: name,
    megabytes: zip.length / 1e6,
    snapshots: run.snapshots.cycles.length,
    opening,
    first: times[0] ?? 0,
    median: median(warm),
    ninth: warm[Math.floor(0.9 * warm.length)] ?? 0,
    worst: warm.at(-1) ?? 0,
  }
}

const processorTime = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export function travelTable(results: readonly Travel[]): string {
  const table = new Table({
    head: ['10 ms of a run again', 'MB', 'snapshots', 'opening', 'first', 'median', '9 of 10', 'worst ms'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const { run, megabytes, snapshots, ...times } of results)
    table.push([
      run,
      megabytes.toFixed(1),
      snapshots,
      ...[times.opening, times.first, times.median, times.ninth, times.worst].map((ms) => ms.toFixed(0)),
    ])
  return `${table.toString()}\n`
}
