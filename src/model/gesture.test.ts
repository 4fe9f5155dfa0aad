import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRecordings } from './data/dataset.ts'
import { trainGestureModel, type GestureModel } from './gesture.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { trainGestureModelFiles } from './train-gesture.ts'

const csv = readFileSync('traces/basic-motions/recordings.csv', 'utf8')
const recordings = parseRecordings(csv, 'recordings.csv')
const options = { recordings, trainedOn: 'recordings.csv', epochs: 2, hidden: 4, seed: 5 }

describe('trainGestureModel', () => {
  let first: GestureModel
  const steps: number[] = []
  beforeAll(async () => {
    first = await trainGestureModel(options, ({ step, steps: total }) => steps.push(step / total))
  })

  it('gives the same bytes again', async () => {
    const second = await trainGestureModel(options)
    expect(second.float32).toEqual(first.float32)
    expect(second.int8).toEqual(first.int8)
    expect(second.metadata).toEqual(first.metadata)
  })

  it('gives other weights from another seed', async () => {
    const other = await trainGestureModel({ ...options, seed: 6 })
    expect(other.float32).not.toEqual(first.float32)
  })

  it('reports progress up to the end', () => {
    expect(steps).toHaveLength(2 * 6)
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
    expect(steps.at(-1)).toBe(1)
  })

  it('describes itself', () => {
    const { metadata } = first
    expect(metadata.parameters).toBe(600 * 4 + 4 + 4 * 3 + 3)
    expect(metadata).toMatchObject({ seed: 5, epochs: 2, windowSamples: 100, trainingRecordings: 30 })
    const model = readModel(first.int8)
    const input = model.tensors[model.inputs[0]!]
    expect(input?.quantisation).toEqual({
      scale: [metadata.inputQuantisation.scale],
      zeroPoint: [metadata.inputQuantisation.zeroPoint],
      axis: 0,
    })
    expect(metadata.mean).toEqual(metadata.mean.map(Math.fround))
    expect(metadata.accuracy.crossValidatedFloat32.total).toBe(60)
    expect(metadata.accuracy.heldOutInt8.total).toBe(30)
  })

  it.each([
    [{ labels: ['swimming', 'walking'] }, 'no training recording of "swimming"'],
    [
      { recordings: recordings.filter(({ split }) => split === 'train') },
      'no held-out recording of "standing"',
    ],
    [
      { recordings: [{ ...recordings[0]!, samples: recordings[0]!.samples.slice(1) }] },
      'recording 0 has 99 samples',
    ],
  ])('refuses %#', async (change, message) => {
    await expect(trainGestureModel({ ...options, ...change })).rejects.toThrow(message)
  })
})

describe('trainGestureModelFiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('writes the three files and nothing else', async () => {
    const table = join(folder, 'recordings.csv')
    writeFileSync(table, csv)
    const model = await trainGestureModelFiles(table, join(folder, 'out'), { epochs: 1, hidden: 2 })
    expect(readdirSync(join(folder, 'out')).sort()).toEqual([
      'gesture_float32.tflite',
      'gesture_int8.tflite',
      'metadata.json',
    ])
    expect(new Uint8Array(readFileSync(join(folder, 'out', 'gesture_int8.tflite')))).toEqual(model.int8)
  })

  it('says what is wrong with the recordings and writes nothing', async () => {
    const missing = join(folder, 'none.csv')
    await expect(trainGestureModelFiles(missing, join(folder, 'no'))).rejects.toThrow(
      `${missing}: no such file`,
    )
    writeFileSync(missing, '')
    await expect(trainGestureModelFiles(missing, join(folder, 'no'))).rejects.toThrow('no rows')
    expect(existsSync(join(folder, 'no'))).toBe(false)
  })
})
