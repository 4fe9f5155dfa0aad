import Table from 'cli-table3'
import { findModel } from '../src/running/app.ts'
import { readArguments, runCommand } from '../test/differential/arguments.ts'
import { UserError } from '../runs/errors.ts'
import { tflmPackage } from '../src/toolchain/sources/packages.ts'
import { ensureSources } from '../src/toolchain/sources/sources.ts'
import { stockModel } from '../src/toolchain/testing/testing.ts'
import { inferenceEngines, type Model } from './inference.ts'
import { kernelEngines, TIMES } from './kernel.ts'
import { measure, type Engine, type MeasureOptions, type Speed } from './measure.ts'
import { engineSpeeds } from './page/engine.ts'
import { engineTable, pageTable } from './page/table.ts'
import { timelineRows } from './page/timeline.ts'
import { measureWatching, watchingTable, type Watching } from './watching/watching.ts'
import { measureTravel, travelTable, type Travel } from './time-travel.ts'
import { showProgress } from '../src/cli/terminal.ts'

const USAGE = `Speed of the emulated processor beside others, on the same code.
  --runs N      runs, of which the median counts (5); the engines take turns
  --seconds S   that an engine has in each run (0.5)
  --only NAME   one of: engines, watching, page, travel
  --json        figures as JSON`

const PARTS: readonly string[] = ['engines', 'watching', 'page', 'travel']

/** The nRF52840's clock. */
const REAL_CYCLES_PER_SECOND = 64e6

interface Result {
  readonly workload: string
  readonly detail: string
  readonly speeds: readonly Speed[]
}

async function run(
  workload: string,
  times: number,
  engines: readonly Engine[],
  options: MeasureOptions,
): Promise<Result> {
  const progress = showProgress(workload)
  const speeds = await measure(engines, options, (done, of) => progress.update(done / of))
  progress.done()
  const each = (total = 0): number => Math.round(total / times)
  const { instructions, cycles } = engines[0]!
  return { workload, detail: `${each(instructions)} instructions, ${each(cycles)} cycles`, speeds }
}

const millions = (value: number | undefined): string => (value === undefined ? '' : (value / 1e6).toFixed(1))

function tableOf({ workload, detail, speeds }: Result): string {
  const table = new Table({
    head: ['engine', 'M instr/s', 'M cycles/s', 'x real time', 'boardless is'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  const ours = speeds[0]!
  for (const one of speeds) {
    const cycles = one.cyclesPerSecond
    table.push([
      one.engine,
      millions(one.instructionsPerSecond),
      millions(cycles),
      one === ours && cycles !== undefined ? (cycles / REAL_CYCLES_PER_SECOND).toFixed(1) : '',
      one === ours ? '' : `${(ours.instructionsPerSecond / one.instructionsPerSecond).toFixed(2)} x`,
    ])
  }
  return `${workload}: ${detail}\n${table.toString()}\n`
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new UserError(`--${name} takes a number above 0, not '${text}'`)
  return value
}

async function main(): Promise<number> {
  const { values } = readArguments(
    {
      options: {
        runs: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '0.5' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    },
    USAGE,
  )
  if (values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const options = {
    runs: Math.ceil(positive('runs', values.runs)),
    seconds: positive('seconds', values.seconds),
  }
  const { only } = values
  if (only !== undefined && !PARTS.includes(only))
    throw new UserError(`--only takes one of ${PARTS.join(', ')}, not '${only}'`)
  const wants = (part: string): boolean => only === undefined || only === part
  await ensureSources(tflmPackage)
  const engines = wants('engines') ? await measureEngines(options) : []
  const watching = wants('watching') ? await watchingWith(options.runs) : []
  const page = wants('page') ? await timelineRows() : []
  const engineInPage = wants('page') ? await engineSpeeds(options) : []
  const travel = wants('travel') ? await travelWith() : []
  const tables = [
    ...engines.map(tableOf),
    ...(watching.length > 0 ? [watchingTable(watching)] : []),
    ...(page.length > 0 ? [pageTable(page)] : []),
    ...(engineInPage.length > 0 ? [engineTable(engineInPage)] : []),
    ...(travel.length > 0 ? [travelTable(travel)] : []),
  ]
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ engines, watching, page, engineInPage, travel }, null, 2)}\n`
      : tables.join('\n'),
  )
  return 0
}

async function measureEngines(options: MeasureOptions): Promise<readonly Result[]> {
  const int8 = await findModel('int8')
  const models: Model[] = [
    { name: 'gesture (int8, CMSIS-NN)', file: int8, kernels: 'cmsis-nn', batch: 500, qemuBatch: 50_000 },
    { name: 'gesture (int8, reference)', file: int8, kernels: 'reference', batch: 100, qemuBatch: 10_000 },
    {
      name: 'magic_wand (float32, reference)',
      file: stockModel('magic_wand'),
      kernels: 'reference',
      batch: 5,
      qemuBatch: 500,
    },
  ]
  const results: Result[] = []
  for (const model of models)
    results.push(await run(model.name, model.batch, await inferenceEngines(model), options))
  results.push(await run('int8 layer in Armv6-M code', TIMES, await kernelEngines(), options))
  return results
}

async function watchingWith(runs: number): Promise<readonly Watching[]> {
  const progress = showProgress('watching')
  const watching = await measureWatching(runs, (done, of) => progress.update(done / of))
  progress.done()
  return watching
}

async function travelWith(): Promise<readonly Travel[]> {
  const progress = showProgress('time travel')
  const travel = await measureTravel((done, of) => progress.update(done / of))
  progress.done()
  return travel
}

await runCommand('bench', main)
