import { readFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { appDirectory, appTable, apps, defaultArenaBytes, defaultModel } from './apps.ts'
import { keywordAudioFile, keywordSamples, wordSamples, AUDIO_RATE } from './audio.ts'
import { tflmPackage } from '../sources/packages.ts'
import { ensureSources } from '../sources/sources.ts'
import { heldOutRecording, startApp, type RunningApp } from '../testing/testing-apps.ts'

const LINE = /^window (\d+) .* prediction: (\S+) ([0-9.]+)$/gm

const predictions = (text: string) =>
  [...text.matchAll(LINE)].map(([, number, label, probability]) => ({
    number: Number(number),
    label,
    probability: Number(probability),
  }))
/** To a second of simulated time, which it must reach. */
async function played(app: string, seconds: number, input: Partial<Parameters<typeof startApp>[1]> = {}) {
  const running = await startApp(app, { recording: heldOutRecording(), ...input })
  expect(running.run(seconds)).toEqual({ kind: 'paused' })
  return running
}

const began = ({ spans }: RunningApp, phase: string): readonly number[] =>
  spans.filter(({ name }) => name === phase).map(({ beginCycle }) => beginCycle / 64e6)

const asleep = ({ machine }: RunningApp): number => machine.sleepCycles / machine.now

beforeAll(() => ensureSources(tflmPackage))

describe('the apps', () => {
  it('have a model and an arena of their own', async () => {
    expect(apps).toContain('gesture')
    expect(await defaultModel('gesture-5hz')).toMatch(/gesture_int8\.tflite$/)
    expect(await defaultModel('keyword')).toMatch(/micro_speech\.tflite$/)
    expect(await defaultModel('stock')).toBeUndefined()
    expect([defaultArenaBytes('keyword'), defaultArenaBytes('stock')]).toEqual([16384, 131072])
  })

  it('are refused by a name that there is not', () => {
    expect(() => appDirectory('gesture-6hz', 'firmware')).toThrow(/Did you mean gesture-5hz\?/)
  })
})

describe('gesture at 5 Hz', () => {
  it('agrees with gesture on the window that both see, and sleeps', async () => {
    const often = await played('gesture-5hz', 21)
    const seldom = predictions((await played('gesture', 21)).text())
    const all = predictions(often.text())
    expect(seldom).toHaveLength(2)
    expect(all.map(({ number }) => number)).toEqual(all.map((_, i) => i))
    // Both windows end with sample 100 and 200 after the sampling clock began; five a second follow the first.
    seldom.forEach(({ label }, i) => expect([i, all[50 * i]?.label]).toEqual([i, label]))
    expect(all.length).toBeGreaterThan(50)
    expect(asleep(often)).toBeGreaterThan(0.99)
    expect(often.machine.problems).toEqual([])
  })
})

describe('gesture continuous', () => {
  it('never sleeps and infers after every sample of the sensor', async () => {
    const running = await played('gesture-continuous', 10.3)
    const all = predictions(running.text())
    expect(asleep(running)).toBe(0)
    expect(all.length).toBeGreaterThan(10)
    expect(all.every(({ label }) => label === 'badminton')).toBe(true)
    const begins = began(running, 'inference')
    const rate = (begins.length - 1) / (begins.at(-1)! - begins[0]!)
    expect(rate).toBeCloseTo(119, 0)
    expect(running.machine.problems).toEqual([])
  })
})

describe('gesture woken by motion', () => {
  // 10 s of badminton, then standing, with a jerk of 1.26 g between 20 and 21 s (heldout.csv).
  it.each(['nano', 'xiao'] as const)(
    'classifies what moves and sleeps through what does not, on the %s',
    async (board) => {
      const running = await played('gesture-motion', 22, { board })
      expect(predictions(running.text()).map(({ label }) => label)).toEqual(['badminton'])
      const samples = began(running, 'sensor')
      expect(samples.filter((at) => at < 12)).toHaveLength(100)
      expect(samples.filter((at) => at > 12 && at < 20)).toEqual([])
      expect(samples.filter((at) => at > 20).length).toBeGreaterThan(5)
      expect(asleep(running)).toBeGreaterThan(0.99)
      expect(running.machine.problems).toEqual([])
    },
  )

  it('takes the line that the XIAO has: nothing is soldered on', async () => {
    const running = await startApp('gesture-motion', { recording: heldOutRecording(), board: 'xiao' })
    expect(running.machine.board.assumptions).toEqual([])
  })

  it('sleeps for ever on a board without the wire', async () => {
    const running = await startApp('gesture-motion', { recording: heldOutRecording(), wired: false })
    running.run(20)
    expect(predictions(running.text())).toEqual([])
  })

  it('names the wire that it needs', () => {
    expect(appTable['gesture-motion']?.wires).toEqual([{ part: 'LSM9DS1', from: 'INT1', to: 'P1.11' }])
  })
})

interface Judged {
  readonly at: number
  readonly scores: readonly number[]
}

/**
 * What micro_speech's RecognizeCommands would say, straight from its description: the average of the newest `window` ms
 * must be over 200, of at least `least` results that span a quarter of the window; the same word again after 1.5 s only.
 */
function heardBy(results: readonly Judged[], window: number, least: number): readonly string[] {
  const labels = ['silence', 'unknown', 'yes', 'no']
  const heard: string[] = []
  let last = { label: 'silence', at: -Infinity }
  results.forEach(({ at }, i) => {
    const recent = results.slice(0, i + 1).filter((one) => one.at >= at - window)
    if (recent.length < least || at - recent[0]!.at < window / 4) return
    const averages = labels.map((_, n) =>
      Math.floor(recent.reduce((sum, { scores }) => sum + scores[n]!, 0) / recent.length),
    )
    const score = Math.max(...averages)
    const label = labels[averages.indexOf(score)]!
    const again = label === last.label && label !== 'silence' && at - last.at <= 1500
    if (score <= 200 || again) return
    last = { label, at }
    if (label === 'yes' || label === 'no') heard.push(`${label} at ${at} ms, score ${score}`)
  })
  return heard
}

describe.each([
  ['keyword', 750, 3],
  ['keyword-gated', 0, 1],
] as const)('%s', (app, window, least) => {
  it('hears the words that are said and nothing in the noise, by the rules of RecognizeCommands', async () => {
    const words = [
      { word: 'yes', atSeconds: 2 },
      { word: 'no', atSeconds: 7 },
    ] as const
    const running = await played(app, 11.9, { sound: await keywordSamples({ seconds: 12, words }) })
    const text = running.text()
    const heard = [...text.matchAll(/^heard: (.*)$/gm)].map(([, what]) => what!.trim())
    expect(heard.map((what) => what.split(' ')[0])).toEqual(['yes', 'no'])
    heard.forEach((what, i) => {
      const at = Number(/at (\d+) ms/.exec(what)?.[1]) / 1000
      expect(at - words[i]!.atSeconds).toBeGreaterThan(0.5)
      expect(at - words[i]!.atSeconds).toBeLessThan(2)
    })
    const judged = [...text.matchAll(/ at (\d+) ms scores: (\d+) (\d+) (\d+) (\d+) /g)].map(
      ([, at, ...scores]) => ({ at: Number(at), scores: scores.map(Number) }),
    )
    expect(judged).toHaveLength(predictions(text).length)
    expect(heard).toEqual(heardBy(judged, window, least))
    expect(running.machine.problems).toEqual([])
  })
})

describe('keyword gated', () => {
  it('runs neither front end nor network in silence', async () => {
    const running = await startApp('keyword-gated', {
      sound: await keywordSamples({ seconds: 3, words: [] }),
    })
    running.run(2.9)
    expect(running.text()).not.toContain('window')
    expect(new Set(running.spans.map(({ name }) => name))).toEqual(new Set(['listen']))
    expect(asleep(running)).toBeGreaterThan(0.95)
  })
})

describe('sound for the keyword apps', () => {
  it('is a WAV file with the words where they were asked for, made once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'boardless-audio-'))
    const audio = { seconds: 3, words: [{ word: 'no', atSeconds: 1.5 }] } as const
    const file = await keywordAudioFile(audio, { directory })
    expect(await keywordAudioFile(audio, { directory })).toBe(file)
    const bytes = readFileSync(file)
    expect(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ')
    expect([bytes.readUInt16LE(20), bytes.readUInt16LE(22), bytes.readUInt32LE(24)]).toEqual([1, 1, 16000])
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(40)]).toEqual([bytes.length - 8, bytes.length - 44])
    const word = await wordSamples('no')
    expect(word).toHaveLength(AUDIO_RATE)
    expect(bytes.readInt16LE(44 + 2 * (1.5 * AUDIO_RATE + 9000))).toBe(word[9000])
    expect(Math.abs(bytes.readInt16LE(44 + 2 * AUDIO_RATE))).toBeLessThanOrEqual(12)
  })

  it.each([
    [{ seconds: 0, words: [] }, /give more than 0/],
    [{ seconds: Number.NaN, words: [] }, /give more than 0/],
    [{ seconds: 2, words: [{ word: 'yes', atSeconds: 1.5 }] }, /"yes" at 1.5 s does not fit/],
    [{ seconds: 2, words: [{ word: 'yes', atSeconds: -1 }] }, /does not fit/],
  ] as const)('refuses %o', async (audio, message) => {
    await expect(keywordSamples(audio)).rejects.toThrow(message)
  })
})
