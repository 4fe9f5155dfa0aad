/** speedscope itself (npm speedscope 1.25.0) opens what is exported for it, in a browser. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserFile } from '../browser-file.ts'
import type { CallTree } from '../../runs/export/call-tree.ts'
import { weightsOf } from '../../runs/export/call-tree.ts'
import { exportFormat } from '../../runs/export/formats.ts'
import { whole } from '../../runs/export/output.ts'

const EVENTS = [
  { kind: 'open', frame: 0, cycle: 100 },
  { kind: 'open', frame: 1, cycle: 200 },
  { kind: 'close', frame: 1, cycle: 900 },
] as const
const calls: CallTree = {
  unit: 'cycles of 64 MHz',
  title: 'app.elf',
  frames: [{ name: 'main', file: 'main.cc', line: 3 }, { name: 'Eval(int, char)' }],
  from: 0,
  to: 1000,
  events: EVENTS,
  weights: weightsOf(EVENTS, 1000),
}

describe.skipIf(browserFile === undefined)('speedscope, in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-speedscope-'))
  let browser: Browser

  beforeAll(async () => {
    // Chromium's own sandbox needs what containers do not give.
    browser = await chromium.launch({
      executablePath: browserFile ?? '',
      args: ['--no-sandbox', '--allow-file-access-from-files'],
      timeout: 0,
    })
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  /** The title of the window, and what it complains of. As its own command line hands files over. */
  async function opened(name: string, content: Uint8Array): Promise<{ title: string; complaints: string[] }> {
    const script = join(folder, `${name}.js`)
    const base64 = Buffer.from(content).toString('base64')
    writeFileSync(script, `speedscope.loadFileFromBase64(${JSON.stringify(name)}, ${JSON.stringify(base64)})`)
    const context = await browser.newContext({ offline: true })
    context.setDefaultTimeout(0)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message())
      void dialog.dismiss()
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    const index = pathToFileURL(resolve('node_modules/speedscope/dist/release/index.html')).href
    await page.goto(`${index}#localProfilePath=${script}`)
    await expect
      .poll(() => complaints.length > 0 || page.title().then((t) => t.includes('-')), { timeout: 600_000 })
      .toBe(true)
    const title = await page.title()
    await context.close()
    return { title, complaints }
  }

  it.each([
    ['speedscope', { ...calls }, 'app.elf (cycles of 64 MHz) - speedscope'],
    ['speedscope', { ...calls, events: undefined }, 'app.elf (cycles of 64 MHz) - speedscope'],
    ['collapsed', calls, 'profile.folded - speedscope'],
  ])('opens %s', async (id, source, title) => {
    const { extension, write } = exportFormat(id)
    const shown = await opened(`profile${extension}`, whole(write({ calls: source })))
    expect(shown).toEqual({ title, complaints: [] })
  })

  it('complains of what it cannot read', async () => {
    const { complaints } = await opened('profile.folded', new TextEncoder().encode('nothing'))
    expect(complaints.join()).toContain('Unrecognized format')
  })
})
