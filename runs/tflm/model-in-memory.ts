import { sha256Of } from '../bytes/host.ts'
import { UserError } from '../errors.ts'
import { readModelWithin } from '../tflite/read.ts'
import { fileIdentifier } from '../tflite/schema.ts'
import type { TfliteModel } from '../tflite/schema.ts'
import { startOfMemory } from './memory.ts'
import type { ReadMemory } from './memory.ts'

/** A model as it was in memory when an interpreter first invoked an operator of it. */
export interface ModelInMemory {
  /** Of the flatbuffer, not of its root table. */
  readonly address: number
  /** As its own parts span it. */
  readonly bytes: number
  readonly sha256: string
  readonly model: TfliteModel
  /** The flatbuffer. */
  readonly content: Uint8Array
}

/** The root table is written last, and so lies at the front: behind the offset to it, the identifier and its vtable. */
const FARTHEST_ROOT = 4096
const LARGEST_MODEL = 1 << 20

/** @param root what `tflite::GetModel` returned. @returns why not, where no sound model is there */
export function modelInMemory(read: ReadMemory, root: number): ModelInMemory | string {
  const lowest = Math.max(root - FARTHEST_ROOT, startOfMemory(root))
  const before = read(lowest, root - lowest)
  const view = new DataView(before.buffer, before.byteOffset, before.length)
  for (let offset = before.length - 8; offset >= 0; offset--) {
    if (view.getUint32(offset, true) !== before.length - offset) continue
    const address = lowest + offset
    const bytes = read(address, LARGEST_MODEL)
    if (String.fromCharCode(...bytes.subarray(4, 8)) !== fileIdentifier) continue
    try {
      return modelOf(address, bytes)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      return `the model at ${hex(address)} cannot be read: ${error.message}`
    }
  }
  return read(root, 4).length < 4
    ? `its model is at ${hex(root)}, outside flash and RAM`
    : `no TensorFlow Lite flatbuffer has its root at ${hex(root)}`
}

const hex = (address: number): string => `0x${address.toString(16)}`

/** @param bytes of a flatbuffer, and what is behind it @throws UserError */
export function modelOf(address: number, bytes: Uint8Array): ModelInMemory {
  const { model, extentBytes } = readModelWithin(bytes, 'model in memory')
  const content = bytes.slice(0, extentBytes)
  const sha256 = sha256Of(content)
  return { address, bytes: extentBytes, sha256, model, content }
}
