import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { AUDIO_RATE, AudioRecording } from '../../emulator/trace/audio.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { fileName, readAll, type ByteSource } from '../bytes/byte-source.ts'
import { sha256Of } from '../bytes/host.ts'
import { latin1 } from '../bytes/text.ts'
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
export async function readSound(source: ByteSource, atEnd: EndPolicy): Promise<LoadedSound> {
  const { name, size } = source
  if (size > MOST_BYTES)
    throw new UserError(`${name}: ${Math.round(size / 1e6)} MB of sound. Give at most two hours, 256 MiB.`)
  return soundOf(samplesOf(await readAll(source), name), fileName(name), atEnd)
}

/** @param name what the report calls it */
export function soundOf(samples: Int16Array, name: string, atEnd: EndPolicy): LoadedSound {
  const sound = new AudioRecording(samples, AUDIO_RATE, { endPolicy: atEnd })
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  return {
    sound,
    facts: {
      file: name,
      sha256: sha256Of(bytes),
      durationSeconds: sound.durationCycles / CYCLES_PER_SECOND,
      atEnd,
    },
  }
}

interface Chunk {
  readonly name: string
  readonly from: number
  readonly bytes: number
}

/** RIFF WAVE, as its specification of 1991: chunks of a name, a length and as many bytes, padded to an even length. */
function samplesOf(bytes: Uint8Array, file: string): Int16Array {
  const bad = (what: string): UserError => new UserError(`${file}: ${what}.`)
  if (bytes.length === 0) throw bad('is empty. Give a WAV file')
  if (latin1(bytes.subarray(0, 4)) !== 'RIFF' || latin1(bytes.subarray(8, 12)) !== 'WAVE')
    throw bad('is not a WAV file. Give one of 16 kHz, mono, 16-bit PCM')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const chunks = chunksOf(bytes, view)
  const format = chunks.find(({ name }) => name === 'fmt ')
  const data = chunks.find(({ name }) => name === 'data')
  if (format === undefined || format.bytes < 16 || format.from + 16 > bytes.length)
    throw bad('is cut off: it has no "fmt " chunk')
  checkFormat(view, format, bad)
  if (data === undefined) throw bad('is cut off: it has no "data" chunk')
  const present = bytes.length - data.from
  if (present < data.bytes)
    throw bad(`is cut off: ${data.bytes} bytes of samples are announced, and ${present} are there`)
  if (data.bytes % 2 !== 0) throw bad('is cut off in the middle of a sample')
  if (data.bytes === 0) throw bad('has no samples')
  return Int16Array.from({ length: data.bytes / 2 }, (_, i) => view.getInt16(data.from + 2 * i, true))
}

function chunksOf(bytes: Uint8Array, view: DataView): readonly Chunk[] {
  const chunks: Chunk[] = []
  for (let at = 12; at + 8 <= bytes.length;) {
    const chunk = {
      name: latin1(bytes.subarray(at, at + 4)),
      from: at + 8,
      bytes: view.getUint32(at + 4, true),
    }
    chunks.push(chunk)
    at = chunk.from + chunk.bytes + (chunk.bytes & 1)
  }
  return chunks
}

function checkFormat(view: DataView, { from, bytes: length }: Chunk, bad: (what: string) => UserError): void {
  const tag = view.getUint16(from, true)
  const extended = tag === EXTENSIBLE && length >= 26 && from + 26 <= view.byteLength
  const encoding = extended ? view.getUint16(from + 24, true) : tag
  const channels = view.getUint16(from + 2, true)
  const rate = view.getUint32(from + 4, true)
  const bits = view.getUint16(from + 14, true)
  if (encoding !== PCM) throw bad(`is encoded as format ${encoding}, not as PCM. ${CONVERT}`)
  if (channels !== 1) throw bad(`has ${channels} channels. ${CONVERT}`)
  if (rate !== AUDIO_RATE) throw bad(`has ${rate} samples a second. ${CONVERT}`)
  if (bits !== 16) throw bad(`has ${bits} bits a sample. ${CONVERT}`)
}
