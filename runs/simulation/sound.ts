import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { AUDIO_RATE, AudioRecording } from '../../emulator/trace/audio.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { UserError } from '../errors.ts'
import type { SoundReport } from '../report/run-report.ts'

/** Two hours and a quarter at 16 kHz: more is a mistake, and would fill the memory. */
const MOST_BYTES = 256 * 1024 * 1024
const CONVERT = 'Convert it to 16 kHz, mono, 16-bit PCM'
const PCM = 1
const EXTENSIBLE = 0xfffe

export interface LoadedSound {
  readonly sound: AudioRecording
  readonly facts: SoundReport
}

/** Reads what the microphone hears from a WAV file. @throws UserError naming the file */
export async function loadSound(file: string, atEnd: EndPolicy): Promise<LoadedSound> {
  return soundOf(await readWav(file), basename(file), atEnd)
}

/** @param name what the report calls it */
export function soundOf(samples: Int16Array, name: string, atEnd: EndPolicy): LoadedSound {
  const sound = new AudioRecording(samples, AUDIO_RATE, { endPolicy: atEnd })
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  return {
    sound,
    facts: {
      file: name,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      durationSeconds: sound.durationCycles / CYCLES_PER_SECOND,
      atEnd,
    },
  }
}

async function readWav(file: string): Promise<Int16Array> {
  try {
    const { size } = await stat(file)
    if (size > MOST_BYTES) {
      throw new UserError(`${file}: ${Math.round(size / 1e6)} MB of sound. Give at most two hours, 256 MiB.`)
    }
    return samplesOf(await readFile(file), file)
  } catch (cause) {
    if (cause instanceof UserError) throw cause
    throw new UserError(`${file}: cannot be read for --audio. Give a WAV file.`, undefined, { cause })
  }
}

interface Chunk {
  readonly name: string
  readonly from: number
  readonly bytes: number
}

/** RIFF WAVE, as its specification of 1991: chunks of a name, a length and as many bytes, padded to an even length. */
function samplesOf(bytes: Buffer, file: string): Int16Array {
  const bad = (what: string): UserError => new UserError(`${file}: ${what}.`)
  if (bytes.length === 0) throw bad('is empty. Give a WAV file')
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    throw bad('is not a WAV file. Give one of 16 kHz, mono, 16-bit PCM')
  const chunks = chunksOf(bytes)
  const format = chunks.find(({ name }) => name === 'fmt ')
  const data = chunks.find(({ name }) => name === 'data')
  if (format === undefined || format.bytes < 16 || format.from + 16 > bytes.length)
    throw bad('is cut off: it has no "fmt " chunk')
  checkFormat(bytes, format, bad)
  if (data === undefined) throw bad('is cut off: it has no "data" chunk')
  const present = bytes.length - data.from
  if (present < data.bytes)
    throw bad(`is cut off: ${data.bytes} bytes of samples are announced, and ${present} are there`)
  if (data.bytes % 2 !== 0) throw bad('is cut off in the middle of a sample')
  if (data.bytes === 0) throw bad('has no samples')
  return Int16Array.from({ length: data.bytes / 2 }, (_, i) => bytes.readInt16LE(data.from + 2 * i))
}

function chunksOf(bytes: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = []
  for (let at = 12; at + 8 <= bytes.length;) {
    const chunk = {
      name: bytes.toString('latin1', at, at + 4),
      from: at + 8,
      bytes: bytes.readUInt32LE(at + 4),
    }
    chunks.push(chunk)
    at = chunk.from + chunk.bytes + (chunk.bytes & 1)
  }
  return chunks
}

function checkFormat(bytes: Buffer, { from, bytes: length }: Chunk, bad: (what: string) => UserError): void {
  const tag = bytes.readUInt16LE(from)
  const extended = tag === EXTENSIBLE && length >= 26 && from + 26 <= bytes.length
  const encoding = extended ? bytes.readUInt16LE(from + 24) : tag
  const channels = bytes.readUInt16LE(from + 2)
  const rate = bytes.readUInt32LE(from + 4)
  const bits = bytes.readUInt16LE(from + 14)
  if (encoding !== PCM) throw bad(`is encoded as format ${encoding}, not as PCM. ${CONVERT}`)
  if (channels !== 1) throw bad(`has ${channels} channels. ${CONVERT}`)
  if (rate !== AUDIO_RATE) throw bad(`has ${rate} samples a second. ${CONVERT}`)
  if (bits !== 16) throw bad(`has ${bits} bits a sample. ${CONVERT}`)
}
