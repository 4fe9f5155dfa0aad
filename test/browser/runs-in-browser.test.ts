/** What is in `runs` needs no Node: it bundles for a browser, and a run there is Node's to the byte. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadDemangler } from '../../src/files/demangler.ts'
import { withFile } from '../../src/files/file-source.ts'
import { heldOutRecording } from '../../src/project.ts'
import { gestureFirmware } from '../machine/gesture.ts'
import { browserFile } from '../browser-file.ts'
import { aRun } from './a-run.ts'
import type { Ran } from './a-run.ts'
import { bundled } from './bundle.ts'

const SECONDS = 6
const root = resolve(import.meta.dirname, '..', '..')

/** Text for terminals, which can be left out, as the import rules have it. */
const terminal = /^(report|compare|annotate|recording|budget)\/show\//

const everything = (): string =>
  readdirSync(join(root, 'runs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.test)\.ts$/.test(name) && !name.includes('testing/') && !terminal.test(name))
    .map((name, i) => `export * as m${i} from ${JSON.stringify(join(root, 'runs', name))}`)
    .join('\n')

const folder = mkdtempSync(join(tmpdir(), 'boardless-browser-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('all of it bundles for a browser, and asks for nothing of Node', async () => {
  const entry = join(folder, 'everything.js')
  writeFileSync(entry, everything())
  expect(await bundled(entry, join(folder, 'all'))).toEqual([])
  expect(readFileSync(join(folder, 'all', 'start.js'), 'utf8')).toContain('RESD of more than')
})

it('what asks for something of Node would be found', async () => {
  expect(await bundled(join(root, 'src/files/host.ts'), join(folder, 'node'))).not.toEqual([])
})

describe.skipIf(browserFile === undefined)('a run in Chromium', () => {
  let browser: Browser
  let server: Server
  let page: Page
  let expected: Ran

  beforeAll(async () => {
    await bundled(join(root, 'test/browser/start.ts'), folder)
    const elf = await gestureFirmware('cmsis-nn')
    await loadDemangler()
    expected = await withFile(elf, '', (firmware) =>
      withFile(heldOutRecording(), '', (log) =>
        aRun({ ...firmware, name: 'firmware.elf' }, { ...log, name: 'heldout.csv' }, SECONDS),
      ),
    )
    const files: Readonly<Record<string, readonly [type: string, content: string | Uint8Array]>> = {
      '/': ['text/html', '<!doctype html><title>a run</title><script type=module src=/start.js></script>'],
      '/start.js': ['text/javascript', readFileSync(join(folder, 'start.js'))],
      '/demangler.wasm': [
        'application/wasm',
        readFileSync(join(root, 'node_modules/gecko-profiler-demangle/index_bg.wasm')),
      ],
      '/firmware.elf': ['application/octet-stream', readFileSync(elf)],
      '/heldout.csv': ['text/csv', readFileSync(heldOutRecording())],
    }
    server = createServer(({ url }, response) => {
      const [type, content] = files[url ?? ''] ?? []
      if (type === undefined) response.writeHead(404).end()
      else response.writeHead(200, { 'content-type': type }).end(content)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    // Chromium's own sandbox needs what containers do not give.
    browser = await chromium.launch({ executablePath: browserFile ?? '', args: ['--no-sandbox'], timeout: 0 })
    page = await browser.newPage()
    page.setDefaultTimeout(0)
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  })
  afterAll(async () => {
    await browser.close()
    server.close()
  })

  const same = ({ report, recorded, turns }: Ran): void => {
    expect(report).toBe(expected.report)
    expect(recorded).toBe(expected.recorded)
    expect(turns).toBeGreaterThan(0)
  }

  it('on a page is that of Node, to the byte', async () => {
    await page.waitForFunction('globalThis.start')
    same(await page.evaluate<Ran>(`start(${SECONDS})`))
  })

  it('in a worker is that of Node, to the byte', async () => {
    const answer = await page.evaluate<Ran>(`new Promise((resolve, reject) => {
      const worker = new Worker('/start.js', { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage(${SECONDS})
    })`)
    same(answer)
  })
})
