import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readModel } from '../../../runs/tflite/read.ts'
import { registrationCode } from '../../../runs/tflite/registration.ts'
import { builtinCode, type Operator } from '../../../runs/tflite/schema.ts'
import { writeModel } from '../../../runs/tflite/write.ts'
import { buildFirmware } from '../../toolchain/build.ts'
import { widthOf } from '../../../runs/report/show/fit-table.ts'
import { projectRoot } from '../../toolchain/paths.ts'
import { modelOps, type OpsOptions } from './model.ts'

const gesture = join(projectRoot(), 'models', 'gesture', 'gesture_int8.tflite')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-ops-'))
const fullyConnected2020 =
  'resolver.AddBuiltin(tflite::BuiltinOperator_FULLY_CONNECTED, tflite::ops::micro::Register_FULLY_CONNECTED(), 4);'

afterEach(() => vi.restoreAllMocks())

async function printed(file: string, options: OpsOptions): Promise<string> {
  const text: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => text.push(String(chunk)) > 0)
  expect(await modelOps(file, options)).toBe(0)
  vi.restoreAllMocks()
  return text.join('')
}

function modelOf(type: string, version: number): string {
  const code = type.startsWith('CUSTOM:') ? 32 : builtinCode(type)
  const options = { kind: 'none' } as const
  const operator: Operator = { type, builtinCode: code, version, inputs: [0], outputs: [1], options }
  const tensor = {
    shape: [1],
    type: 'FLOAT32',
    buffer: 0,
    quantisation: undefined,
    isVariable: false,
  } as const
  const tensors = [
    { ...tensor, name: 'input' },
    { ...tensor, name: 'output' },
  ]
  const subgraph = { name: 'main', tensors, operators: [operator], inputs: [0], outputs: [1] }
  const file = join(scratch, `${type.replace(':', '-')}-${version}.tflite`)
  const buffers = [new Uint8Array()]
  writeFileSync(file, writeModel({ description: '', subgraphs: [subgraph], buffers, metadata: [] }))
  return file
}

describe('boardless model ops', () => {
  it('prints the resolver of both APIs under the lists', async () => {
    const text = await printed(gesture, {})
    expect(text).toMatch(/^Operators {2}3;[^]*\nTensors\n[^]*TFLM of July 2020\n[^]*today's TFLM\n/)
    expect(text).toContain(`${fullyConnected2020}\n`)
    expect(text).toContain('resolver.AddFullyConnected();\nresolver.AddSoftmax();\n')
  })

  it('draws no table wider than a terminal of 80 columns, of either model here', async () => {
    const { stdout } = process
    const before = { isTTY: stdout.isTTY, columns: stdout.columns }
    Object.assign(stdout, { isTTY: true, columns: 80 })
    try {
      for (const name of ['gesture/gesture_int8', 'gesture/gesture_float32']) {
        const [tables = ''] = (await printed(join(projectRoot(), 'models', `${name}.tflite`), {})).split(
          'Resolver',
        )
        expect(tables.split('\n').length).toBeGreaterThan(10)
        expect(tables.split('\n').filter((line) => widthOf(line) > 80)).toEqual([])
      }
    } finally {
      Object.assign(stdout, before)
    }
  })

  it('prints that of one when asked to', async () => {
    expect(await printed(gesture, { api: 'today' })).not.toContain('AddBuiltin')
    const old = await printed(gesture, { api: '2020' })
    expect(old).toContain(fullyConnected2020)
    expect(old).not.toContain('AddFullyConnected')
  })

  it('writes the same code to JSON', async () => {
    const json = join(scratch, 'ops.json')
    await printed(gesture, { json })
    const { registration } = JSON.parse(readFileSync(json, 'utf8')) as { registration: unknown }
    const model = readModel(readFileSync(gesture))
    expect(registration).toEqual({
      '2020': registrationCode(model, '2020'),
      today: registrationCode(model, 'today'),
    })
    await printed(gesture, { json, api: 'today' })
    expect(
      Object.keys((JSON.parse(readFileSync(json, 'utf8')) as { registration: object }).registration),
    ).toEqual(['today'])
  })

  it('a custom operator is registered by its name, and its MACs are named as not counted', async () => {
    const json = join(scratch, 'custom.json')
    const text = await printed(modelOf('CUSTOM:Frobnicate', 1), { json })
    expect(text).toMatch(/^Operators {2}1; MACs not counted: CUSTOM:Frobnicate, a custom operator, /)
    expect(text.match(/resolver\.AddCustom\("Frobnicate", Register_Frobnicate\(\)(, 1)?\);\n/g)).toHaveLength(
      2,
    )
    expect(text).toContain('// TFLM of July 2020 does not have CUSTOM:Frobnicate version 1\n')
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      operators: [{ macs: null, macsNotCounted: 'a custom operator' }],
      totals: { macs: 0, macsNotCounted: [{ operator: 'CUSTOM:Frobnicate', count: 1 }] },
    })
  })

  it('says which version TFLM of 2020 does not have', async () => {
    const newer = await printed(modelOf('FULLY_CONNECTED', 12), {})
    expect(newer.match(/\/\/ TFLM of July 2020 does not have FULLY_CONNECTED version 12\n/g)).toHaveLength(1)
    expect(await printed(modelOf('GELU', 1), {})).toContain('does not have GELU version 1')
  })

  it("the code for 2020 compiles and links, pasted into one's own app", async () => {
    const lines = registrationCode(readModel(readFileSync(gesture)), '2020').split('\n')
    const includes = lines.filter((line) => line.startsWith('#include'))
    const statements = lines.filter((line) => !line.startsWith('#include'))
    const found = 'resolver.FindOp(tflite::BuiltinOperator_SOFTMAX, 2)'
    writeFileSync(
      join(scratch, 'main.cc'),
      `${includes.join('\n')}\nint main() {\n${statements.join('\n')}\nreturn ${found} == nullptr;\n}\n`,
    )
    const built = await buildFirmware({
      app: scratch,
      kernels: 'reference',
      resolver: 'mutable',
      optimise: '-O2',
      console: 'uarte',
    })
    expect(built.modelPath).toBeUndefined()
  })
})
