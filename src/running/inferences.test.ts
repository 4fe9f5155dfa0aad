import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeNpy } from '../model/data/npy.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { projectRoot } from '../toolchain/paths.ts'
import { readInputs } from './given-inputs.ts'
import { endsOf, outputFile, partConsole, type Outputs } from './inferences.ts'

const model = readModel(readFileSync(join(projectRoot(), 'models/gesture/gesture_int8.tflite')))
const ends = endsOf(model, 'm.tflite')
const { scale, zeroPoint } = model.tensors[model.inputs[0]!]!.quantisation!
const scratch = mkdtempSync(join(tmpdir(), 'boardless-inputs-'))
const read = (content: string | Uint8Array, name: string) => {
  const path = join(scratch, name)
  writeFileSync(path, content)
  return readInputs(path, ends)
}
const row = (value: number) => Array.from({ length: 600 }, () => value).join(',')

describe('readInputs', () => {
  it('CSV, a row for each input, with and without a header and labels', async () => {
    const plain = await read(`${row(0)}\n${row(1)}\n`, 'a.csv')
    // The quantisation specification: q = round(value / scale) + zero point.
    const one = Math.round(1 / scale[0]!) + zeroPoint[0]!
    expect([plain.count, plain.expected]).toEqual([2, null])
    expect([...new Int8Array(plain.bytes.buffer)]).toEqual([
      ...Array.from({ length: 600 }, () => zeroPoint[0]),
      ...Array.from({ length: 600 }, () => one),
    ])
    const names = Array.from({ length: 600 }, (_, index) => `x${index}`).join(',')
    const labelled = await read(`label,${names}\nwalking,${row(1)}\n`, 'a.csv')
    expect([labelled.expected, new Int8Array(labelled.bytes.buffer)[0]]).toEqual([['walking'], one])
  })

  it('values beyond the range are clamped', async () => {
    expect(new Int8Array((await read(row(1e9), 'a.csv')).bytes.buffer)[0]).toBe(127)
    expect(new Int8Array((await read(row(-1e9), 'a.csv')).bytes.buffer)[0]).toBe(-128)
  })

  it('.npy, stored as the model stores them or real', async () => {
    const stored = Int8Array.from({ length: 1200 }, (_, index) => index % 100)
    const code = '|i1'
    const asStored = writeNpy({ code, shape: [2, 600], data: new Uint8Array(stored.buffer) })
    const found = await read(asStored, 'a.npy')
    expect([found.count, [...Int8Array.from(found.bytes)]]).toEqual([2, [...stored]])
    const real = new Uint8Array(new Float32Array(600).fill(1).buffer)
    expect(await read(writeNpy({ code: '<f4', shape: [600], data: real }), 'a.npy')).toEqual(
      await read(row(1), 'a.csv'),
    )
  })

  it('a recording is cut into windows; one under two labels has none', async () => {
    const header = 'time_s,ax_g,ay_g,az_g,gx_dps,gy_dps,gz_dps,label'
    const lines = Array.from(
      { length: 250 },
      (_, n) => `${n / 10},0,0,1,0,0,0,${n < 150 ? 'walking' : 'standing'}`,
    )
    const { count, expected, spanning, notes } = await read([header, ...lines].join('\n'), 'r.csv')
    expect([count, expected, [...spanning]]).toEqual([2, ['walking', null], [1]])
    expect(notes.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('the same in all rows'),
    )
  })

  it('what is noticed of a recording is told', async () => {
    const header = 'time_s,ax_g,ay_g,az_g,gx_dps,gy_dps,gz_dps'
    const lines = Array.from({ length: 250 }, (_, n) => `${n < 100 ? n / 10 : n / 10 + 5},${n % 7},0,1,0,0,0`)
    const { count, notes } = await read([header, ...lines].join('\n'), 'r.csv')
    expect(count).toBe(2)
    expect(notes.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^1 gap in time/))
  })

  it.each([
    ['nothing', '', 'a.csv', 'a.csv: empty; expected a row of 600 values'],
    ['a header alone', 'a,b\n', 'a.csv', 'a.csv'],
    ['too few values', '1,2,3\n', 'a.csv', 'a.csv: rows of 3 values; the model takes 600 for each input'],
    [
      'a word among them',
      `${row(0)}\n${row(0).replace('0', 'x')}\n`,
      'a.csv',
      'a.csv, line 2: column 1 is "x", not a number',
    ],
    [
      'too short a recording',
      'ax_g,ay_g,az_g\n1,2,3\n',
      'r.csv',
      'r.csv: 1 samples; a window of the model has 200',
    ],
    ['channels that do not divide it', 'a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n', 'r.csv', 'r.csv: 7 channels'],
    ['no .npy', 'hello', 'a.npy', 'a.npy: not a .npy file'],
  ])('%s is refused in a line that says what the model takes', async (_, content, path, message) => {
    await expect(read(content, path)).rejects.toThrow(message)
  })

  it('a .npy of another shape or type says which it takes', async () => {
    const wrong = (code: string, shape: number[], bytes: number) =>
      read(writeNpy({ code, shape, data: new Uint8Array(bytes) }), 'a.npy')
    await expect(wrong('|i1', [2, 3], 6)).rejects.toThrow('shape (2, 3); the model takes input 1x600')
    await expect(wrong('|u1', [1, 600], 600)).rejects.toThrow('stored as |i1: save that, or floats')
    const infinite = new Uint8Array(new Float32Array(600).fill(NaN, 7).buffer)
    await expect(read(writeNpy({ code: '<f4', shape: [600], data: infinite }), 'a.npy')).rejects.toThrow(
      'a.npy: element 7 is NaN, which the model’s |i1 cannot hold',
    )
  })
})

describe('outputs', () => {
  const outputs: Outputs = {
    ends,
    labels: ['a', 'b,c', 'd'],
    expected: ['a', null],
    spanning: new Set([1]),
    count: 2,
    bytes: Uint8Array.from([127, 128, 128, 128, 0, 192]),
  }

  it('CSV has real values under the labels', () => {
    // Scale 1/256, zero point -128.
    expect(outputFile(outputs, 'o.csv')).toBe(
      'input,label,prediction,a,"b,c",d\n0,a,a,0.99609375,0,0\n1,,"b,c",0,0.5,0.25\n',
    )
  })

  it('.npy has what the firmware stored', () => {
    const file = Buffer.from(outputFile(outputs, 'o.npy') as Uint8Array)
    expect(file.toString('latin1')).toContain("'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), ")
    expect([...file.subarray(-6)]).toEqual([...outputs.bytes])
  })

  it('come behind the last line of text, whatever their bytes', () => {
    const console = Buffer.from(
      'arena used: 1 of 2 bytes\ninfer: 600 bytes in, 3 bytes out\n\x0ainfer: 1',
      'latin1',
    )
    const { text: before, outputs: raw } = partConsole(console)
    expect(before.endsWith('3 bytes out\n')).toBe(true)
    expect(Buffer.from(raw!).toString('latin1')).toBe('\x0ainfer: 1')
    expect(partConsole(Buffer.from('boardless: fatal: x\n')).outputs).toBeUndefined()
  })
})
