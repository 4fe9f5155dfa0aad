import { describe, expect, it } from 'vitest'
import { AudioRecording } from './audio.ts'

const SAMPLES = Int16Array.of(0, 1000, -1000, 500)
const at = (n: number) => n * 4000

describe('AudioRecording', () => {
  it('gives its samples at 16 kHz, and straight lines between', () => {
    const audio = new AudioRecording(SAMPLES, 16_000)
    expect([0, 1, 2, 3].map((n) => audio.sampleAt(at(n)))).toEqual([0, 1000, -1000, 500])
    expect(audio.sampleAt(at(1) + 1000)).toBe(500)
    expect(audio.durationCycles).toBe(at(4))
    expect(audio.endCycle).toBe(at(4))
    expect(audio.sampleAt(-1)).toBe(0)
    expect(audio.sampleAt(at(4))).toBe(0)
  })

  it('loops, or goes on in silence', () => {
    const loop = new AudioRecording(SAMPLES, 16_000, { endPolicy: 'loop', startCycle: 100 })
    expect(loop.endCycle).toBe(Infinity)
    expect(loop.sampleAt(100 + at(5))).toBe(1000)
    expect(loop.sampleAt(100 + at(3) + 2000)).toBe(250)
    expect(new AudioRecording(SAMPLES, 16_000, { endPolicy: 'hold' }).endCycle).toBe(Infinity)
  })

  it('refuses another rate and an empty recording', () => {
    expect(() => new AudioRecording(SAMPLES, 44_100)).toThrow(/44100 samples a second; convert it to 16000/)
    expect(() => new AudioRecording(new Int16Array(), 16_000)).toThrow(/no samples/)
  })
})
