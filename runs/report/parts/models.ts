import { sha256Of } from '../../bytes/host.ts'
import { UserError } from '../../errors.ts'
import type { Segment } from '../../image/memory-map.ts'
import { describeModel } from '../../tflite/describe.ts'
import type { ModelDescription } from '../../tflite/describe.ts'
import { readModelWithin } from '../../tflite/read.ts'
import type { TfliteModel } from '../../tflite/schema.ts'

/** A TensorFlow Lite model inside a firmware image. */
export interface EmbeddedModel {
  readonly address: number
  readonly bytes: number
  readonly sha256: string
  /** Of what the model's own parts span: the same wherever it was copied to. */
  readonly contentSha256: string
  readonly model: TfliteModel
  readonly description: ModelDescription
}

const IDENTIFIER = [0x54, 0x46, 0x4c, 0x33] // "TFL3", at byte 4 of a model

/**
 * Every sound model in the image, by address. What only looks like one is passed over.
 * @param bytesAt size of the model's array from the symbols; without it a model ends where its own parts do
 */
export function findModels(
  segments: readonly Segment[],
  bytesAt: (address: number) => number | undefined = () => undefined,
): readonly EmbeddedModel[] {
  return segments.flatMap(({ address, bytes }) => {
    const found: EmbeddedModel[] = []
    let at = 0
    while ((at = bytes.indexOf(0x54, at)) >= 0) {
      const start = at - 4
      at += 1
      if (start < 0 || !IDENTIFIER.every((byte, i) => bytes[start + 4 + i] === byte)) continue
      const size = bytesAt(address + start)
      const model = readAt(bytes.subarray(start, size && start + size), address + start, size)
      if (!model) continue
      found.push(model)
      at = start + model.bytes
    }
    return found
  })
}

function readAt(bytes: Uint8Array, address: number, size: number | undefined): EmbeddedModel | undefined {
  try {
    const { model, extentBytes } = readModelWithin(bytes, 'model in flash')
    const length = size ?? extentBytes
    return {
      address,
      bytes: length,
      sha256: sha256Of(bytes.subarray(0, length)),
      contentSha256: sha256Of(bytes.subarray(0, extentBytes)),
      model,
      description: describeModel(model),
    }
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
