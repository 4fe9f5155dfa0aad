import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunReport } from '../../runs/report/run-report.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-gesture-'))

function boardless(...args: readonly string[]): string {
  const env = { ...process.env, FORCE_COLOR: undefined }
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    env,
  })
  expect([status, stderr.replace(/^(building|running).*\n/gm, '')]).toEqual([0, ''])
  return stdout
}

function report(name: string, ...args: readonly string[]): RunReport {
  const json = join(folder, `${name}.json`)
  boardless('run', ...args, '--json', json, '--quiet')
  return JSON.parse(readFileSync(json, 'utf8')) as RunReport
}

beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
})

describe.each(['reference', 'cmsis-nn'])('the gesture app with %s kernels, two windows', (kernels) => {
  let run: RunReport
  beforeAll(() => {
    run = report(kernels, 'gesture', '--kernels', kernels, '--for', '21s')
  })

  it('measures itself with DWT what the emulator sees from outside, to the cycle', () => {
    const windows = [...run.console.text.matchAll(/\(cycles: (\d+) (\d+) (\d+) (\d+)\)/g)].map((match) =>
      match.slice(1).map(Number),
    )
    expect(windows).toHaveLength(2)
    expect(run.phases.map(({ name, count, passes }) => [name, count, passes])).toEqual([
      ['sensor', 2, 200],
      ['preprocess', 2, 2],
      ['inference', 2, 2],
      ['output', 2, 2],
    ])
    run.phases.forEach((phase, i) => {
      const measured = windows.map((window) => window[i]!).sort((a, b) => a - b)
      expect([phase.minimumCycles, phase.maximumCycles]).toEqual(measured)
    })
  })

  it('has each operator of the model, within the invocation, within the phase', () => {
    const [interpreter, ...others] = run.interpreters
    expect(others).toEqual([])
    expect(
      interpreter!.operators.map(({ index, type, outputShape, macs, count }) => [
        index,
        type,
        outputShape,
        macs,
        count,
      ]),
    ).toEqual([
      ['0', 'FULLY_CONNECTED', [1, 16], 9600, 2],
      ['1', 'FULLY_CONNECTED', [1, 3], 48, 2],
      ['2', 'SOFTMAX', [1, 3], 0, 2],
    ])
    const inside = interpreter!.operators.reduce((sum, { totalCycles }) => sum + totalCycles, 0)
    const phase = run.phases.find(({ name }) => name === 'inference')!
    expect(inside).toBeLessThan(interpreter!.totalCycles)
    expect(interpreter!.totalCycles).toBeLessThan(phase.totalCycles)
    expect(inside / phase.totalCycles).toBeGreaterThan(0.97)
  })

  it('finds the model in flash: the file that it was built with', () => {
    const file = readFileSync(join(root, 'models', 'gesture', 'gesture_int8.tflite'))
    expect(run.models).toMatchObject([{ bytes: file.length, operators: 3, macs: 9648 }])
    expect(run.interpreters[0]!.model).toBe(0)
  })

  it('profiles every executed instruction once', () => {
    const sum = (key: 'instructions' | 'selfCycles'): number =>
      run.functions.reduce((total, one) => total + one[key], 0)
    expect(sum('instructions')).toBe(run.run.instructions)
    // The rest: exception entry and return, sleep and waking.
    const awake = run.run.cycles - run.run.sleepCycles
    expect(sum('selfCycles')).toBeLessThanOrEqual(awake)
    expect(sum('selfCycles') / awake).toBeGreaterThan(0.95)
  })

  it('knows the arena, the stack and the labels', () => {
    const used = Number(/arena used: (\d+) of (\d+)/.exec(run.console.text)![1])
    const [arena, ...others] = run.memory.arenas
    expect(others).toEqual([])
    expect(arena).toMatchObject({ bytes: 16_384, usedBytes: used, source: 'allocator', interpreters: [0] })
    expect(arena!.nonPersistentBytes! + arena!.persistentBytes!).toBe(used)
    expect(arena!.writtenBytes).toBeLessThanOrEqual(16_384)
    expect(run.memory.stack!.exact).toBe(true)
    expect(run.predictions).toMatchObject({ total: 2, labelled: 2 })
    expect(run.unmodelled).toEqual([])
  })
})

it('as HEX: no names, the same cycles, phases, model and console', () => {
  const lines = boardless('build', 'gesture', '--kernels', 'cmsis-nn', '--json', join(folder, 'build.json'))
  expect(lines).toContain('firmware.hex')
  const { elfPath, hexPath } = JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8')) as {
    elfPath: string
    hexPath: string
  }
  const recording = join(root, 'traces', 'basic-motions', 'heldout.csv')
  const [elf, hex] = [elfPath, hexPath].map((file, i) =>
    report(`file${i}`, file, '--recording', recording, '--for', '11s'),
  )
  expect(hex!.run).toEqual(elf!.run)
  expect(hex!.phases).toEqual(elf!.phases)
  expect(hex!.console).toEqual(elf!.console)
  expect(hex!.predictions).toEqual(elf!.predictions)
  expect(hex!.models.map(({ macs, description }) => [macs, description])).toEqual(
    elf!.models.map(({ macs, description }) => [macs, description]),
  )
  expect(hex!.interpreters).toEqual([])
  expect(hex!.functions.length).toBeGreaterThan(20)
  expect(hex!.memory.arenas).toEqual([])
})

it('start compares both kinds of kernels, the same way each time', () => {
  const files = [0, 1].map((i) => join(folder, `start${i}.json`))
  const [text] = files.map((file) => boardless('start', '--for', '21s', '--json', file))
  expect(text).toMatch(/^reference and cmsis-nn, boardless [\d.]+$/m)
  expect(text).toMatch(
    /board +Arduino Nano 33 BLE Sense · nRF52840, Cortex-M4F at 64 MHz · instruction cache on/,
  )
  expect(text).toMatch(/Inference: reference [\d. ]+ us, cmsis-nn [\d. ]+ us: [\d.]+ times as fast/)
  expect(text).toMatch(/alike +2 of 2/)
  const [first, second] = files.map((file) => readFileSync(file, 'utf8'))
  expect(first).toBe(second)
  const reports = JSON.parse(first!) as RunReport[]
  expect(reports.map(({ firmware }) => firmware.kernels)).toEqual(['reference', 'cmsis-nn'])
})

it('says so when the firmware never gets to a prediction', () => {
  const args = [command, 'start', '--for', '2s', '--json', join(folder, 'never.json')]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/never got to a prediction: 2\.00 s are over/)
})

it('an arena that is too small is one line and exit code 3', () => {
  const args = [command, 'run', 'gesture', '--arena', '512', '--quiet']
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(status).toBe(3)
  expect(stderr.replace(/^(building|running).*\n/gm, '')).toBe(
    'boardless: firmware.elf: the firmware gave up: the arena of 512 bytes is too small; 1568 would do: --arena 1568, or --arena auto\n',
  )
})
