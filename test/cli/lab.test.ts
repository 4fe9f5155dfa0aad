import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { labSchema } from '../../runs/lab-report/lab-schema.ts'
import type { LabReport } from '../../runs/lab-report/lab-report.ts'
import { convertToFloat32 } from '../../src/model/convert/convert.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { seededRandom } from '../../src/model/random.ts'
import { writeModel } from '../../runs/tflite/write.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-lab-'))
const cache = join(scratch, 'cache')
const gesture = join(root, 'models', 'gesture', 'gesture_int8.tflite')

const boardless = (...args: string[]) =>
  spawnSync(process.execPath, [command, ...args], { encoding: 'utf8', cwd: scratch })
const lab = (...args: string[]) => boardless('lab', '--cache', cache, ...args)

beforeAll(() => {
  const built = spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root, encoding: 'utf8' })
  expect(built.stderr + String(built.status)).toMatch(/0$/)
})

const labels = ['standing', 'walking', 'badminton']
const random = seededRandom(3)

const axes = ['ax', 'ay', 'az', 'gx', 'gy', 'gz']

/** `count` recordings of each label, of so many samples of six channels. */
function recordings(
  name: string,
  { of = labels, samples = 100, count = 2, channels = 6, value = () => random().toFixed(3) } = {},
) {
  const folder = join(scratch, name)
  for (const label of of) {
    mkdirSync(join(folder, label), { recursive: true })
    for (let n = 0; n < count; n++) {
      const rows = Array.from({ length: samples }, (_, row) =>
        [row / 10, ...Array.from({ length: channels }, value)].join(','),
      )
      writeFileSync(
        join(folder, label, `${n}.csv`),
        [`time_s,${axes.slice(0, channels).join()}`, ...rows, ''].join('\n'),
      )
    }
  }
  return folder
}

function modelFile(name: string, bytes: Uint8Array): string {
  mkdirSync(join(scratch, name))
  writeFileSync(join(scratch, name, `${name}.tflite`), bytes)
  return join(scratch, name, `${name}.tflite`)
}

/** Eight values in, two classes out. */
const tiny = () =>
  convertToFloat32(
    {
      inputShape: [1, 8],
      layers: [
        {
          kind: 'dense',
          name: 'classes',
          inputs: 8,
          outputs: 2,
          weights: new Float32Array(16).fill(0.5),
          bias: new Float32Array(2),
          activation: 'NONE',
        },
        { kind: 'softmax', name: 'softmax' },
      ],
    },
    '',
  )

const changedOperator = (type: string, builtinCode: number) => {
  const model = readModel(readFileSync(gesture))
  const operators = model.operators.map((operator) => ({ ...operator, type, builtinCode }))
  return writeModel({ ...model, subgraphs: [{ ...model.subgraphs[0]!, operators }] })
}

