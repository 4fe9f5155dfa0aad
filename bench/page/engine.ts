import { readFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Page } from 'playwright-core'
import { findModel } from '../../src/running/app.ts'
import { projectRoot } from '../../src/toolchain/paths.ts'
import { browserFile } from '../../test/browser-file.ts'
import { bundled } from '../../test/browser/bundle.ts'
import { buildBench } from '../inference.ts'
import { measure, type Engine, type MeasureOptions, type Speed } from '../measure.ts'
import { worked, type Worked } from './engine-work.ts'

/** Of the gesture model: about 100 million instructions. */
const INFERENCES = 5000

/** The engine in Node and in a worker of a page in Chromium, taking turns on the same firmware. */
export async function engineSpeeds(options: MeasureOptions): Promise<readonly Speed[]> {
  if (browserFile === undefined) return []
  const file = await findModel('int8')
  const elf = await readFile(
    await buildBench(
      { name: 'gesture', file, kernels: 'cmsis-nn', batch: INFERENCES, qemuBatch: 0 },
      INFERENCES,
    ),
  )
  const folder = await mkdtemp(join(tmpdir(), 'boardless-bench-'))
  const server = createServer(({ url }, response) => {
    if (url === '/firmware.elf') response.writeHead(200).end(elf)
    else if (url === '/start.js')
      void readFile(join(folder, 'start.js')).then((script) =>
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(script),
      )
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>engine</title>')
  })
  const browser = await chromium.launch({ executablePath: browserFile, args: ['--no-sandbox'] })
  try {
    await bundled(join(projectRoot(), 'bench', 'page', 'engine-worker.ts'), folder, true)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const page = await browser.newPage()
    page.setDefaultTimeout(0)
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await begin(page)
    const { instructions, cycles } = worked(elf)
    const engines: readonly Engine[] = [
      { name: 'Node', instructions, cycles, work: () => worked(elf).seconds },
      { name: 'Chromium, in a worker', instructions, cycles, work: () => inPage(page, instructions, cycles) },
    ]
    return await measure(engines, options, () => undefined)
  } finally {
    await browser.close()
    server.close()
    await rm(folder, { recursive: true })
  }
}

const begin = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => {
    globalThis.elf = new Uint8Array(await (await fetch('/firmware.elf')).arrayBuffer())
    globalThis.engine = new Worker('/start.js', { type: 'module' })
  })()`)

/** @throws where it does not go the way that it goes in Node */
async function inPage(page: Page, instructions: number, cycles: number): Promise<number> {
  const found = await page.evaluate<Worked>(`new Promise((resolve, reject) => {
    engine.onmessage = ({ data }) => resolve(data)
    engine.onerror = ({ message }) => reject(new Error(message))
    engine.postMessage(elf)
  })`)
  if (found.instructions !== instructions || found.cycles !== cycles)
    throw new Error('the browser counts other cycles than Node')
  return found.seconds
}
