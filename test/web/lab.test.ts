import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { numbered, quantityText } from '../../runs/lab-report/format.ts'
import type { LabReport } from '../../runs/lab-report/lab-report.ts'
import { hostileReport } from '../../src/lab/show/testing/hostile.ts'
import { testingReport } from '../../src/lab/show/testing/report.ts'
import { wrongAt } from './axe.ts'
import { dropFile } from './drop.ts'
import { browserFile, Site } from './page.ts'

const file = join(import.meta.dirname, '..', '..', 'docs', 'lab', 'lab.json')
const lab = JSON.parse(readFileSync(file, 'utf8')) as LabReport

/** As text has it: a page has other signs for units, spaces and minus. */
const plain = (text: string): string =>
  text.replaceAll('µ', 'u').replaceAll('×', 'x').replaceAll('\u2212', '-').replace(/\s+/g, ' ').trim()

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const tabOf = (page: Page, name: string) =>
  page.getByRole('group', { name: 'Of the lab' }).getByRole('button', { name, exact: true })

describe.skipIf(browserFile === undefined)('lab (where there is no browser: not checked)', () => {
  let site: Site
  let empty: Site
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'boardless-lab-page-'))
    writeFileSync(join(folder, 'lab.json'), readFileSync(file))
    site = await Site.start(join(folder, 'lab.json'))
    empty = await Site.start()
  })
  afterAll(async () => {
    await Promise.all([site.close(), empty.close()])
    rmSync(folder, { recursive: true })
  })

  it('opens lab.json of the command line, with the figures of the report', async () => {
    const { page, complaints } = await site.open()
    await page
      .getByText(lab.recommendation?.configuration ?? '')
      .first()
      .waitFor()
    const rows = await page
      .getByRole('table', { name: 'Configurations' })
      .locator('tbody tr')
      .evaluateAll((all) =>
        all.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText)),
      )
    const expected = numbered(lab).map(({ accuracy, latency, inference, flash, ram, energy }) =>
      [accuracy, latency, inference, flash, ram, energy].map((one) =>
        one ? quantityText(one, 'ascii') : '',
      ),
    )
    const shown = rows.map((cells) =>
      cells.slice(2).map((cell) => plain(cell).replace(/ (\S+(?: \d{3})* to .*)$/, ' ($1)')),
    )
    expect(shown.map((cells) => cells.map((cell) => cell.replace(/[()]/g, '')))).toEqual(
      expected.map((cells) => cells.map((cell) => cell.replace(/[()]/g, ''))),
    )
    const points = await page
      .getByRole('img', { name: /^Points: accuracy/ })
      .locator('[data-tone]')
      .count()
    expect(points).toBeGreaterThanOrEqual(lab.configurations.length)
    await page.getByRole('button', { name: 'Show all 58' }).click()
    expect(await page.getByRole('table', { name: 'Configurations' }).locator('tbody tr').count()).toBe(58)
    expect(complaints).toEqual([])
  })

  it('goes from a claim to the technique that it is of, and keeps that in its address', async () => {
    const { page } = await site.open()
    await tabOf(page, 'Claims').click()
    const claims = lab.techniques.flatMap((one) => one.claims)
    const table = page.getByRole('table', { name: 'Claims and verdicts' })
    expect(await table.locator('tbody tr').count()).toBe(claims.length)
    await table.getByRole('row', { name: /saves 20 to 40 kB of flash/ }).click()
    await page.getByRole('heading', { name: '5. Op resolver' }).waitFor()
    expect(page.url()).toMatch(/lab=rows&row=resolver$/)
    await page.reload()
    await page.getByRole('heading', { name: '5. Op resolver' }).waitFor()
    await page.keyboard.press('1')
    await page.getByRole('table', { name: 'Configurations' }).waitFor()
  })

  it('shows each technique without a complaint', async () => {
    const { page, complaints } = await site.open()
    await tabOf(page, 'Techniques').click()
    for (const { row, title, charts } of lab.techniques) {
      await page.getByRole('navigation', { name: 'Techniques' }).getByRole('button', { name: title }).click()
      await page.getByRole('heading', { name: `${row}. ${title}` }).waitFor()
      await page
        .locator('figure svg[role="img"]')
        .nth(charts.length - 1)
        .waitFor()
    }
    await tabOf(page, 'Made with').click()
    await page.getByText(lab.header.compiler, { exact: true }).waitFor()
    expect(complaints).toEqual([])
  })

  it.each([
    ['recommended', ''],
    ['claims', ''],
    ['rows', '&row=power'],
    ['rows', '&row=qat'],
  ])('%s%s: axe finds nothing, and it is no wider than a phone', async (tab, more) => {
    expect(await wrongAt(site, `#lab?open=given%2Flab.json&lab=${tab}${more}`)).toEqual([])
  })

  it('refuses what is none in one line, and takes one with names that mean harm', async () => {
    const { page, complaints } = await empty.open()
    for (const [name, bytes, message] of [
      ['cut.json', json(testingReport).subarray(0, 900), 'cut.json: not JSON'],
      ['newer.json', json({ ...testingReport, schemaVersion: 2 }), 'is of version 2'],
      ['half.json', json({ ...testingReport, techniques: [null] }), 'techniques[0] is null, and must be'],
      ['desktop.json', json({ schemaVersion: 1, kind: 'lab-desktop' }), 'its kind is "lab-desktop"'],
    ] as const) {
      await dropFile(page, name, bytes)
      await page.getByRole('alert').filter({ hasText: message }).waitFor()
      await page.getByRole('button', { name: 'Dismiss' }).click()
    }
    await dropFile(page, 'hostile.json', json(hostileReport))
    await page.getByRole('heading', { name: 'Recommended' }).waitFor()
    await tabOf(page, 'Techniques').click()
    for (const button of await page.getByRole('navigation', { name: 'Techniques' }).getByRole('button').all())
      await button.click()
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('is given to others as the file that it came from', async () => {
    const { page } = await site.open()
    await tabOf(page, 'Claims').waitFor()
    await page.keyboard.press('S')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^Save it, / }).click(),
    ])
    expect(download.suggestedFilename()).toBe('lab.json')
    expect(readFileSync(await download.path(), 'utf8')).toBe(readFileSync(file, 'utf8'))
  })
})
