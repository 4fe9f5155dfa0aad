import { describe, expect, it } from 'vitest'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../../runs/errors.ts'
import { importLog, parseCapture, readCapture } from './captures.ts'
import { parseMicrobench } from './measurement.ts'

const log = [
  'boot noise',
  'microbench 1 part 52840 kernels 1a2b3c4d',
  'ldr 32 16',
  'odd -1 1',
  'microbench end 2',
  'more noise',
].join('\r\n')

const directory = mkdtempSync(join(tmpdir(), 'boardless-captures-'))
const file = (name: string, content: string): string => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

describe('the log of a board', () => {
  it('is read from the last start to the end', () => {
    const twice = `microbench 1 part 52840 kernels 00000000\nldr 31 16\n${log}`
    expect(parseMicrobench(twice, 'log')).toEqual({
      part: '52840',
      kernels: '1a2b3c4d',
      measurements: [
        { kernel: 'ldr', cycles: 32, bodies: 16 },
        { kernel: 'odd', cycles: -1, bodies: 1 },
      ],
    })
  })

  it.each([
    ['', 'no line "microbench 1 part'],
    ['microbench 2 part 52840 kernels 1a2b3c4d', 'output of version 2'],
    [log.replace('microbench end 2', ''), 'not "name cycles bodies"'],
    [log.split('\r\n').slice(0, 4).join('\n'), 'ends before "microbench end"'],
    [log.replace('end 2', 'end 3'), '3 kernels ran, 2 are in the log'],
    [log.replace('odd', 'ldr'), 'ldr is there twice'],
    [log.replace('ldr 32 16', 'ldr 3'), 'log:3: "ldr 3" is not'],
    [log.replace('ldr 32 16', 'ldr 32 0'), 'has no bodies'],
    [log.replace('kernels 1a2b3c4d', ''), 'no line "microbench 1 part'],
  ])('is refused where it is damaged: %#', (text, message) => {
    expect(() => parseMicrobench(text, 'log')).toThrow(message)
  })

  it('becomes a capture that can be read again', async () => {
    const capture = await importLog(file('log.txt', log), 'my board', 'cold')
    expect(capture).toMatchObject({ board: 'my board', part: '52840', kernels: '1a2b3c4d', note: 'cold' })
    expect(await readCapture(file('capture.json', JSON.stringify(capture)))).toEqual(capture)
  })

  it('needs a file and a name', async () => {
    await expect(importLog(file('log.txt', log), ' ')).rejects.toThrow('--board')
    await expect(importLog(join(directory, 'none.txt'), 'board')).rejects.toThrow(
      'none.txt: cannot be read: no such file',
    )
    await expect(importLog(directory, 'board')).rejects.toThrow('is a folder')
  })
})

const good = {
  schemaVersion: 1,
  kind: 'microbench',
  board: 'x',
  part: '52840',
  kernels: '1a2b3c4d',
  note: '',
  measurements: [{ kernel: 'ldr', cycles: 32, bodies: 16 }],
}

describe('a capture', () => {
  it('is taken', () => expect(parseCapture(JSON.stringify(good), 'f')).toEqual(good))

  it.each([
    ['{', 'not JSON'],
    ['[]', 'at the top: must be object'],
    [JSON.stringify({ ...good, schemaVersion: 2 }), 'at /schemaVersion'],
    [JSON.stringify({ ...good, board: '' }), 'at /board'],
    [JSON.stringify({ ...good, extra: 1 }), 'additional properties'],
    [JSON.stringify({ ...good, measurements: [] }), 'at /measurements'],
    [JSON.stringify({ ...good, measurements: [{ kernel: 'ldr', cycles: 1.5, bodies: 16 }] }), '/cycles'],
    [JSON.stringify({ ...good, measurements: [{ kernel: 'ldr', cycles: 1, bodies: 0 }] }), '/bodies'],
    [
      JSON.stringify({ ...good, measurements: [...good.measurements, ...good.measurements] }),
      'ldr is there twice',
    ],
  ])('is refused: %#', (content, message) => {
    expect(() => parseCapture(content, 'f')).toThrow(UserError)
    expect(() => parseCapture(content, 'f')).toThrow(message)
  })
})
