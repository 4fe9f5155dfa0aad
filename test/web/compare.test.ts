import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../cli/firmware.ts'
import { axeFinds, wrongAt } from './axe.ts'
import { browserFile, Site } from './page.ts'

const command = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')

const squeezed = (line: string): string =>
  line
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/\u2011/g, '-')
    .replace(/\s+/g, ' ')
    .trim()

const program = (rounds: number, more = ''): string => `
static volatile int sink;
${more}
__attribute__((noinline)) static int filter(int x) {
  int sum = 0;
  for (int i = 0; i < ${rounds}; i++)
    sum += x * i;
  return sum;
}
int main(void) {
  for (int i = 0; i < 10; i++) sink = filter(i) + sink;
  leave(0);
}`

describe.skipIf(browserFile === undefined)('compare (where there is no browser: not checked)', () => {
  let site: Site
  let folder: string
  let text: readonly string[]
  const boardless = (...args: readonly string[]): string => {
    const { status, stdout } = spawnSync(process.execPath, [command, ...args], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    return stdout
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'boardless-compare-page-'))
    // Both are built under one name, so the first runs before the second is there.
    boardless('run', compile('compared', program(100)), '--record', 'before.boardless', '-q')
    boardless(
      'run',
      compile('compared', program(110, '\n\nvolatile char log_buffer[300];')),
      ...['--record', 'after.boardless', '--json', 'after.json', '-q'],
    )
    text = boardless('compare', 'before.boardless', 'after.boardless', '--top', '1000')
      .split('\n')
      .map(squeezed)
    writeFileSync(join(folder, 'cut.json'), '{"schemaVersion": 4')
    writeFileSync(join(folder, 'old.json'), '{"schemaVersion": 3}')
    const whole = JSON.parse(readFileSync(join(folder, 'after.json'), 'utf8')) as { power: object }
    writeFileSync(
      join(folder, 'spoilt.json'),
      JSON.stringify({ ...whole, power: { ...whole.power, parts: [null] } }),
    )
    site = await Site.start(join(folder, 'before.boardless'), join(folder, 'after.boardless'))
  })
  afterAll(async () => {
    await site.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const rowsOf = async (page: Page, name: string): Promise<readonly (readonly string[])[]> => {
    const table = page.getByRole('table', { name, exact: true })
    await table.waitFor()
    return table
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText.trim())),
      )
  }
  const picked = (rows: readonly (readonly string[])[], columns: readonly number[]): readonly string[] =>
    rows.map((row) => squeezed(columns.map((column) => row[column] ?? '').join(' ')))

  const both = (view = ''): string =>
    `#compare?open=given%2Fb%2Fafter.boardless&with=given%2Fa%2Fbefore.boardless${view}`
  const tabOf = (page: Page, name: string) =>
    page.getByRole('group', { name: 'Compared by' }).getByRole('button', { name, exact: true })
  const drop = async (page: Page, file: string): Promise<void> => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: /^Choose (a file|files)$/ }).click(),
    ])
    await chooser.setFiles(join(folder, file))
  }

  it('has the figures, functions, lines and symbols of the text, to the digit', async () => {
    const { page, complaints } = await site.open()
    await page.getByText('Got worse most').waitFor()
    const figures = picked(await rowsOf(page, 'Figures'), [0, 1, 2, 3, 4])
    expect(figures.length).toBeGreaterThan(3)
    for (const line of figures) expect(text).toContain(line)
    for (const [tab, table, columns] of [
      ['Functions', 'Functions that moved', [0, 1, 2, 3, 5, 6]],
      ['Memory', 'Memory by section', [0, 1, 2, 3, 5]],
      ['Operators', 'Reasons', [0, 1, 2, 3, 5]],
    ] as const) {
      await tabOf(page, tab).click()
      const lines = picked(await rowsOf(page, table), columns)
      expect(lines.length).toBeGreaterThan(0)
      // Figures of memory have their unit there, and are with the others.
      for (const line of lines) if (!/^(flash|static RAM|stack) /.test(line)) expect(text).toContain(line)
    }
    await tabOf(page, 'Lines').click()
    const [dearest] = await rowsOf(page, 'Source lines that moved')
    expect(dearest![0]).toMatch(/^compared\.c:\d+ → \d+\s+filter$/)
    expect(squeezed(dearest![6]!)).toBe('1 000 → 1 100')
    await tabOf(page, 'Memory').click()
    await page.getByRole('row', { name: /log_buffer.*added/ }).waitFor()
    expect(complaints).toEqual([])
  })

  it('keeps what is shown in its address, and swaps the two', async () => {
    const { page } = await site.open({ at: both('&by=functions') })
    await page.getByRole('row', { name: /filter.*\+\d/ }).click()
    await page.getByRole('heading', { name: 'filter' }).waitFor()
    expect(page.url()).toMatch(/by=functions&of=filter$/)
    await page.getByText('Entered').nth(1).waitFor()
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await page.keyboard.press('s')
    await page.getByRole('row', { name: /filter.*-\d/ }).waitFor()
    expect(page.url()).toMatch(/open=given%2Fa%2Fbefore\.boardless&with=given%2Fb%2Fafter\.boardless/)
    await page.reload()
    await page.getByRole('row', { name: /filter.*-\d/ }).waitFor()
  })

  it('invites a second run, refuses what is none, and takes one', async () => {
    const { page } = await site.open({ at: '#compare?open=given%2Fb%2Fafter.boardless' })
    await page.getByText('Compare after.boardless with what?').waitFor()
    for (const [file, message] of [
      ['cut.json', 'cut.json: not JSON'],
      ['old.json', 'reads version 4'],
      ['spoilt.json', 'its report is not whole: power.parts[0] is null, and must be an object.'],
    ] as const) {
      await drop(page, file)
      await page.getByRole('alert').filter({ hasText: message }).waitFor()
      await page.getByRole('button', { name: 'Dismiss' }).click()
    }
    await drop(page, 'after.json')
    await page.getByText('No difference: every figure of').waitFor()
  })

  it('offers to compare what was opened beside another', async () => {
    const { page } = await site.open({ at: '#start?open=given%2Fa%2Fbefore.boardless' })
    await page.getByRole('button', { name: 'before.boardless', exact: true }).waitFor()
    await drop(page, 'after.json')
    await page.getByRole('button', { name: 'Compare the two' }).click()
    await page.getByText('Got worse most').waitFor()
    await tabOf(page, 'Lines').click()
    await page.getByText('Lines are not known of both').waitFor()
  })

  it('saves a run as one file, with and without its firmware, and copies the address', async () => {
    const { page, complaints } = await site.open({
      at: '#costs?open=given%2Fa%2Fbefore.boardless&costs=functions',
    })
    await page.getByRole('table').first().waitFor()
    await page.keyboard.press('Shift+S')
    await page.getByRole('heading', { name: 'Share before.boardless' }).waitFor()
    await page.getByText('It holds: report').waitFor()
    const saved = async (): Promise<Uint8Array> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: /^Save it, / }).click(),
      ])
      expect(download.suggestedFilename()).toBe('mine.boardless')
      return readFileSync(await download.path())
    }
    await page.getByLabel('Name, .boardless').fill('mine')
    expect(Buffer.from(await saved()).equals(readFileSync(join(folder, 'before.boardless')))).toBe(true)
    await page.getByLabel('Firmware').uncheck()
    await page.getByText('Nothing of it can be run again there').waitFor()
    expect((await saved()).length).toBeLessThan(readFileSync(join(folder, 'before.boardless')).length)
    expect(await page.getByRole('textbox', { name: 'Address' }).inputValue()).toBe(page.url())
    expect(await axeFinds(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Share before.boardless' }).waitFor({ state: 'hidden' })
    expect(complaints).toEqual([])
  })

  it.each(['', '&by=operators', '&by=functions', '&by=lines', '&by=memory', '&by=current'])(
    'axe finds nothing on "%s", and nothing is wider than a phone',
    async (view) => {
      expect(await wrongAt(site, both(view))).toEqual([])
    },
  )
})
