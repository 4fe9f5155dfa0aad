import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { labSchema } from './lab-schema.ts'
import { testingReport } from '../../src/lab/show/testing/report.ts'

const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(labSchema)

describe('the schema', () => {
  it('is in the repository as lab-schema.json', async () => {
    const text = await format(JSON.stringify(labSchema), { parser: 'json', printWidth: 110 })
    await expect(text).toMatchFileSnapshot('lab-schema.json')
  })

  it('takes a report', () => {
    expect([validate(testingReport), validate.errors]).toEqual([true, null])
  })

  it.each([
    ['an unknown key', { ...testingReport, host: 'mine' }],
    ['another kind', { ...testingReport, kind: 'lab-desktop' }],
    ['no header', { ...testingReport, header: undefined }],
  ])('refuses %s', (_, report) => {
    expect(validate(JSON.parse(JSON.stringify(report)))).toBe(false)
  })

  it.runIf(existsSync('docs/lab/lab.json'))('takes docs/lab/lab.json', () => {
    expect([validate(JSON.parse(readFileSync('docs/lab/lab.json', 'utf8'))), validate.errors]).toEqual([
      true,
      null,
    ])
  })
})
