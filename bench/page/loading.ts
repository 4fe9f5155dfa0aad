import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { projectRoot } from '../../src/toolchain/paths.ts'

const TIMES = 7

/** Milliseconds until something was seen of a page that nothing was kept of. */
export async function firstPaints(browser: Browser, url: string): Promise<readonly number[]> {
  const found: number[] = []
  for (let i = 0; i < TIMES; i++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await page.goto(url)
    await page.getByRole('heading', { level: 1 }).waitFor()
    found.push(
      await page.evaluate<number>(`new Promise((resolve) => {
        new PerformanceObserver((list) => {
          const [paint] = list.getEntriesByName('first-contentful-paint')
          if (paint) resolve(paint.startTime)
        }).observe({ type: 'paint', buffered: true })
      })`),
    )
    await context.close()
  }
  return found
}

/** What all of the page takes, without apps, as a server sends it: text compressed, fonts as they are. */
export async function pageKilobytes(): Promise<number> {
  const root = join(projectRoot(), 'dist', 'web')
  const files = await readdir(root, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    files
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && extname(entry.name) !== '.map')
      .map(async ({ parentPath, name }) => {
        const bytes = await readFile(join(parentPath, name))
        return Math.min(gzipSync(bytes).length, bytes.length)
      }),
  )
  return sizes.reduce((sum, one) => sum + one, 0) / 1000
}