describe('bad input is one line and exit code 2', () => {
  it.each<[string, () => string[], RegExp]>([
    ['an unknown technique', () => ['--only', 'ptq,magic'], /--only magic: .*baseline,architecture,ptq/],
    ['a shard that cannot be', () => ['--shard', '5/4'], /--shard 5\/4: .*such as 1\/4/],
    ['one fold', () => ['--folds', '1'], /--folds: .*two/],
    ['labels of nothing', () => ['--labels', 'x.csv'], /--labels .*--data/],
    ['a loss that is no number', () => ['--max-loss', 'little'], /--max-loss.*number/],
    ['no model', () => ['--model', 'none.tflite'], /none\.tflite: no such file/],
    [
      'a text for a model',
      () => ['--model', modelFile('text', Buffer.from('hello, I am a text'))],
      /text\.tflite: not a TensorFlow Lite model/,
    ],
    [
      'operators that TFLM has not',
      () => ['--model', modelFile('lstm', changedOperator('LSTM', 16))],
      /lstm\.tflite: TensorFlow Lite Micro of July 2020 .* cannot run it: no operator LSTM/,
    ],
    ['no data', () => ['--data', 'nowhere'], /nowhere: no such folder/],
    [
      'NaN',
      () => ['--data', recordings('nan', { value: () => 'NaN' })],
      /0\.csv: line 2, column ax\w*: "NaN" is not a number/,
    ],
    [
      'recordings shorter than the model’s window',
      () => ['--quick', '--model', gesture, '--data', recordings('short', { samples: 50 })],
      /50 samples where 100 are wanted/,
    ],
    [
      'a class without recordings',
      () => ['--quick', '--model', gesture, '--data', recordings('two', { of: labels.slice(1) })],
      /two: no recording of "standing"/,
    ],
    [
      'labels that the model does not know',
      () => ['--quick', '--model', gesture, '--data', recordings('other', { of: ['run', 'sit', 'jump'] })],
      /label "jump" is none of standing, walking, badminton/,
    ],
    [
      'more labels than the model has outputs',
      () => {
        const alone = modelFile('alone', readFileSync(gesture))
        return ['--quick', '--model', alone, '--data', recordings('four', { of: [...labels, 'sitting'] })]
      },
      /alone\.tflite: has 3 outputs; the recordings have 4 labels/,
    ],
    ['more folds than recordings', () => ['--folds', '61'], /--folds 61: give two to 20: there are 20 rec/],
    ['no threads', () => ['--jobs', '0'], /--jobs.*whole number from 1 to 256/],
    ['no time at all', () => ['--max-latency', '0'], /--max-latency.*number from 1 to/],
    ['a loss below nothing', () => ['--max-loss', '-1'], /--max-loss.*number from 0 to 100/],
    ['a window of nothing', () => ['--window', '50'], /--window .*--data/],
    [
      'a model of other data, without data',
      () => ['--model', modelFile('bare', tiny())],
      /bare\.tflite: takes \d+ values and tells \d classes apart, .*give recordings of yours with --data/,
    ],
    [
      'channels that the model does not take',
      () => ['--quick', '--model', gesture, '--data', recordings('three', { channels: 3 })],
      /metadata\.json: 6 channels, .*; the recordings have 3: ax, ay, az/,
    ],
    [
      'the same, where nothing names them',
      () => ['--quick', '--model', modelFile('few', readFileSync(gesture)), '--data', 'three'],
      /takes 600 values: with 3 channels .* 200 samples, and the longest recording has 100/,
    ],
    ['a folder that is a file', () => ['--out', 'text/text.tflite'], /text\.tflite is not a folder/],
    ['a folder that cannot be made', () => ['--out', '/proc/x'], /\/proc\/x: cannot be written/],
    ['JSON into nowhere', () => ['--json', 'missing/x.json'], /x\.json: cannot be written: no such folder/],
    ['shards that are no files', () => ['merge', 'none.json'], /none\.json: cannot be read/],
    [
      'a shard that is none',
      () => {
        writeFileSync(join(scratch, 'bad.json'), '{"kind":')
        return ['merge', 'bad.json']
      },
      /bad\.json: not JSON, or cut off/,
    ],
  ])('%s', (_, args, expected) => {
    const given = args()
    const { status, stdout, stderr } = given[0] === 'merge' ? boardless('lab', ...given) : lab(...given)
    expect(stderr).toMatch(expected)
    expect(stderr).toMatch(/^boardless: [^\n]+\n$/)
    expect([status, stdout]).toEqual([2, ''])
  })
})

