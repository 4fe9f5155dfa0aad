import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-set-up-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** A clone without packages, where npm is what is given. */
function setUp(name: string, npm: string | undefined): { readonly status: number | null; last: string } {
  const clone = join(scratch, name)
  const bin = join(clone, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const file of ['setup.mjs', 'package.json', 'package-lock.json'])
    copyFileSync(join(root, file), join(clone, file))
  if (npm !== undefined) {
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${npm}\n`)
    chmodSync(join(bin, 'npm'), 0o755)
  }
  const env = { ...process.env, PATH: npm === undefined ? bin : `${bin}:/usr/bin:/bin` }
  const { status, stderr } = spawnSync(process.execPath, [join(clone, 'setup.mjs'), 'build'], {
    encoding: 'utf8',
    env,
  })
  return { status, last: stderr.trimEnd().split('\n').at(-1) ?? '' }
}

const of = (...lines: readonly string[]) => lines.map((line) => `echo '${line}' >&2`).join('; ') + '; exit 1'

// What npm 10 prints.
it.each([
  [
    'full',
    of(
      'npm error code ENOSPC',
      'npm error syscall write',
      'npm error errno -28',
      'npm error nospc ENOSPC: no space left on device, write',
      'npm error nospc There appears to be insufficient space on your system to finish.',
    ),
    'nospc ENOSPC: no space left on device, write',
  ],
  [
    'lock',
    of(
      'npm error code EUSAGE',
      'npm error',
      'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
    ),
    '`npm ci` can only install packages when your package.json and package-lock.json are in sync',
  ],
  ['other', of('Segmentation fault'), 'Segmentation fault'],
  ['silent', 'exit 7', 'exit code 7'],
])('says what npm said: %s', (name, npm, what) => {
  expect(setUp(name, npm)).toEqual({
    status: 4,
    last: `boardless: npm could not install the packages: ${what}. To see all of it: npm ci`,
  })
})

it('says that there is no npm', () => {
  expect(setUp('none', undefined)).toEqual({
    status: 4,
    last: 'boardless: npm packages: npm could not be started (ENOENT)',
  })
})
