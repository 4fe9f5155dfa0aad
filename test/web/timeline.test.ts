import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFinds } from './axe.ts'
import { browserFile, Site } from './page.ts'

const run = promisify(execFile)
const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')

describe.skipIf(browserFile === undefined)('the timeline (where there is no browser: not checked)', () => {
  let site: Site
  let folder: string
  let file: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'boardless-timeline-'))
    file = join(folder, 'run.boardless')
    await run(process.execPath, [cli, 'run', 'gesture', '--for', '12s', '--record', file, '--quiet'])
    site = await Site.start(file)
  }, 120_000)
  afterAll(async () => {
    await site.close()
    await rm(folder, { recursive: true })
  })

  const figures = (page: Page) => page.getByRole('region', { name: /Selection|In view/ })
  const loaded = async (page: Page): Promise<void> => {
    await page.locator('[role=application][data-loaded]').waitFor()
    await expect.poll(() => figures(page).innerText(), { timeout: 20_000 }).not.toContain('…')
  }
  const query = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [cli, 'query', file, ...args], { env: { ...process.env, COLUMNS: '120' } }))
      .stdout

  it.each([false, true])('has the figures of the command line; without WebGL: %s', async (withoutWebGl) => {
    const { page, complaints } = await site.open({ withoutWebGl })
    await loaded(page)
    const [, charge, energy, average] =
      /current\/board +([\d .]+?)  +([\d .]+?)  +([\d .]+?) {2}/.exec(await query('current')) ?? []
    const text = await figures(page).innerText()
    for (const figure of [charge, energy, average]) expect(text).toContain(figure)
    expect(await page.locator('canvas[data-plain]').getAttribute('data-plain')).toBe(String(withoutWebGl))
    expect(complaints.filter((one) => !one.includes('GL Driver Message'))).toEqual([])
  })

  it('selects what a phase is by a search, and says what it took', async () => {
    const { page } = await site.open()
    await loaded(page)
    await page.keyboard.press('/')
    await page.keyboard.type('inference')
    await page.getByText(/^\d+$/).first().waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Selection' }).waitFor()
    await loaded(page)
    const cycles = /([\d ]+) cycles/.exec(await figures(page).innerText())?.[1]
    const [, microseconds] =
      /1 +\S+ +([\d.]+) us +inference/.exec(await query('list', 'phases', '--text', '^inference$')) ?? []
    expect(Number(cycles?.replaceAll(' ', '')) / 64).toBeCloseTo(Number(microseconds), 3)
    expect(await page.evaluate('location.hash')).toMatch(/sel=\d+-\d+/)
  })

  it('runs again what is folded, is typed into, zoomed by keys and wheel, and comes back from its address', async () => {
    const { page, complaints } = await site.open({ at: '&from=640000000&to=640100000' })
    await loaded(page)
    await page.getByLabel('From').fill('10.0005s')
    await page.getByLabel('From').press('Enter')
    await expect.poll(() => page.evaluate<string>('location.hash')).toMatch(/sel=640032000-/)
    await page.mouse.move(700, 200)
    await page.locator('[role=application]').focus()
    for (const key of ['w', 'w', 'd', 'a', 's', ']', '[', 'm', 'l', 'z']) await page.keyboard.press(key)
    await page.mouse.wheel(0, -300)
    await expect.poll(() => page.evaluate<string>('location.hash')).toMatch(/axis=log/)
    const hash = await page.evaluate<string>('location.hash')
    // What `view` printed has the file already.
    const again = await site.open({ at: hash.replace(/^.*?&/, '&') })
    await loaded(again.page)
    await expect.poll(() => again.page.getByRole('button', { name: 'Log', pressed: true }).count()).toBe(1)
    expect([...complaints, ...again.complaints].filter((one) => !one.includes('GL Driver Message'))).toEqual(
      [],
    )
  })

  it('uploads nothing while it is moved within what is loaded', async () => {
    // A pixel is between two powers of two of cycles: a little closer is still the same column.
    const { page } = await site.open({
      at: `&from=320000000&to=${320_000_000 + Math.round(1152 * 1.4 * 2 ** 14)}`,
    })
    await loaded(page)
    // What is folded there is run again, and loaded then.
    await expect.poll(() => page.getByText('running this again').isVisible()).toBe(false)
    await page.waitForTimeout(500)
    await page.evaluate(`{
      globalThis.uploads = 0
      for (const name of ['bufferData', 'bufferSubData', 'texImage2D', 'texSubImage2D']) {
        const own = WebGL2RenderingContext.prototype[name]
        WebGL2RenderingContext.prototype[name] = function (...args) { uploads += 1; return own.apply(this, args) }
      }
    }`)
    const box = await page.locator('[role=application]').boundingBox()
    await page.mouse.move(box!.x + 700, box!.y + 60)
    const before = await page.evaluate<string>('location.hash')
    for (const [x, y] of [
      [40, 0],
      [-20, 0],
      [0, -15],
      [0, 10],
    ] as const)
      await page.mouse.wheel(x, y)
    await expect.poll(() => page.evaluate<string>('location.hash')).not.toBe(before)
    expect(await page.evaluate('uploads')).toBe(0)
  })

  it('keeps what was looked for, and says which channels lines are, with their units', async () => {
    const { page } = await site.open()
    await loaded(page)
    await page.keyboard.press('/')
    await page.keyboard.type('write register')
    await page.getByRole('search').getByText(/^\d+$/).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByLabel('Find on the timeline').inputValue()).toBe('write register')
    const row = await page.locator('[data-label]').getByText('LSM9DS1').boundingBox()
    await page.mouse.move(900, row!.y + 8)
    await expect
      .poll(() => page.locator('[role=presentation]').last().innerText())
      .toMatch(/ax\s+\S+ g\n[\s\S]*gx\s+\S+ dps/)
  })

  it.each(['light', 'dark'] as const)('axe finds nothing, %s', async (theme) => {
    const { page } = await site.open({ theme })
    await loaded(page)
    await page.locator('[role=application]').focus()
    await page.keyboard.press('i')
    expect(await axeFinds(page)).toEqual([])
  })

  it.each([1440, 1024, 390])('is no wider than a window of %i pixels', async (width) => {
    const { page } = await site.open({ width })
    await loaded(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })
})
