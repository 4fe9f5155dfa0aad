import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../../runs/errors.ts'
import { buildDirectory, produce } from '../cache/cache.ts'
import { layout, tflmPackage } from '../sources/packages.ts'
import { touch } from '../cache/prune.ts'
import { ensureSources, type SourceSettings } from '../sources/sources.ts'
import { sha256 } from '../compile/units.ts'

export type Word = 'yes' | 'no'

/** Sound for the keyword apps: words that come with TFLM, and faint noise between them. */
export interface KeywordAudio {
  readonly seconds: number
  /** Each word lasts a second. */
  readonly words: readonly { readonly word: Word; readonly atSeconds: number }[]
}

export const AUDIO_RATE = 16_000

/** A minute with four words: mostly silence, as a room is. */
export const defaultKeywordAudio: KeywordAudio = {
  seconds: 60,
  words: [
    { word: 'yes', atSeconds: 3 },
    { word: 'no', atSeconds: 18 },
    { word: 'yes', atSeconds: 33 },
    { word: 'no', atSeconds: 48 },
  ],
}

/** Largest sample of the noise: as faint as what the words' own recordings begin with. */
const NOISE = 12

/**
 * A WAV file (16 kHz, mono, 16 bits) in the cache; made from samples in TFLM's package, fetched if need be.
 * Throws UserError: badInput for words that do not fit, environment when TFLM cannot be fetched.
 */
export async function keywordAudioFile(
  audio: KeywordAudio = defaultKeywordAudio,
  settings: SourceSettings & { readonly directory?: string } = {},
): Promise<string> {
  const samples = await keywordSamples(audio, settings)
  const bytes = wavFile(samples)
  const file = join(
    settings.directory ?? buildDirectory(settings.environment),
    'audio',
    `keyword-${sha256(bytes).slice(0, 16)}.wav`,
  )
  if (!(await touch(file))) await produce(file, (temporary) => writeFile(temporary, bytes))
  return file
}

/** The samples of that file. */
export async function keywordSamples(
  audio: KeywordAudio = defaultKeywordAudio,
  settings: SourceSettings = {},
): Promise<Int16Array> {
  const { seconds, words } = audio
  if (!(seconds > 0 && seconds <= 3600)) {
    throw new UserError(`keyword audio of ${seconds} s: give more than 0 and at most 3600`)
  }
  const samples = noise(Math.round(seconds * AUDIO_RATE))
  for (const { word, atSeconds } of words) {
    const clip = await wordSamples(word, settings)
    const from = Math.round(atSeconds * AUDIO_RATE)
    if (!(from >= 0 && from + clip.length <= samples.length)) {
      throw new UserError(
        `keyword audio of ${seconds} s: "${word}" at ${atSeconds} s does not fit, it lasts 1 s`,
      )
    }
    samples.set(clip, from)
  }
  return samples
}

/** A word of TFLM's micro_speech test data: one second, little-endian 16-bit samples. */
export async function wordSamples(word: Word, settings: SourceSettings = {}): Promise<Int16Array> {
  const tflm = await ensureSources(tflmPackage, settings)
  const bytes = await readFile(join(tflm, layout.stockModels, `${word}_1000ms_sample.data`))
  return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i))
}

/** The same on every machine: a linear congruential generator, as in the stock app. */
function noise(length: number): Int16Array {
  let state = 1
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return ((state >>> 16) % (2 * NOISE + 1)) - NOISE
  })
}

/** RIFF WAVE: PCM, one channel, 16 kHz, 16 bits. */
export function wavFile(samples: Int16Array): Uint8Array {
  const header = 44
  const bytes = Buffer.alloc(header + 2 * samples.length)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(AUDIO_RATE, 24)
  bytes.writeUInt32LE(2 * AUDIO_RATE, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(2 * samples.length, 40)
  samples.forEach((sample, i) => bytes.writeInt16LE(sample, header + 2 * i))
  return bytes
}
