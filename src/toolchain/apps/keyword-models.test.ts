/** The keyword app with micro_speech in int8, and with half of its mel bins. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { halfMelBins, int8Of } from '../../model/micro-speech.ts'
import { keywordSamples } from './audio.ts'
import { tflmPackage } from '../sources/packages.ts'
import { ensureSources } from '../sources/sources.ts'
import { startApp } from '../testing/testing-apps.ts'
import { stockModel } from '../testing/testing.ts'

const scratch = mkdtempSync(join(tmpdir(), 'boardless-keyword-'))
beforeAll(() => ensureSources(tflmPackage))

async function console(model: Uint8Array, seconds: number): Promise<string> {
  const file = join(scratch, `${model.length}.tflite`)
  writeFileSync(file, model)
  const sound = await keywordSamples({ seconds: 3, words: [{ word: 'yes', atSeconds: 0.5 }] })
  const running = await startApp('keyword', { model: file, sound })
  running.run(seconds)
  return running.text()
}

const microSpeech = () => new Uint8Array(readFileSync(stockModel('micro_speech')))
const cycles = (text: string) => {
  const lines = [...text.matchAll(/\(cycles: \d+ (\d+) (\d+) \d+\)/g)]
  expect(lines.length).toBeGreaterThan(2)
  return { features: Number(lines[1]?.[1]), inference: Number(lines[1]?.[2]) }
}

it('int8 hears the word; half the bins take half the inference, but little less of the front end', async () => {
  const full = await console(int8Of(microSpeech()), 2.6)
  expect(full).toContain('49 slices of 40 features')
  expect(full).toContain('heard: yes')
  const half = await console(halfMelBins(int8Of(microSpeech())), 1.5)
  expect(half).toContain('49 slices of 20 features')
  const [before, after] = [cycles(full), cycles(half)]
  expect(after.inference / before.inference).toBeCloseTo(0.48, 1)
  expect(after.features / before.features).toBeCloseTo(0.94, 1)
})

it('says so when the model is another', async () => {
  const gesture = new Uint8Array(readFileSync(join('models', 'gesture', 'gesture_int8.tflite')))
  expect(await console(gesture, 0.1)).toContain(
    'the model is not micro_speech: uint8 or int8, 49 x 40 features',
  )
})
