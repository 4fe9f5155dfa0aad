import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { findModel } from '../src/cli/app.ts'
import { UserError } from '../src/errors.ts'
import { tflmPackage } from '../src/toolchain/packages.ts'
import { ensureSources } from '../src/toolchain/sources.ts'
import { stockModel } from '../src/toolchain/testing.ts'
import { InferenceBench, qemu, type Model } from './inference.ts'
import { KernelBench } from './kernel.ts'
import type { MeasureOptions, Speed } from './measure.ts'

const USAGE = `Speed of the emulated processor beside others, on the same code.
  --runs N      runs, of which the median counts (5)
  --seconds S   length of each run (1)
  --json        figures as JSON`

/** The nRF52840's clock. */
const REAL_CYCLES_PER_SECOND = 64e6

interface Result {
  readonly workload: string
  readonly detail: string
  readonly speeds: readonly Speed[]
}

const progress = (text: string): void => void process.stderr.write(`bench: ${text}\n`)

async function inference(model: Model, options: MeasureOptions): Promise<Result> {
  progress(`${model.name}: building`)
  const bench = await InferenceBench.of(model)
  progress(`${model.name}: boardless`)
  const ours = bench.ours(options)
  progress(`${model.name}: libunicorn`)
  const unicorn = bench.unicorn(options)
  progress(`${model.name}: QEMU`)
  const speeds = [ours, unicorn, await qemu(model, options.runs)]
  const detail = `${bench.instructions} instructions, ${bench.cycles} cycles an inference`
  return { workload: model.name, detail, speeds }
}

async function kernel(options: MeasureOptions): Promise<Result> {
  progress('int8 layer: boardless, libunicorn, rp2040js')
  const bench = await KernelBench.make()
  const speeds = [bench.ours(options), bench.unicorn(options), bench.rp2040(options)]
  return { workload: 'int8 layer, Armv6-M code', detail: `${bench.instructions} instructions`, speeds }
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(`${USAGE}\n`)
    return
  }
  const options = {
    runs: Math.ceil(positive('runs', values.runs)),
    seconds: positive('seconds', values.seconds),
  }
  await ensureSources(tflmPackage)
  const models: Model[] = [
    {
      name: 'gesture (int8, CMSIS-NN)',
      file: await findModel('int8'),
      kernels: 'cmsis-nn',
      inferences: 20_000,
    },
    {
      name: 'gesture (int8, reference)',
      file: await findModel('int8'),
      kernels: 'reference',
      inferences: 5_000,
    },
    { name: 'magic_wand (float32)', file: stockModel('magic_wand'), kernels: 'reference', inferences: 400 },
  ]
  const results: Result[] = []
  for (const model of models) results.push(await inference(model, options))
  results.push(await kernel(options))
  process.stdout.write(
    values.json ? `${JSON.stringify(results, null, 2)}\n` : results.map(tableOf).join('\n'),
  )
}

main().catch((error: unknown) => {
  if (!(error instanceof UserError)) throw error
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = error.exitCode
})
