import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CURRENTS } from '../../emulator/power/currents.ts'
import { loadCurrents } from '../files/currents.ts'
import { coefficientsJson, coefficientsMarkdown } from './coefficients-document.ts'

it('docs/currents.md is what boardless power --coefficients docs/currents.md writes', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'currents.md')
  expect(readFileSync(file, 'utf8')).toBe(coefficientsMarkdown())
})

it('has a row for each coefficient, and marks estimates', () => {
  const text = coefficientsMarkdown()
  for (const [part, { states }] of Object.entries(CURRENTS.parts))
    for (const [state, { evidence }] of Object.entries(states)) {
      const line = text.split('\n').find((one) => one.startsWith(`| ${part} | ${state} |`))
      expect([part, state, line?.includes(`| ${evidence} |`)]).toEqual([part, state, true])
    }
  expect(text).not.toMatch(/undefined|NaN|e[+-]\d/)
})

it('is read back by --currents', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'boardless-coefficients-')), 'currents.json')
  writeFileSync(file, coefficientsJson())
  expect(await loadCurrents(file)).toEqual(CURRENTS.parts)
})
