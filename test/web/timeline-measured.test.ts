import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFinds } from './axe.ts'
import { dropFile } from './drop.ts'
import { browserFile, Site } from './page.ts'

const run = promisify(execFile)
const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')

describe.skipIf(browserFile === undefined)(
  'what is laid over the timeline (where there is no browser: not checked)',
  () => {
    let site: Site
    let folder: string
    let file: string
    let desk: string
    const boardless = async (...args: readonly string[]): Promise<string> =>
      (await run(process.execPath, [cli, ...args], { env: { ...process.env, COLUMNS: '120' } })).stdout
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'boardless-measured-'))
      file = join(folder, 'run.boardless')
      desk = join(folder, 'desk.ppk2')
      await boardless('run', 'gesture', '--for', '12s', '--record', file, '--quiet')
      await boardless(
        'run',
        'gesture',
        '--kernels',
        'reference',
        '--for',
        '11s',
        '--record',
        join(folder, 'other.boardless'),
        '--quiet',
      )
      // Our own, as if it had been measured: of the middle, at a rate of a probe.
      await boardless('export', file, '--to', 'ppk2', '--in', '9s..11s', '--out', desk)
      site = await Site.start(file)
    }, 180_000)
    afterAll(async () => {
      await site.close()
      await rm(folder, { recursive: true })
    })

    const loaded = async (page: Page): Promise<void> => {
      await page.locator('[role=application][data-loaded]').waitFor()
      await expect
        .poll(() => page.getByRole('region', { name: /^(Selection|In view)$/ }).innerText(), {
          timeout: 30_000,
        })
        .not.toContain('…')
    }
    /** Figures of a table, digits only: the page and a terminal set them differently. */
    const digits = (text: string): readonly string[] =>
      text.split('\n').map((line) => line.replace(/[\s\u202f]+/g, ''))

    it('lays a dropped measurement over the estimate, with the figures and sentences of the command line', async () => {
      const { page, complaints } = await site.open()
      await loaded(page)
      await dropFile(page, 'desk.ppk2', await readFile(desk))
      const table = page.getByRole('table', { name: 'Measured and estimated' })
      await table.waitFor({ timeout: 60_000 })
      await page.getByText('Measured − estimated').first().waitFor()
      for (const stretch of [undefined, '9.9s..10s'] as const) {
        if (stretch !== undefined) {
          await page.getByLabel('From', { exact: true }).fill('9.9s')
          await page.getByLabel('From', { exact: true }).press('Enter')
          await page.getByLabel('To', { exact: true }).fill('10s')
          await page.getByLabel('To', { exact: true }).press('Enter')
        }
        const args = stretch === undefined ? [] : ['--in', stretch]
        const said = await boardless('query', file, 'current', '--measured', desk, ...args)
        const rows = digits(said)
        await expect
          .poll(async () =>
            digits(
              (await table.locator('tbody tr').allInnerTexts())
                .map((one) => one.replaceAll(/\s/g, ''))
                .join('\n'),
            ),
          )
          .toEqual(rows.filter((line) => /(yes|below|above)$/.test(line)))
        const sentences = await page.getByRole('region', { name: 'What is to be said of it' }).innerText()
        const told = said.replace(/\s+/g, ' ')
        for (const sentence of sentences
          .split('\n')
          .slice(1)
          .filter((line) => line.trim() !== ''))
          expect(told.toLowerCase()).toContain(sentence.toLowerCase().replace(/\.$/, '').replace(/\s+/g, ' '))
        await loaded(page)
        const strip = await page.getByRole('region', { name: /^(Selection|In view)$/ }).innerText()
        expect(strip).toMatch(/Measured\s[\s\S]*inside/)
      }
      expect(await axeFinds(page)).toEqual([])
      expect(complaints.filter((one) => !one.includes('GL Driver Message'))).toEqual([])
    })

    it('aligns it by hand: at a time, a name, the console, and by dragging', async () => {
      const { page } = await site.open()
      await loaded(page)
      await dropFile(page, 'desk.ppk2', await readFile(desk))
      const sentences = page.getByRole('region', { name: 'What is to be said of it' })
      await sentences.getByText('where both are most alike').waitFor({ timeout: 60_000 })
      await page.getByLabel('Begins').selectOption('at')
      await page.getByLabel('Time of its first sample').fill('8.5s')
      await page.getByLabel('Time of its first sample').press('Enter')
      await sentences.getByText('where it was laid, 8.5 s into the run').waitFor()
      await page.getByLabel('Begins').selectOption('console')
      await page.getByLabel('Regular expression of a line').fill('nothing of the kind')
      await page.getByLabel('Regular expression of a line').press('Enter')
      await page.getByRole('alert').getByText('no line of the console matches').waitFor()
      await page.getByRole('button', { name: 'Drag', exact: true }).click()
      const stage = await page.locator('[role=application]').boundingBox()
      await page.mouse.move(stage!.x + 700, stage!.y + 80)
      await page.mouse.down()
      await page.mouse.move(stage!.x + 750, stage!.y + 80, { steps: 4 })
      await page.mouse.up()
      await sentences.getByText(/where it was laid, (8\.[6-9]|9\.)/).waitFor()
      await page.getByRole('button', { name: 'Take desk.ppk2 away' }).click()
      await expect.poll(() => page.getByText('Measured − estimated').count()).toBe(0)
    })

    it.each([
      ['cut.ppk2', 'PK\u0003\u0004 and no more', 'cut.ppk2'],
      ['empty.csv', '', 'empty'],
      ['words.csv', 'a,b\nno,numbers\n', 'words.csv'],
      ['two.csv', 'Timestamp(ms),a (uA),b (uA)\n0,1,2\n1,2,3\n2,3,4\n', '2 currents'],
      ['motion.csv', 'time,ax,ay\n0,1,2\n1,2,3\n2,3,4\n', 'motion.csv'],
    ])('says in one line what is wrong with %s', async (name, text, says) => {
      const { page } = await site.open()
      await loaded(page)
      await dropFile(page, name, Buffer.from(text))
      const alert = page.getByRole('alert').first()
      await alert.waitFor()
      expect(await alert.innerText()).toContain(says)
      expect((await alert.innerText()).trim()).not.toContain('\n')
    })

    it('gives names, renames and removes them, and saves them into the file', async () => {
      const { page } = await site.open()
      await loaded(page)
      await page.getByLabel('From', { exact: true }).fill('1s')
      await page.getByLabel('From', { exact: true }).press('Enter')
      await page.getByLabel('To', { exact: true }).fill('2s')
      await page.getByLabel('To', { exact: true }).press('Enter')
      await page.locator('[role=application]').focus()
      await page.keyboard.press('k')
      const name = page.getByLabel('Name of region-1')
      await name.waitFor()
      await name.fill('no such name!')
      await name.press('Enter')
      await page.getByRole('alert').getByText('begins with a letter').waitFor()
      await name.fill('boot')
      await name.press('Enter')
      await page.getByLabel('Name of boot').waitFor()
      await page.keyboard.press('Escape')
      await page.mouse.move(800, 300)
      await page.keyboard.press('m')
      await page.keyboard.press('k')
      await page.getByLabel('Name of moment-1').waitFor()
      expect(await axeFinds(page)).toEqual([])
      await expect
        .poll(() => page.evaluate('location.hash'))
        .toMatch(/kept=64000000-128000000-boot%7E\d+--moment-1/)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page
          .getByRole('button', { name: 'Save the run with these names' })
          .or(page.getByRole('button', { name: 'Save', exact: true }))
          .click(),
      ])
      const saved = join(folder, 'named.boardless')
      await download.saveAs(saved)
      expect(await boardless('query', saved, 'markers')).toMatch(/boot[\s\S]*moment-1/)
      await page.getByRole('button', { name: 'Take boot away' }).click()
      await expect.poll(() => page.getByLabel('Name of boot').count()).toBe(0)
      // The file that has them shows them.
      const other = await Site.start(saved)
      try {
        const again = await other.open()
        await loaded(again.page)
        await again.page.locator('[role=application]').focus()
        await again.page.keyboard.press('i')
        await again.page.getByLabel('Name of boot').waitFor()
      } finally {
        await other.close()
      }
    })

    it('records calls and EasyDMA of what is in view, and shows and hides tracks one by one', async () => {
      const { page } = await site.open({ at: '&from=636480000&to=636540000' })
      await loaded(page)
      await page.getByRole('button', { name: 'Tracks', exact: true }).click()
      await page.getByLabel(/^Functions/).check()
      await page.locator('[data-label]').getByText('functions', { exact: true }).waitFor({ timeout: 30_000 })
      await page.getByLabel('Find a track').fill('console')
      await page.getByRole('dialog').getByLabel('console', { exact: true }).uncheck()
      await expect
        .poll(() => page.locator('[data-label]').getByText('console', { exact: true }).count())
        .toBe(0)
      expect(await axeFinds(page)).toEqual([])
      await page.getByRole('dialog').getByLabel('console', { exact: true }).check()
      await expect
        .poll(() => page.locator('[data-label]').getByText('console', { exact: true }).count())
        .toBe(1)
      await page.keyboard.press('Escape')
      await page.keyboard.press('/')
      await page.keyboard.type('arm_fully_connected')
      await page.getByRole('search').getByText(/^\d+$/).waitFor()
      await expect.poll(() => page.evaluate('location.hash')).toMatch(/with=functions/)
    })

    it('draws another run below, aligned on the n-th inference, to one scale', async () => {
      const { page, complaints } = await site.open()
      await loaded(page)
      await page.getByRole('button', { name: 'Runs', exact: true }).click()
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: /Open another run/ }).click(),
      ])
      await chooser.setFiles(join(folder, 'other.boardless'))
      await page.getByRole('button', { name: 'other.boardless', expanded: true }).waitFor({ timeout: 30_000 })
      expect(await page.getByRole('dialog').getByLabel('other.boardless').isChecked()).toBe(true)
      await page.getByLabel('Aligned on').selectOption('inference')
      await page.getByLabel('Its number').fill('99')
      await page.getByRole('button', { name: 'Align', exact: true }).click()
      await page.getByRole('alert').getByText('has no inference 99').waitFor()
      await page.getByLabel('Its number').fill('1')
      await page.getByRole('button', { name: 'Align', exact: true }).click()
      await expect.poll(() => page.getByRole('alert').count()).toBe(0)
      expect(await axeFinds(page)).toEqual([])
      expect(complaints.filter((one) => !one.includes('GL Driver Message'))).toEqual([])
    })
  },
)
