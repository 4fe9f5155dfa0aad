import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { beginRecording } from '../../runs/recording/record.ts'
import { renderReport } from '../../runs/report/show/render.ts'
import { firmwareToKeep } from '../../src/files/recorded-run.ts'
import { simulate } from '../../src/files/simulate.ts'
import { buildApp, factsOf } from '../../src/running/app.ts'
import { inputOf } from '../../src/running/inputs.ts'
import { wrongAt } from './axe.ts'
import { browserFile, Site } from './page.ts'

/** Of a line, its words; a bar is none. */
const squeezed = (line: string): string =>
  line
    .replace(/[▏▎▍▌▋▊▉█]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()

describe.skipIf(browserFile === undefined)('costs (where there is no browser: not checked)', () => {
  let site: Site
  let folder: string
  /** What `boardless run --functions` prints of the same run, line by line. */
  let text: readonly string[]

  beforeAll(async () => {
    const built = await buildApp('gesture', {}, () => undefined)
    const inputs = await inputOf('gesture', { end: 'stop', log: {}, board: NANO_33_BLE_SENSE })
    const given = {
      ...inputs,
      file: built.elfPath,
      build: factsOf(built, {}),
      board: NANO_33_BLE_SENSE,
      timing: pipelineTiming,
      seconds: 11,
    }
    const { hooks, finish } = beginRecording([])
    const report = await simulate({ ...given, ...hooks })
    const zip = await finish(given, report, () => firmwareToKeep(given.file))
    const withCalls = await simulate({ ...given, functions: true })
    text = renderReport(withCalls, { color: false, width: 400 }).split('\n').map(squeezed)
    folder = mkdtempSync(join(tmpdir(), 'boardless-costs-'))
    const file = join(folder, 'gesture.boardless')
    writeFileSync(file, zip)
    site = await Site.start(file)
  })
  afterAll(async () => {
    await site.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const at = (view: string): string =>
    `#${view}${view.includes('?') ? '&' : '?'}open=given%2Fgesture.boardless`

  /** Cells of each row of a table, as they are read. */
  const rowsOf = async (page: Page, name: string): Promise<readonly (readonly string[])[]> => {
    await page.getByRole('table', { name, exact: true }).waitFor()
    return page
      .getByRole('table', { name, exact: true })
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText.trim())),
      )
  }
  const picked = (rows: readonly (readonly string[])[], columns: readonly number[]): readonly string[] =>
    rows.map((row) =>
      squeezed(
        columns
          .map((column) => row[column] ?? '')
          .join(' ')
          .replaceAll('×', 'x'),
      ),
    )

  it('has the operators that the text has, to the digit', async () => {
    const { page, complaints } = await site.open({ at: at('costs?costs=operators') })
    await page.getByRole('table').first().waitFor()
    const rows = await rowsOf(page, 'Operators of g_model')
    const lines = picked(rows, [0, 1, 2, 3, 4, 6, 7])
    expect(lines).toHaveLength(4)
    for (const line of lines) expect(text).toContain(line)
    expect(complaints).toEqual([])
  })

  it('has the functions that the text has, to the digit', async () => {
    const { page } = await site.open({ at: at('costs?costs=functions') })
    const lines = picked(await rowsOf(page, 'Functions'), [0, 1, 2, 4, 5]).slice(0, 12)
    expect(lines).toHaveLength(12)
    for (const line of lines) expect(text).toContain(line)
  })

  it('runs it again with calls, and has the paths that the text has', async () => {
    const { page, complaints } = await site.open({ at: at('costs?costs=flame') })
    await page.getByRole('button', { name: 'Run it again with calls' }).click()
    const lines = picked(await rowsOf(page, 'Calls by path'), [0, 1, 2, 3, 4])
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) expect(text).toContain(line)
    await page.getByRole('treeitem', { name: /^lsm9ds1::start/ }).click()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByLabel('Find functions in the flame graph').fill('twim::read_registers')
    await page.getByText('3 426 384 cycles, 68.3 %, each once').waitFor()
    expect(complaints).toEqual([])
  })

  it('has the currents that the text has', async () => {
    const { page } = await site.open({ at: at('costs?costs=current') })
    const parts = picked(await rowsOf(page, 'Current by part'), [0, 1, 2, 3, 4, 5, 6])
    const shown = parts.filter((line) => text.includes(line))
    expect(shown.slice(0, 4)).toEqual(parts.slice(0, 4))
    const phases = picked(await rowsOf(page, 'Current by phase'), [0, 1, 2, 3, 4, 5, 6])
    expect(phases).toHaveLength(4)
    for (const line of phases) expect(text).toContain(line)
  })

  it('annotates a function, and shows its source once that is given', async () => {
    const { page, complaints } = await site.open({ at: at('costs?costs=annotated') })
    await page.getByRole('row', { name: /push/ }).first().waitFor()
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Give its folder' }).click(),
    ])
    await chooser.setFiles(join(import.meta.dirname, '..', '..', 'firmware', 'drivers'))
    await page.getByText('while (reg(kTwim0 + EVENTS_STOPPED)').first().waitFor()
    expect(complaints).toEqual([])
  })

  it('shows flash by symbol and file, and the arena’s tensors', async () => {
    const { page, complaints } = await site.open({ at: at('memory') })
    await page.getByRole('treeitem', { name: /^g_model, 11 040 B/ }).waitFor()
    await page.getByRole('button', { name: 'Source file' }).click()
    await page.getByRole('treeitem', { name: /^main, / }).waitFor()
    await page.getByText('At most 616 B live at once').waitFor()
    expect(complaints).toEqual([])
  })

  it.each([
    'report',
    'costs?costs=operators',
    'costs?costs=functions',
    'costs?costs=current',
    'costs?costs=annotated',
    'memory',
  ])('axe finds nothing on %s, and nothing is wider than a phone', async (view) => {
    expect(await wrongAt(site, at(view))).toEqual([])
  })
})
