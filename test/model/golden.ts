import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseRecordings, toInput } from '../../src/model/data/dataset.ts'
import type { GestureMetadata } from '../../src/model/gesture.ts'
import { quantiseActivations } from '../../src/model/infer/quantise.ts'
import { seededRandom } from '../../src/model/random.ts'

/** Written from what tflite-micro gave; the emulated firmware is held against it. */
export interface GoldenInt8 {
  readonly model: string
  readonly modelSha256: string
  readonly interpreter: string
  readonly cases: readonly {
    readonly from: string
    /** 600 int8 values, base64. */
    readonly input: string
    readonly output: readonly number[]
  }[]
}

export interface GoldenFloat32 {
  readonly model: string
  readonly modelSha256: string
  readonly interpreter: string
  /** The inputs are those of gesture_int8.json: scale x (stored - zeroPoint), computed in float32. */
  readonly inputs: { readonly file: string; readonly scale: number; readonly zeroPoint: number }
  readonly outputs: readonly (readonly number[])[]
}

export const paths = {
  int8: 'models/gesture/gesture_int8.tflite',
  float32: 'models/gesture/gesture_float32.tflite',
  metadata: 'models/gesture/metadata.json',
  recordings: 'traces/basic-motions/recordings.csv',
  goldenInt8: 'test/model/golden/gesture_int8.json',
  goldenFloat32: 'test/model/golden/gesture_float32.json',
} as const

export const readBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path))
export const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
export const readMetadata = () => readJson(paths.metadata) as GestureMetadata
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
export const bytesOf = (values: Int8Array | Float32Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
export const int8Of = (base64: string) => new Int8Array(Buffer.from(base64, 'base64'))

/** All recordings, quantised, and as many random windows: quiet ones about an offset, and wild ones. */
export function goldenInputs(): { from: string; input: Int8Array }[] {
  const metadata = readMetadata()
  const { scale, zeroPoint } = metadata.inputQuantisation
  const quantisation = { scale: [scale], zeroPoint: [zeroPoint], axis: 0 }
  const recordings = parseRecordings(readFileSync(paths.recordings, 'utf8'), paths.recordings)
  const real = recordings.map(({ id, label, samples }) => ({
    from: `recording ${id}, ${label}`,
    input: quantiseActivations(toInput(samples, metadata), quantisation),
  }))
  const random = seededRandom(2020)
  const made = Array.from({ length: 60 }, (_, index) => {
    const amplitude = index % 3 === 0 ? 256 : 100 * random()
    const offsets = metadata.channels.map(() => 50 * (random() - 0.5))
    const input = Int8Array.from({ length: 600 }, (_, place) => {
      const value = zeroPoint + (offsets[place % 6] ?? 0) + amplitude * (random() - 0.5)
      return Math.min(Math.max(Math.round(value), -128), 127)
    })
    return { from: `random ${index}`, input }
  })
  return [...real, ...made]
}

export function dequantisedInput(input: Int8Array): Float32Array {
  const { scale, zeroPoint } = readMetadata().inputQuantisation
  return Float32Array.from(input, (value) => Math.fround(scale) * (value - zeroPoint))
}