describe('the user’s model on the user’s recordings', () => {
  recordings('mine', { samples: 210 })
  mkdirSync(join(scratch, 'own'))
  for (const name of ['gesture_int8.tflite', 'metadata.json'])
    copyFileSync(join(root, 'models', 'gesture', name), join(scratch, 'own', name))
  const mine = ['--quick', '--only', 'baseline', '--model', 'own/gesture_int8.tflite', '--data', 'mine']
  const read = (folder: string) => readFileSync(join(scratch, folder, 'lab.json'), 'utf8')

  it('gives a report that follows the schema, with outputs that are ours', () => {
    const { status, stdout, stderr } = lab(...mine, '--out', 'whole')
    expect(status, stderr).toBe(0)
    expect(stdout).toContain('Baseline')
    const report = JSON.parse(read('whole')) as LabReport
    const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(labSchema)
    expect([validate(report), validate.errors]).toEqual([true, null])
    expect(JSON.stringify(report)).toContain('8 of 8 outputs of the firmware are those of our own inference')
    for (const path of [root, scratch]) expect(read('whole')).not.toContain(path)
    expect(readdirSync(join(scratch, 'whole')).sort()).toEqual(
      expect.arrayContaining(['desktop.json', 'lab.html', 'lab.json', 'lab.md', 'recommended']),
    )
  })

  it('is the same from shards, and from a cache that was cut off', () => {
    for (const shard of ['1/2', '2/2'])
      expect(lab(...mine, '--shard', shard, '--out', 'shards').status).toBe(0)
    const shards = readdirSync(join(scratch, 'shards')).map((name) => join('shards', name))
    expect(boardless('lab', 'merge', ...shards, '--out', 'merged').status).toBe(0)
    expect(read('merged')).toBe(read('whole'))
    expect(boardless('lab', 'merge', shards[0]!).stderr).toMatch(/shard 2 of 2 is missing/)

    for (const name of readdirSync(cache).filter((one) => one.endsWith('.json')))
      truncateSync(join(cache, name), 90)
    expect(lab(...mine, '--out', 'again').status).toBe(0)
    expect(read('again')).toBe(read('whole'))
  })

  it('takes back what it recommended, where it recommends nothing any more, and nothing else', () => {
    const left = () => readdirSync(join(scratch, 'again', 'recommended'))
    writeFileSync(join(scratch, 'again', 'recommended', 'mine.txt'), '')
    expect(left()).toEqual(['metadata.json', 'mine.txt', 'model.tflite'])
    expect(lab(...mine, '--max-latency', '1', '--out', 'again').status).toBe(0)
    expect([left(), (JSON.parse(read('again')) as LabReport).recommendation]).toEqual([['mine.txt'], null])

    mkdirSync(join(scratch, 'foreign', 'recommended'), { recursive: true })
    writeFileSync(join(scratch, 'foreign', 'recommended', 'model.tflite'), 'of somebody')
    expect(lab(...mine, '--max-latency', '1', '--out', 'foreign').status).toBe(0)
    expect(readdirSync(join(scratch, 'foreign', 'recommended'))).toEqual(['model.tflite'])
  })

  it('says that a model does not fit the RAM', () => {
    const [channels, width] = [6, 700]
    const one = { kernelHeight: 1, kernelWidth: 1, strideHeight: 1, strideWidth: 1, padding: 'SAME' } as const
    const bytes = convertToFloat32(
      {
        inputShape: [1, 100, 1, channels],
        layers: [
          {
            kind: 'convolution',
            name: 'wide',
            ...one,
            outputs: width,
            weights: new Float32Array(channels * width),
            bias: new Float32Array(width),
            activation: 'RELU',
          },
          { kind: 'mean', name: 'average' },
          {
            kind: 'dense',
            name: 'classes',
            inputs: width,
            outputs: 3,
            weights: new Float32Array(3 * width),
            bias: new Float32Array(3),
            activation: 'NONE',
          },
          { kind: 'softmax', name: 'softmax' },
        ],
      },
      '',
    )
    const file = modelFile('wide', bytes)
    const { status } = lab(
      '--quick',
      '--only',
      'baseline',
      '--model',
      file,
      '--data',
      'mine',
      '--out',
      'wide',
    )
    expect(status).toBe(0)
    expect(read('wide')).toMatch(/Could not be measured: .*its tensors do not fit an arena of 212992 bytes/)
  })
})

it('Ctrl-C ends with 130 and writes nothing', async () => {
  const args = [
    command,
    'lab',
    '--only',
    'architecture',
    '--cache',
    join(scratch, 'other'),
    '--out',
    'interrupted',
  ]
  const child = spawn(process.execPath, args, { cwd: scratch })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    // What progress there is, after five seconds. A second Ctrl-C would end it at once, without a word.
    if (stderr.startsWith('lab: ') && !child.killed) child.kill('SIGINT')
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  expect(status).toBe(130)
  expect(stderr).toMatch(/boardless: interrupted; \d+ of \d+ measurements are kept for the next time\n$/)
  expect(readdirSync(scratch)).not.toContain('interrupted')
})
