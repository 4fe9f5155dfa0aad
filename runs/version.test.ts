import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { TOOL_VERSION } from './version.ts'

it('is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(TOOL_VERSION).toBe(version)
})
