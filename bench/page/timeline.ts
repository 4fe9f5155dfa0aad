import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Browser, type Page } from 'playwright-core'
import type { Timeline } from '../../emulator/timeline/timeline.ts'
import { projectRoot } from '../../src/toolchain/paths.ts'
import { browserFile } from '../../test/browser-file.ts'
import { median } from '../measure.ts'
import { firstPaints, pageKilobytes } from './loading.ts'
import { fileOf, manyChanges } from './many-changes.ts'

const CHANGES = 10_000_000
const MOVES = 120

/** What it is held to, where it is. */
export interface PageRow {
  readonly what: string
  readonly unit: 'ms' | 'kB'
  readonly median: number
  readonly worst: number
  readonly limit: number | null
}

/** The timeline with ten million changes in Chromium, and its statistics in the session. */
export async function timelineRows(): Promise<readonly PageRow[]> {
  if (browserFile === undefined) return []
  const folder = await mkdtemp(join(tmpdir(), 'boardless-bench-'))
  try {
    const timeline = manyChanges(CHANGES)
    const file = join(folder, 'many.boardless')
    await writeFile(file, await fileOf(timeline))
    const kilobytes = await pageKilobytes()
    return [
      ...(await framesOf(file)),
      statisticsRow(timeline),
      {
        what: 'all of the page, compressed, without apps',
        unit: 'kB',
        median: kilobytes,
        worst: kilobytes,
        limit: 1500,
      },
    ]
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Pan and zoom from all of it to a cycle and back; beside it the same page at rest, asked for frames. */
async function framesOf(file: string): Promise<readonly PageRow[]> {
  const server = spawn(process.execPath, [join(projectRoot(), 'dist', 'cli', 'main.js'), 'view', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const browser = await chromium.launch({
    executablePath: browserFile ?? '',
    args: ['--no-sandbox', '--enable-unsafe-swiftshader', '--use-gl=angle', '--use-angle=swiftshader'],
  })
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
    const { value: url } = (await lines.next()) as IteratorResult<string, undefined>
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(`${url ?? ''}&frames=1`.replace('#?', '#timeline?'))
    await page.waitForSelector('[data-loaded]', { timeout: 300_000 })
    const empty = await emptyFrames(page)
    const bare = await emptyFrames(await emptyPage(browser, ''))
    const cleared = await emptyFrames(await emptyPage(browser, CLEARED))
    const ours = await moved(page)
    return [
      { what: 'frame, 10 M changes: our own code', unit: 'ms', ...summary(ours.own), limit: 16 },
      {
        what: 'frame, 10 M changes: from one to the next',
        unit: 'ms',
        ...summary(ours.between),
        limit: null,
      },
      {
        what: 'frame, the same page at rest: from one to the next',
        unit: 'ms',
        ...summary(empty),
        limit: null,
      },
      { what: 'frame, an empty page: from one to the next', unit: 'ms', ...summary(bare), limit: null },
      {
        what: 'frame, empty canvases as large, cleared: from one to the next',
        unit: 'ms',
        ...summary(cleared),
        limit: null,
      },
      {
        what: 'what is drawn next, 10 M changes: in the worker',
        unit: 'ms',
        ...summary(ours.loads),
        limit: null,
      },
      {
        what: 'first paint',
        unit: 'ms',
        ...summary(await firstPaints(browser, new URL('/', url).href)),
        limit: 1000,
      },
    ]
  } finally {
    await browser.close()
    server.kill('SIGINT')
  }
}

const summary = (values: readonly number[]): { readonly median: number; readonly worst: number } => {
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: sorted.length > 0 ? median(sorted) : NaN,
    worst: sorted[Math.floor(sorted.length * 0.99)] ?? NaN,
  }
}

/** What it takes the machine to show three canvases as the timeline has them, one by WebGL, with nothing on them. */
const CLEARED = `
  const made = ['2d', 'webgl2', '2d'].map((kind) => {
    const canvas = document.createElement('canvas')
    canvas.width = 1150
    canvas.height = 680
    canvas.style.position = 'absolute'
    document.body.append(canvas)
    return canvas.getContext(kind)
  })
  let frames = 0
  const clear = () => {
    frames += 1
    for (const context of made)
      if ('clearColor' in context) {
        context.clearColor(frames % 2, 0, 0, 0.1)
        context.clear(context.COLOR_BUFFER_BIT)
      } else {
        context.clearRect(0, 0, 1150, 680)
        context.fillRect(frames % 100, 0, 1, 680)
      }
    requestAnimationFrame(clear)
  }
  clear()
`

async function emptyPage(browser: Browser, script: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto('about:blank')
  await page.evaluate(script)
  return page
}

const emptyFrames = (page: Page): Promise<number[]> =>
  page.evaluate(`new Promise((resolve) => {
    const times = []
    let before = performance.now()
    const frame = () => {
      const now = performance.now()
      times.push(now - before)
      before = now
      if (times.length < ${MOVES}) requestAnimationFrame(frame)
      else resolve(times)
    }
    requestAnimationFrame(frame)
  })`)

interface Moved {
  readonly own: number[]
  readonly between: number[]
  readonly loads: number[]
}

/** By wheel events, one a frame, as a hand makes them. */
const moved = (page: Page): Promise<Moved> =>
  page.evaluate(`new Promise((resolve) => {
    const stage = document.querySelector('[role=application]')
    const box = stage.getBoundingClientRect()
    const between = []
    let [moves, before] = [0, performance.now()]
    performance.clearMeasures()
    const frame = () => {
      const now = performance.now()
      between.push(now - before)
      before = now
      const third = moves % 3
      const deltaY = third === 2 ? 0 : moves < ${MOVES} / 2 ? -110 : 110
      stage.dispatchEvent(new WheelEvent('wheel', {
        bubbles: true, cancelable: true, clientX: box.left + 500 + (moves % 200), clientY: box.top + 80,
        deltaY, deltaX: third === 2 ? 60 : 0,
      }))
      if (++moves < ${MOVES}) requestAnimationFrame(frame)
      else setTimeout(() => {
        const taken = (name) => performance.getEntriesByName(name).map(({ duration }) => duration)
        resolve({ own: taken('timeline frame'), between, loads: taken('timeline load') })
      }, 500)
    }
    requestAnimationFrame(frame)
  })`)

/** Of stretches of any length and place, each once. */
function statisticsRow(timeline: Timeline): PageRow {
  const taken: number[] = []
  const { until } = timeline
  for (let i = 0; i < 2000; i++) {
    const from = Math.floor(((i * 7919) % 1000) * (until / 2200))
    const found = timeline.statistics(
      'current/board',
      from,
      from + 1 + Math.floor((until / 2) * ((i % 37) / 37)),
    )
    if (found.kind !== 'folded') continue
    // What a selection is measured by, where its ends were run again: what is known between them.
    if (found.from >= found.to) continue
    const began = performance.now()
    timeline.statistics('current/board', found.from, found.to)
    taken.push(performance.now() - began)
  }
  return {
    what: 'statistics of a selection, 10 M changes: in the session',
    unit: 'ms',
    ...summary(taken),
    limit: 1,
  }
}
