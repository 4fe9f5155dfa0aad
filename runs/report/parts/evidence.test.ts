import type { PhaseSpan } from '../../../emulator/probes/phases.ts'
import { noReading } from '../../../emulator/probes/readings.ts'
import '../../../src/files/host.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findModels } from './models.ts'
import { RoundFold } from '../../../emulator/probes/rounds.ts'
import { oneLabel } from '../../../emulator/trace/labels.ts'
import type { LabelOver } from '../../../emulator/trace/labels.ts'
import { PredictionRecorder, notJudged, predictionScore } from '../show/predictions.ts'
import type { PredictionsReport } from '../run-report.ts'

const file = readFileSync(
  join(import.meta.dirname, '..', '..', '..', 'models', 'gesture', 'gesture_int8.tflite'),
)

describe('models in flash', () => {
  const flash = new Uint8Array(0x20000)
  flash.set(new TextEncoder().encode('....TFL3 is not a model'), 0x100)
  flash.set(file, 0x1002)
  flash.set(file, 0x8000)

  it('are found at any address, and what only looks like one is not', () => {
    const models = findModels([{ address: 0x4000, bytes: flash }])
    expect(models.map(({ address }) => address)).toEqual([0x5002, 0xc000])
    expect(models[0]!.contentSha256).toBe(models[1]!.contentSha256)
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
  const lines = [
    'window 0 ... prediction: walking 0.9961\n',
    'window 1 ... prediction: standing\n',
    'no prediction',
  ]
  const span = (name: string, seconds: number): PhaseSpan => ({
    name,
    beginCycle: seconds * 64e6,
    endCycle: seconds * 64e6 + 10,
    depth: 0,
    counts: noReading,
  })
  // Two windows of three samples a second each; the label changes after 2.5 s.
  const spans = [0, 1, 2, 3, 4, 5].flatMap((second) =>
    second % 3 === 2 ? [span('sensor', second), span('inference', second + 0.1)] : [span('sensor', second)],
  )

  function read(
    text: readonly string[],
    labelAt: (seconds: number) => string | undefined = () => undefined,
  ): PredictionsReport | null {
    const recorder = new PredictionRecorder()
    const fold = new RoundFold({ labelOver: (begin) => oneLabel(labelAt(begin / 64e6)), onLabel: recorder })
    for (const line of text) recorder.line(line)
    for (const one of spans) fold.add(one)
    recorder.round(fold.lastLabel)
    return recorder.report(fold.isSingle ? 'span' : 'round')
  }

  it('are compared with the label that all of a window had', () => {
    const labelAt = (seconds: number): string => (seconds < 2.5 ? 'walking' : 'badminton')
    expect(read(lines, labelAt)).toEqual({
      total: 2,
      labelled: 2,
      spanning: 0,
      correct: 1,
      windows: [
        { label: 'walking', probability: 0.9961, expected: 'walking', spansLabels: false },
        { label: 'standing', probability: null, expected: 'badminton', spansLabels: false },
      ],
    })
  })

  it('of windows that span two labels are not judged', () => {
    const labelAt = (seconds: number): string => (seconds < 3.5 ? 'walking' : 'badminton')
    const report = read(lines, labelAt)
    expect(report).toMatchObject({ total: 2, labelled: 1, spanning: 1, correct: 1 })
    expect(report?.windows[1]).toMatchObject({ expected: null, spansLabels: true })
    expect(report && [predictionScore(report), notJudged(report)]).toEqual([
      '1 of 1 window as labelled',
      '1 window spans two labels, not judged',
    ])
  })

  it('of windows that overlap are compared where the whole window has one label', () => {
    // A window of three samples, and from then on one with each sample.
    const recorder = new PredictionRecorder()
    const labelOver = (begin: number): LabelOver => oneLabel(begin < 4.5 * 64e6 ? 'walking' : 'badminton')
    const fold = new RoundFold({ labelOver, onLabel: recorder })
    for (const second of [0, 1, 2, 3, 4, 5, 6, 7]) {
      fold.add(span('sensor', second))
      if (second >= 2) fold.add(span('inference', second + 0.1))
      if (second >= 2) recorder.line(`window ${second} prediction: walking 0.9\n`)
    }
    recorder.round(fold.lastLabel)
    const report = recorder.report(fold.isSingle ? 'span' : 'round')
    expect(report?.windows.map(({ expected }) => expected)).toEqual([
      ...['walking', 'walking', 'walking', null, null, 'badminton'],
    ])
    expect(report).toMatchObject({ total: 6, labelled: 4, spanning: 2, correct: 3 })
  })

  it('stand alone without labels, and are null without predictions', () => {
    const report = read(lines)
    expect(report).toMatchObject({ total: 2, labelled: 0, spanning: 0, correct: null })
    expect(report && [predictionScore(report), notJudged(report)]).toEqual([
      '2 windows, none under one label',
      '2 windows without a label',
    ])
    expect(read(['nothing'])).toBeNull()
  })

  it('are counted on when no more of them are listed', () => {
    const recorder = new PredictionRecorder()
    for (let i = 0; i < 30_000; i++) {
      recorder.line(`prediction: ${i % 3 === 0 ? 'walking' : 'standing'} 0.5\n`)
      recorder.round(oneLabel('walking'))
    }
    const report = recorder.report('round')
    expect(report).toMatchObject({ total: 30_000, labelled: 30_000, correct: 10_000 })
    expect(report?.windows).toHaveLength(10_000)
  })

  it('that no window belongs to, and windows without one, are not kept for ever', () => {
    const recorder = new PredictionRecorder()
    for (let i = 0; i < 10_000; i++) recorder.line('prediction: walking')
    for (let i = 0; i < 10_000; i++) recorder.round(oneLabel('walking'))
    expect(recorder.report('round')).toMatchObject({ total: 10_000, labelled: 0, correct: null })
  })
})
