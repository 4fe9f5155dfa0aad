/** A model and inputs of one's own: what `run infer` writes is what tflite-micro gives, to the byte. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { numbersOf, readNpy, writeNpy } from '../../src/model/data/npy.ts'
import { seededRandom } from '../../src/model/random.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { findInterpreter, interpret } from '../model/interpreter.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-own-'))
const gesture = join(root, 'models', 'gesture', 'gesture_int8.tflite')
const alone = join(scratch, 'mine.tflite')
const at = (name: string) => join(scratch, name)

const boardless = (...args: string[]) =>
  spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: undefined },
  })

/** The message, without progress. */
const refused = (...args: string[]) => {
  const { status, stdout, stderr } = boardless(...args)
  expect([status, stdout], stderr).toEqual([2, ''])
  return stderr.replace(/^(building|running|measuring).*\n/gm, '')
}

beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
  copyFileSync(gesture, alone)
})

describe('run infer', () => {
  it('int8: the outputs are those of tflite-micro, to the byte', async (context) => {
    const random = seededRandom(3)
    const inputs = Array.from({ length: 12 }, () =>
      Uint8Array.from({ length: 600 }, () => Math.floor(256 * random())),
    )
    writeFileSync(at('in.npy'), writeNpy({ code: '|i1', shape: [12, 600], data: Buffer.concat(inputs) }))
    const args = ['run', 'infer', '--model', gesture, '--inputs', at('in.npy'), '--no-profile']
    const { status, stdout } = boardless(...args, '--outputs', at('out.npy'), '--json', at('run.json'))
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /\nOutputs {2}12 inferences, as the firmware gave them\n +# +prediction +standing +walking/,
    )
    const written = readNpy(readFileSync(at('out.npy')), 'out.npy')
    expect([written.code, written.shape]).toEqual(['|i1', [12, 3]])
    const report = JSON.parse(readFileSync(at('run.json'), 'utf8')) as RunReport
    expect(report.console.text).toMatch(/^model: [^]*\ninfer: 600 bytes in, 3 bytes out\n$/)
    expect([report.interpreters[0]?.count, report.predictions?.total, report.predictions?.labelled]).toEqual([
      12, 12, 0,
    ])

    const found = await findInterpreter()
    if ('missing' in found) return context.skip(found.missing)
    const theirs = await interpret(found.python, readFileSync(gesture), inputs)
    expect(Buffer.compare(Buffer.from(written.data), Buffer.concat(theirs))).toBe(0)
    const best = Array.from({ length: 12 }, (_, index) => {
      const values = [...numbersOf(written).subarray(3 * index, 3 * index + 3)]
      return ['standing', 'walking', 'badminton'][values.indexOf(Math.max(...values))]
    })
    expect(report.predictions?.windows.map(({ label }) => label)).toEqual(best)
  })

  it('a recording is normalised by metadata.json and judged by its labels', () => {
    const recording = join(root, 'traces', 'basic-motions', 'heldout.csv')
    const { status, stdout } = boardless(
      ...[
        'run',
        'infer',
        '--model',
        gesture,
        '--inputs',
        recording,
        '--outputs',
        at('out.csv'),
        '--no-profile',
      ],
    )
    expect(status).toBe(0)
    expect(stdout).toContain('Predictions  30 of 30 windows as labelled')
    const [head, ...rows] = readFileSync(at('out.csv'), 'utf8').trim().split('\n')
    expect(head).toBe('input,label,prediction,standing,walking,badminton')
    expect(
      rows.map((line) => line.split(',')).filter(([, label, prediction]) => label !== prediction),
    ).toEqual([])
    expect(rows).toHaveLength(30)
  })

  it('labels come from a file, or stand for the place of the output', () => {
    writeFileSync(at('one.csv'), `${Array.from({ length: 600 }, () => 0).join()}\n`)
    const args = [
      'run',
      'infer',
      '--model',
      alone,
      '--inputs',
      at('one.csv'),
      '--no-profile',
      '--outputs',
      at('o.csv'),
    ]
    expect(boardless(...args, '-q').status).toBe(0)
    expect(readFileSync(at('o.csv'), 'utf8')).toMatch(/^input,prediction,\w+\[0\],\w+\[1\],\w+\[2\]\n0,/)
    writeFileSync(at('labels.txt'), 'no\nyes\nperhaps\n')
    expect(boardless(...args, '-q', '--labels', at('labels.txt')).status).toBe(0)
    expect(readFileSync(at('o.csv'), 'utf8')).toMatch(/^input,prediction,no,yes,perhaps\n0,(no|yes|perhaps),/)
    writeFileSync(at('two.txt'), 'no\nyes\n')
    expect(refused(...args, '--labels', at('two.txt'))).toContain(
      '2 labels; the model’s output has 3 elements',
    )
  })

  it.each([
    [['gesture', '--inputs', 'x.csv'], '--inputs is for the app infer'],
    [['infer', '--model', 'MODEL', '--outputs', 'OUT.csv'], '--inputs FILE is missing'],
    [['infer', '--inputs', 'x.csv'], '--inputs: whose? Give --model FILE.'],
    [['infer', '--model', 'MODEL', '--inputs', 'none.csv'], 'none.csv: no such file'],
    [['infer', '--model', 'MODEL', '--inputs', 'x.csv', '--outputs', 'OUT.txt'], 'ends in .csv or .npy'],
  ])('%j is refused before anything is built', (args, message) => {
    const words = args.map((word) => word.replace('MODEL', alone).replace('OUT', at('never')))
    expect(refused('run', ...words)).toContain(message)
    expect([existsSync(at('never.csv')), existsSync(at('never.txt'))]).toEqual([false, false])
  })

  it('inferences that time cut off are exit code 1, and no outputs', () => {
    const args = [
      'run',
      'infer',
      '--model',
      gesture,
      '--inputs',
      at('in.npy'),
      '--no-profile',
      '--for',
      '5ms',
    ]
    const { status, stderr } = boardless(...args, '--outputs', at('cut.csv'))
    expect([status, existsSync(at('cut.csv'))]).toEqual([1, false])
    expect(stderr).toMatch(/infer: \d+ of 12 inferences when time was over; --for gives more\n$/)
  })
})

describe('metadata of the gesture apps', () => {
  it('says what is wanted, writes a template, and runs with it filled in', () => {
    expect(refused('run', 'gesture', '--model', alone)).toMatch(
      /metadata\.json is missing: the gesture apps take from it "labels".*"sampleRateHz"; --metadata-template FILE writes one to fill in\n$/,
    )
    const template = ['run', 'gesture', '--model', alone, '--metadata-template', at('metadata.json')]
    const { status, stdout } = boardless(...template)
    expect([status, stdout]).toEqual([0, expect.stringContaining('metadata.json: written. Fill in labels')])
    const written = JSON.parse(readFileSync(at('metadata.json'), 'utf8')) as Record<string, unknown>
    expect(written).toMatchObject({
      windowSamples: 100,
      sampleRateHz: null,
      labels: ['label 0', 'label 1', 'label 2'],
    })
    expect(refused(...template)).toContain('is there already, and is not overwritten')
    expect(refused('run', 'gesture', '--model', alone)).toContain('"sampleRateHz" is null')
    writeFileSync(at('metadata.json'), JSON.stringify({ ...written, sampleRateHz: 10 }))
    expect(boardless('run', 'gesture', '--model', alone, '--for', '11s', '-q', '--no-profile').status).toBe(0)
  })
})
