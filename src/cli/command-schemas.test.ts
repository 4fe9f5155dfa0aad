import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { format } from 'prettier'
import { expect, it, vi } from 'vitest'
import { main } from './program.ts'
import { commandSchemas } from '../../runs/report/schema/command-schemas.ts'

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(commandSchemas)
const gesture = 'models/gesture/gesture_int8.tflite'

it('are in the repository as command-schemas.json', async () => {
  const text = await format(JSON.stringify(commandSchemas), { parser: 'json', printWidth: 110 })
  await expect(text).toMatchFileSnapshot('../../runs/report/schema/command-schemas.json')
})

it.each([
  ['annotate', 'gesture', 'main', '--for', '10ms'],
  ['build', 'gesture'],
  ['compare', 'gesture', 'gesture-5hz', '--for', '4s', '--format', 'json'],
  ['model', 'info', gesture],
  ['model', 'ops', gesture],
  ['model', 'ops', gesture, '--api', 'today'],
])('hold what `%s %s` writes, without paths of the machine', async (...args) => {
  const file = join(mkdtempSync(join(tmpdir(), 'boardless-json-')), 'x.json')
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const code = await main([
    'node',
    'boardless',
    ...args,
    args[0] === 'compare' ? '--out' : '--json',
    file,
  ]).finally(() => out.mockRestore())
  expect(code).toBe(0)
  const text = readFileSync(file, 'utf8')
  validate(JSON.parse(text))
  expect(validate.errors).toBeNull()
  expect(text).not.toContain(process.cwd())
})
