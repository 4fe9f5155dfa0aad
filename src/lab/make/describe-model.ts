import { createHash } from 'node:crypto'
import type { Outcome } from '../../model/evaluate.ts'
import { describeModel } from '../../../runs/tflite/describe.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import { registrationCode } from '../../../runs/tflite/registration.ts'
import type { TfliteModel } from '../../../runs/tflite/schema.ts'
import { compressedBytes } from '../../model/tune.ts'
import type { ModelResult } from '../measurement.ts'

/** Operators whose second input is weights, and whose third is a bias. */
const weighted = ['FULLY_CONNECTED', 'CONV_2D', 'DEPTHWISE_CONV_2D', 'TRANSPOSE_CONV', 'SVDF']

export function describeFile(bytes: Uint8Array, outcomes: readonly Outcome[], name?: string): ModelResult {
  const model = readModel(bytes, name)
  const { operators, tensors, totals } = describeModel(model)
  const weights = operators.flatMap(({ type, inputs }) =>
    weighted.includes(type) ? (tensors[inputs[1] ?? -1] ?? []) : [],
  )
  const biases = operators.flatMap(({ type, inputs }) =>
    weighted.includes(type) ? (tensors[inputs[2] ?? -1] ?? []) : [],
  )
  const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
  const zeros = weights.reduce((sum, { index }) => sum + zerosOf(model, index), 0)
  const elements = weights.reduce((sum, { shape }) => sum + count(shape), 0)
  return {
    base64: Buffer.from(bytes).toString('base64'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    compressedBytes: compressedBytes(bytes),
    parameters: [...weights, ...biases].reduce((sum, { shape }) => sum + count(shape), 0),
    weightBytes: [...weights, ...biases].reduce((sum, one) => sum + (one.bytes ?? 0), 0),
    macs: totals.macs,
    macsNotCounted: totals.macsNotCounted,
    sparsity: elements === 0 ? 0 : zeros / elements,
    operators: operators.map(({ type, version, macs }) => ({ type, version, macs })),
    registration: { 2020: registrationCode(model, '2020'), today: registrationCode(model, 'today') },
    outcomes,
  }
}

/** Weights that are zero: stored as their zero point, or as a float of either sign. */
function zerosOf(model: TfliteModel, index: number): number {
  const tensor = model.tensors[index]
  const buffer = model.buffers[tensor?.buffer ?? -1] ?? new Uint8Array()
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  const zeroPoints = tensor?.quantisation?.zeroPoint ?? [0]
  switch (tensor?.type) {
    case 'INT8':
      return buffer.reduce((sum, _, at) => sum + Number(view.getInt8(at) === (zeroPoints[0] ?? 0)), 0)
    case 'UINT8':
      return buffer.reduce((sum, value) => sum + Number(value === (zeroPoints[0] ?? 0)), 0)
    case 'FLOAT32': {
      let zeros = 0
      for (let at = 0; at + 4 <= buffer.length; at += 4) zeros += Number(view.getFloat32(at, true) === 0)
      return zeros
    }
    default:
      return 0
  }
}
