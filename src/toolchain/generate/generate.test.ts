import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { convertToInt8 } from '../../model/convert/convert.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import type { Operator, Tensor } from '../../../runs/tflite/schema.ts'
import { writeModel } from '../../../runs/tflite/write.ts'
import { generateQuantisation, loadModel } from './generate.ts'
import { projectRoot } from '../paths.ts'

const scratch = mkdtempSync(join(tmpdir(), 'boardless-generate-'))
const gesture = (precision: string) => join(projectRoot(), 'models', 'gesture', `gesture_${precision}.tflite`)

/** Writes `bytes` with every operator and tensor changed. */
function changed(
  name: string,
  bytes: Uint8Array,
  change: { operator?: Partial<Operator>; tensor?: Partial<Tensor> },
): string {
  const model = readModel(bytes)
  const subgraphs = model.subgraphs.map((subgraph) => ({
    ...subgraph,
    operators: subgraph.operators.map((operator) => ({ ...operator, ...change.operator })),
    tensors: subgraph.tensors.map((tensor) => ({ ...tensor, ...change.tensor })),
  }))
  const file = join(scratch, name)
  writeFileSync(file, writeModel({ ...model, subgraphs }))
  return file
}

describe('a fully connected layer with a scale for each output', () => {
  const layer = { kind: 'dense', name: 'dense', inputs: 2, outputs: 2, activation: 'NONE' } as const
  const weights = Float32Array.of(1, 2, 30, 40)
  const graph = { inputShape: [1, 2], layers: [{ ...layer, weights, bias: new Float32Array(2) }] }
  const range = { minimum: -1, maximum: 1 }
  const convert = (fullyConnected: 'per-channel' | 'per-tensor') =>
    convertToInt8(graph, { input: range, layers: [range] }, '', { fullyConnected })

  it('is refused even where the version says nothing, as in converters’ files', async () => {
    const file = changed('rows.tflite', convert('per-channel'), { operator: { version: 4 } })
    await expect(loadModel(file, 'mutable')).rejects.toThrow(
      /rows\.tflite: .* cannot run it: FULLY_CONNECTED with 2 weight scales, it takes one: convert with _experimental\w+ \(operator 0\)$/,
    )
    const ours = changed('ours.tflite', convert('per-channel'), {})
    await expect(loadModel(ours, 'mutable')).rejects.toThrow('FULLY_CONNECTED version 12, it has 1 to 4')
    await expect(
      loadModel(changed('one.tflite', convert('per-tensor'), {}), 'mutable'),
    ).resolves.toBeDefined()
  })
})

describe('generated/quantisation.h', () => {
  const header = async (file: string) => {
    const { root } = await generateQuantisation(await loadModel(file, 'mutable'), scratch)
    return readFileSync(join(root.directory, 'generated', 'quantisation.h'), 'utf8')
  }

  it('is what the model says of its input', async () => {
    const { scale, zeroPoint } = readModel(readFileSync(gesture('int8'))).tensors[0]!.quantisation!
    const int8 = await header(gesture('int8'))
    expect(int8).toContain('kInt8 = true')
    expect(int8).toContain(`kScale = ${scale[0]!};`)
    expect(int8).toContain(`kZeroPoint = ${zeroPoint[0]!};`)
    expect(await header(gesture('float32'))).toMatch(/kInt8 = false;[^]*kScale = 1;[^]*kZeroPoint = 0;/)
  })

  it('is refused for other types', async () => {
    const file = changed('uint8.tflite', readFileSync(gesture('int8')), { tensor: { type: 'UINT8' } })
    await expect(header(file)).rejects.toThrow(
      /uint8\.tflite: the input is UINT8; the gesture apps give int8 or float32/,
    )
  })
})
