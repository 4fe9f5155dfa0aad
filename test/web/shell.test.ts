import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFinds } from './axe.ts'
import { browserFile, Site } from './page.ts'

describe.skipIf(browserFile === undefined)('the page (where there is no browser: not checked)', () => {
  let site: Site
  beforeAll(async () => {
    site = await Site.start()
  })
  afterAll(async () => {
    await site.close()
  })

  it.each(['light', 'dark'] as const)('opens, %s, and axe finds nothing', async (theme) => {
    const { page, complaints } = await site.open({ theme })
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await axeFinds(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  it.each([1440, 1024, 390])('is no wider than a window of %i pixels', async (width) => {
    const { page } = await site.open({ width })
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  })

  it('is gone through by keys alone: palette, help, theme', async () => {
    const { page } = await site.open()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await page.keyboard.type('keys')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme'])
    const before = await theme()
    await page.keyboard.press('g')
    await page.keyboard.press('d')
    expect(await theme()).not.toBe(before)
  })

  it('works without its server once it was loaded, an app that was opened too', async () => {
    const { page } = await site.open()
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.getByRole('button', { name: 'Gesture, CMSIS-NN' }).click()
    await page.getByRole('navigation', { name: 'Open runs' }).getByText('gesture.elf').waitFor()
    await page.waitForFunction(async () => (await caches.match('./apps/gesture.elf')) !== undefined)
    await page.context().setOffline(true)
    await page.goto(site.url)
    await page.getByRole('button', { name: 'Gesture, CMSIS-NN' }).click()
    await page.getByRole('navigation', { name: 'Open runs' }).getByText('gesture.elf').waitFor()
  })

  it('asks for nothing from elsewhere, and may not', async () => {
    const { page, complaints } = await site.open()
    await page.getByRole('heading', { level: 1 }).waitFor()
    const answer = await page.evaluate(() =>
      fetch('https://example.com/').then(
        () => 'asked',
        () => 'refused',
      ),
    )
    expect(answer).toBe('refused')
    expect(complaints.some((one) => one.includes('Content Security Policy'))).toBe(true)
  })
})
