import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findModels } from './models.ts'
import { readPredictions } from './predictions.ts'

const file = readFileSync(join(import.meta.dirname, '..', '..', 'models', 'gesture', 'gesture_int8.tflite'))

describe('models in flash', () => {
  const flash = new Uint8Array(0x20000)
  flash.set(new TextEncoder().encode('....TFL3 is not a model'), 0x100)
  flash.set(file, 0x1002)
  flash.set(file, 0x8000)

  it('are found at any address, and what only looks like one is not', () => {
    const models = findModels([{ address: 0x4000, bytes: flash }])
    expect(models.map(({ flashAddress }) => flashAddress)).toEqual([0x5002, 0xc000])
    expect(models[0]!.rootAddress).toBe(
      0x5002 + new DataView(file.buffer, file.byteOffset).getUint32(0, true),
    )
    expect(models[0]!.bytes).toBeLessThanOrEqual(file.length)
    expect(models[0]!.sha256).toBe(models[1]!.sha256)
    expect(models[0]!.description.operators).toHaveLength(3)
  })

  it('have the size of their symbol where there is one', () => {
    const models = findModels([{ address: 0, bytes: flash }], (address) =>
      address === 0x8000 ? file.length + 4 : undefined,
    )
    expect(models[1]!.bytes).toBe(file.length + 4)
  })

  it('at the very end or cut short do no harm', () => {
    for (const length of [8, 100, 1000, file.length - 1]) {
      expect(findModels([{ address: 0, bytes: file.subarray(0, length) }]).length).toBeLessThanOrEqual(1)
    }
  })
})

describe('predictions', () => {
  const text = 'window 0 ... prediction: walking 0.9961\nwindow 1 ... prediction: standing\nno prediction\n'
  const span = (
    name: string,
    seconds: number,
  ): { name: string; beginCycle: number; endCycle: number; depth: number } => ({
    name,
    beginCycle: seconds * 64e6,
    endCycle: seconds * 64e6 + 10,
    depth: 0,
  })
  // Two windows of three samples a second each; the label changes after 2.5 s.
  const spans = [0, 1, 2, 3, 4, 5].flatMap((second) =>
    second % 3 === 2 ? [span('sensor', second), span('inference', second + 0.1)] : [span('sensor', second)],
  )

  it('are compared with the label that most of a window had', () => {
    const labelAt = (seconds: number): string => (seconds < 3.5 ? 'walking' : 'badminton')
    expect(readPredictions(text, spans, 64e6, labelAt)).toEqual({
      total: 2,
      labelled: 2,
      correct: 1,
      windows: [
        { label: 'walking', probability: 0.9961, expected: 'walking' },
        { label: 'standing', probability: null, expected: 'badminton' },
      ],
    })
  })

  it('stand alone without labels, and are null without predictions', () => {
    expect(readPredictions(text, spans, 64e6)).toMatchObject({ total: 2, labelled: 0, correct: null })
    expect(readPredictions('nothing', spans, 64e6)).toBeNull()
  })
})
