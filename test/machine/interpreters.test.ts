import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import type { ArenaReport, InterpreterReport, RunReport } from '../../runs/report/run-report.ts'
import { simulate } from '../../src/files/simulate.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'
import { tflmPackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'

const models = join(import.meta.dirname, '..', '..', 'models', 'gesture')
const scenes = [
  'two_static',
  'two_of_one_model',
  'copied',
  'arena_on_stack',
  'nested',
  'never_invoked',
  'each_time_anew',
  'on_heap',
] as const
type Scene = (typeof scenes)[number]

let elf: Buffer
let folder: string

beforeAll(async () => {
  await ensureSources(tflmPackage)
  const { elfPath } = await buildFirmware({
    app: join(import.meta.dirname, 'firmware', 'interpreters'),
    model: join(models, 'gesture_int8.tflite'),
    kernels: 'reference',
    resolver: 'all',
    optimise: '-O2',
    console: 'semihosting',
    defines: { SECOND_MODEL: `"${join(models, 'gesture_float32.tflite')}"` },
  })
  elf = readFileSync(elfPath)
  folder = await mkdtemp(join(tmpdir(), 'boardless-interpreters-'))
})

interface Said {
  readonly scene: string
  readonly used: number
  readonly invocations: number
  readonly cycles: number
}

/** Runs one scene, with its debug information or without. */
async function run(
  scene: Scene,
  { debug = true } = {},
): Promise<{ report: RunReport; said: readonly Said[] }> {
  const bytes = Buffer.from(elf)
  const at = bytes.indexOf(Buffer.from([0xce, 0xe5, 0xe4, 0x5c]))
  bytes.writeUInt32LE(scenes.indexOf(scene), at + 4)
  // A name that nobody asks for.
  if (!debug) bytes.write('.hidden_in', bytes.indexOf('.debug_info\0'))
  const file = join(folder, `${scene}${debug ? '' : '-no-debug'}.elf`)
  writeFileSync(file, bytes)
  const report = await simulate({ file, timing: pipelineTiming, profile: false, seconds: 20 })
  expect(report.run).toMatchObject({ stop: 'exit', exitCode: 0 })
  const lines = report.console.text.matchAll(/^(.+): used (\d+)(?:, (\d+) invocations, (\d+) cycles)?$/gm)
  const said = [...lines].map(([, scene = '', used, invocations, cycles]) => ({
    scene,
    used: Number(used),
    invocations: Number(invocations),
    cycles: Number(cycles),
  }))
  return { report, said }
}

const types = ['FULLY_CONNECTED', 'FULLY_CONNECTED', 'SOFTMAX']

/** The rows and the interpreter's own add up; the firmware's DWT, read around Invoke, says a little more. */
function checkTable(table: InterpreterReport, invocations: number, cycles: number): void {
  expect(table.operators.map(({ type }) => type)).toEqual(types)
  expect(table.operators.map(({ outputShape }) => outputShape?.length)).toEqual([2, 2, 2])
  expect(table.count).toBe(invocations)
  const rows = table.operators.reduce((sum, { totalCycles }) => sum + totalCycles, 0)
  expect(rows + table.own.totalCycles).toBe(table.totalCycles)
  expect(cycles - table.totalCycles).toBeGreaterThanOrEqual(0)
  expect(cycles - table.totalCycles).toBeLessThan(40 * invocations)
}

function checkArena(arena: ArenaReport, used: number): void {
  expect(arena).toMatchObject({ source: 'allocator', unknown: null, bytes: 6144, usedBytes: used })
  expect(arena.nonPersistentBytes! + arena.persistentBytes!).toBe(used)
}

const sum = (said: readonly Said[], of: (one: Said) => boolean): [number, number] => {
  const ours = said.filter(of)
  return [
    ours.reduce((total, { invocations }) => total + invocations, 0),
    ours.reduce((total, { cycles }) => total + cycles, 0),
  ]
}

describe.each([true, false])('interpreters of a firmware, debug information: %s', (debug) => {
  it('two static ones, of two models', async () => {
    const { report, said } = await run('two_static', { debug })
    expect(report.interpreters.map(({ name, model }) => [name, model])).toEqual([
      ['g_model', report.models.findIndex(({ name }) => name === 'g_model')],
      ['g_second_model', report.models.findIndex(({ name }) => name === 'g_second_model')],
    ])
    checkTable(report.interpreters[0]!, ...sum(said, ({ scene }) => scene === 'first'))
    checkTable(report.interpreters[1]!, ...sum(said, ({ scene }) => scene === 'second'))
    expect(report.memory.arenas.map(({ name, interpreters }) => [name, interpreters])).toEqual([
      ['(anonymous)::scratchpad', [0]],
      ['(anonymous)::second_pad', [1]],
    ])
    report.memory.arenas.forEach((arena, i) => checkArena(arena, said[i]!.used))
  })

  it('two static ones, of one model', async () => {
    const { report, said } = await run('two_of_one_model', { debug })
    expect(report.interpreters.map(({ name }) => name)).toEqual([
      'g_model in (anonymous)::two_of_one_model()::left',
      'g_model in (anonymous)::two_of_one_model()::right',
    ])
    report.interpreters.forEach((table, i) => checkTable(table, said[i]!.invocations, said[i]!.cycles))
  })

  it('in turn on the stack, of two models in one place in RAM', async () => {
    const { report, said } = await run('copied', { debug })
    expect(report.interpreters.map(({ model }) => report.models[model!]!.name)).toEqual([
      'g_model',
      'g_second_model',
    ])
    expect(report.interpreters.map(({ name }) => name.includes('model_copy'))).toEqual([true, true])
    report.interpreters.forEach((table, i) => checkTable(table, said[i]!.invocations, said[i]!.cycles))
    expect(report.memory.arenas).toHaveLength(2)
    report.memory.arenas.forEach((arena, i) => checkArena(arena, said[i]!.used))
  })

  it.each(['arena_on_stack', 'on_heap'] as const)('%s', async (scene) => {
    const { report, said } = await run(scene, { debug })
    expect(report.interpreters.map(({ name }) => name)).toEqual(['g_model'])
    checkTable(report.interpreters[0]!, said[0]!.invocations, said[0]!.cycles)
    expect(report.memory.arenas).toHaveLength(1)
    checkArena(report.memory.arenas[0]!, said[0]!.used)
    expect(report.memory.arenas[0]!.name).toMatch(scene === 'on_heap' ? /^heap 0x/ : /^stack 0x/)
  })

  it('arenas within a larger one', async () => {
    const { report, said } = await run('nested', { debug })
    expect(report.memory.arenas.map(({ name }) => name)).toEqual([
      '(anonymous)::scratchpad',
      '(anonymous)::nested()::pool',
      '(anonymous)::nested()::pool+0x1800',
    ])
    report.memory.arenas.forEach((arena, i) => checkArena(arena, said[i]!.used))
  })

  it('one that is never invoked has an arena all the same', async () => {
    const { report, said } = await run('never_invoked', { debug })
    expect(report.interpreters).toEqual([])
    expect(report.memory.arenas).toHaveLength(1)
    checkArena(report.memory.arenas[0]!, said[0]!.used)
  })

  it('made anew for each inference, of two models: two tables and two arenas', async () => {
    const { report, said } = await run('each_time_anew', { debug })
    expect(report.interpreters.map(({ name, count }) => [name, count])).toEqual([
      ['g_model', 3],
      ['g_second_model', 2],
    ])
    expect(report.memory.arenas.map(({ usedBytes }) => usedBytes)).toEqual([said[0]!.used, said[1]!.used])
    const [arena] = report.memory.arenas
    // Start-up code clears all of it.
    expect(arena!.writtenBytes).toBeGreaterThan(arena!.nonPersistentBytes!)
    expect(arena!.writtenBytes).toBeLessThan(arena!.bytes!)
  })
})
