/** The model that the lab recommends for the user's recordings is right on the machine, at their rate, in their units. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { searchArena } from '../../src/lab/make/arena.ts'
import { toInput } from '../../src/model/data/dataset.ts'
import { quantiseActivations } from '../../src/model/infer/quantise.ts'
import { seededRandom } from '../../src/model/random.ts'
import { readModel } from '../../runs/tflite/read.ts'
import type { LabReport } from '../../runs/lab-report/lab-report.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import type { GestureMetadata } from '../../src/toolchain/generate/metadata.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-lab-data-'))
const labels = ['rest', 'shake'] as const
const samples = 100
const each = 4

const boardless = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    cwd: scratch,
  })
  expect(status, stderr).toBe(0)
  return stdout
}

beforeAll(() => {
  const built = spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root, encoding: 'utf8' })
  expect(built.stderr + String(built.status)).toMatch(/0$/)
})

interface Sensed {
  readonly columns: readonly string[]
  readonly rateHz: number
  /** What one g, or a degree a second, is in the column's unit. */
  readonly unit: number
}

/** Rest, and a movement of 2 g, or of 2 degrees a second, that lasts eight samples: told apart at any rate. */
function record(name: string, { columns, rateHz, unit }: Sensed) {
  const random = seededRandom(11)
  const recordings = labels.flatMap((label) =>
    Array.from({ length: each }, (_, n) => {
      const rows = Array.from({ length: samples }, (_, row) =>
        columns.map((_, at) => {
          const moved = label === 'rest' ? 0 : 2 * Math.sin((2 * Math.PI * (row + 3 * n)) / 8 + at)
          return unit * (moved + (random() - 0.5) / 4)
        }),
      )
      return { label, n, rows }
    }),
  )
  const csv = (rows: readonly (readonly (number | string)[])[], more: readonly string[] = []) =>
    [
      ['time_s', ...columns, ...more].join(),
      ...rows.map((row, at) => [(at / rateHz).toFixed(4), ...row].join()),
      '',
    ].join('\n')
  for (const { label, n, rows } of recordings) {
    mkdirSync(join(scratch, name, label), { recursive: true })
    writeFileSync(join(scratch, name, label, `${n}.csv`), csv(rows))
  }
  const all = recordings.flatMap(({ label, rows }) => rows.map((row) => [...row, label]))
  writeFileSync(join(scratch, `${name}.csv`), csv(all, ['label']))
  return recordings
}

function lab(name: string) {
  const only = ['--quick', '--only', 'baseline', '--cache', join(scratch, 'cache')]
  const stdout = boardless('lab', ...only, '--data', name, '--out', `${name}-lab`)
  const recommended = join(scratch, `${name}-lab`, 'recommended')
  const report = JSON.parse(readFileSync(join(scratch, `${name}-lab`, 'lab.json'), 'utf8')) as LabReport
  const metadata = JSON.parse(readFileSync(join(recommended, 'metadata.json'), 'utf8')) as GestureMetadata
  return { stdout, report, metadata, model: join(recommended, 'model.tflite') }
}

describe('the recommended model, in firmware, on the recordings it was made for', () => {
  it.each<[string, Sensed]>([
    ['fifty', { columns: ['ax_g', 'ay_g', 'az_g'], rateHz: 50, unit: 1 }],
    ['metres', { columns: ['ax_ms2', 'ay_ms2', 'az_ms2'], rateHz: 10, unit: 9.80665 }],
  ])('%s: the gesture app tells what it feels', (name, sensed) => {
    record(name, sensed)
    const { report, metadata, model } = lab(name)
    expect(report.header.sensing).toBe(`app gesture: its motion sensor is sampled at ${sensed.rateHz} Hz`)
    expect(metadata).toMatchObject({ sampleRateHz: sensed.rateHz, channels: ['ax', 'ay', 'az'] })
    boardless(
      'run',
      'gesture',
      '--quiet',
      '--model',
      model,
      '--recording',
      `${name}.csv`,
      '--json',
      'run.json',
    )
    const { predictions } = JSON.parse(readFileSync(join(scratch, 'run.json'), 'utf8')) as RunReport
    // The app's first sample is taken some 35 ms after the recording begins. At 10 Hz the windows are the recorded ones;
    // at 50 Hz each ends one or two samples later, and the one where the label changes has both.
    const spanning = sensed.rateHz === 50 ? 1 : 0
    const judged = labels.length * each - (sensed.rateHz === 50 ? 1 : 0) - spanning
    expect(predictions).toMatchObject({ labelled: judged, correct: judged, spanning })
  })

  it('a gyroscope alone: the app infer, windows put in from outside', async () => {
    const recordings = record('gyro', { columns: ['gx_dps', 'gy_dps', 'gz_dps'], rateHz: 50, unit: 1 })
    const { report, metadata, model, stdout } = lab('gyro')
    expect(report.header.sensing).toMatch(/^app infer: .*the recordings have gx, gy, gz$/)
    expect(stdout).toContain('boardless build infer --model')
    boardless('build', 'infer', '--model', model, '--json', 'built.json')
    const { tensors, inputs: into } = readModel(readFileSync(model))
    const quantisation = tensors[into[0] ?? -1]?.quantisation
    const inputs = recordings.map(({ rows }) => {
      const values = toInput(rows, metadata)
      return Buffer.from((quantisation ? quantiseActivations(values, quantisation) : values).buffer)
    })
    const { elfPath } = JSON.parse(readFileSync(join(scratch, 'built.json'), 'utf8')) as { elfPath: string }
    const elf = resolve(scratch, elfPath)
    const { outputs } = await searchArena(elf, Buffer.concat(inputs), inputs[0]?.length ?? 0)
    const copy = Uint8Array.from(outputs).buffer
    const scores = quantisation ? new Int8Array(copy) : new Float32Array(copy)
    expect(scores).toHaveLength(labels.length * recordings.length)
    const told = recordings.map((_, n) => labels[Number(scores[2 * n + 1]! > scores[2 * n]!)])
    expect(told).toEqual(recordings.map(({ label }) => label))

    const refused = spawnSync(process.execPath, [command, 'build', 'gesture', '--model', model], {
      encoding: 'utf8',
      cwd: scratch,
    })
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/channels gx, gy, gz; the gesture apps feel ax/),
    ])
  })
})
