import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { dutyRun } from '../../runs/pricing/testing/duty-run.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { simulate } from '../../src/files/simulate.ts'
import { buildApp, factsOf } from '../../src/running/app.ts'
import { inputOf } from '../../src/running/inputs.ts'
import { sampleFault, sampleReport } from '../cli/sample-report.ts'
import { wrongAt } from './axe.ts'
import { browserFile, Site } from './page.ts'

const root = join(import.meta.dirname, '..', '..')

describe.skipIf(browserFile === undefined)('duty cycle (where there is no browser: not checked)', () => {
  let site: Site
  let folder: string
  let file: string

  const written = (name: string, report: RunReport): string => {
    const path = join(folder, name)
    writeFileSync(path, JSON.stringify(report))
    return path
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'boardless-duty-'))
    const built = await buildApp('gesture', {}, () => undefined)
    const report = await simulate({
      ...(await inputOf('gesture', { end: 'loop', log: {}, board: NANO_33_BLE_SENSE })),
      file: built.elfPath,
      build: factsOf(built, {}),
      board: NANO_33_BLE_SENSE,
      timing: pipelineTiming,
      seconds: 11,
      profile: false,
    })
    file = written('gesture.json', report)
    site = await Site.start(file)
  })
  afterAll(async () => {
    await site.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const at = (duty = ''): string =>
    `#duty?open=given%2Fgesture.json${duty === '' ? '' : `&duty=${encodeURIComponent(duty)}`}`

  /** What `boardless power` prints of the same, line by line. */
  const printed = (...options: readonly string[]): readonly string[] =>
    spawnSync(
      process.execPath,
      [join(root, 'dist', 'cli', 'main.js'), 'power', '--report', file, ...options],
      { encoding: 'utf8' },
    )
      .stdout.split('\n')
      .map((line) => line.replace(/\s+/g, ' ').trim())

  const rowsOf = async (page: Page, name: string): Promise<readonly (readonly string[])[]> => {
    const table = page.getByRole('table', { name, exact: true })
    await table.waitFor()
    return table
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText.trim())),
      )
  }

  const joined = (rows: readonly (readonly string[])[], columns: number): readonly string[] =>
    rows.map((row) => row.slice(0, columns).join(' ').replace(/\s+/g, ' ').trim())

  const asked = (page: Page): Promise<string | null> =>
    page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('duty'))

  it('has the command line’s figures, to the digit', async () => {
    const { page, complaints } = await site.open({
      at: at('rate:5,regulator:dcdc,sensor:accelerometer,leds:power=on,cell:CR2032'),
    })
    const text = printed(
      ...['--rate', '5', '--regulator', 'dcdc', '--sensor', 'accelerometer', '--leds', 'power=on'],
      ...['--cell', 'CR2032'],
    )
    const parts = joined(await rowsOf(page, 'Price by part'), 5)
    expect(parts.length).toBeGreaterThan(10)
    for (const line of parts) expect(text).toContain(line)
    const dearest = await rowsOf(page, 'What each change alone would do')
    expect(dearest.length).toBeGreaterThan(8)
    for (const [title = '', typical = '', , low = '', high = ''] of dearest)
      expect(text).toContain(`${title} ${typical} ${low} ${high}`)
    const window = joined(await rowsOf(page, 'What a window of the run took'), 4)
    for (const line of window) expect(text).toContain(line)
    const life = /battery CR2032: (.*) \((.*)\)/.exec(text.join('\n'))
    await page.getByText(life?.[1] ?? 'none', { exact: true }).waitFor()
    await page.getByText(life?.[2] ?? 'none').waitFor()
    expect(complaints).toEqual([])
  })

  it('is moved by keys, typed exactly, remembered in the address, and as the run again', async () => {
    const { page, complaints } = await site.open({ at: at() })
    const slider = page.getByRole('slider', { name: 'Windows' })
    await slider.focus()
    const before = await slider.getAttribute('aria-valuetext')
    await page.keyboard.press('ArrowRight')
    expect(await slider.getAttribute('aria-valuetext')).not.toBe(before)
    expect(await asked(page)).toMatch(/^rate:0\.1$/)
    const field = page.getByRole('textbox', { name: 'Windows, per s' })
    await field.fill('3,25')
    await field.press('Enter')
    expect(await asked(page)).toBe('rate:3.25')
    await field.fill('fast')
    await field.press('Enter')
    await page.getByRole('alert').getByText('rate fast: give a number').waitFor()
    expect(await asked(page)).toBe('rate:3.25')
    await page.getByRole('group', { name: 'Regulator' }).getByRole('button', { name: 'DC/DC' }).click()
    await page.getByRole('checkbox', { name: 'power' }).check()
    await page.getByRole('combobox', { name: /^Cell/ }).selectOption('2xAAA')
    expect(await asked(page)).toBe('rate:3.25,regulator:dcdc,leds:power=on,cell:2xAAA')
    const shown = joined(await rowsOf(page, 'Price by part'), 6)
    await page.reload()
    expect(joined(await rowsOf(page, 'Price by part'), 6)).toEqual(shown)
    await page.locator('main').click({ position: { x: 2, y: 2 } })
    await page.keyboard.press(']')
    expect(await asked(page)).toMatch(/^rate:6\.5,/)
    await page.keyboard.press('0')
    expect(await asked(page)).toBe(null)
    await page.getByText('with no setting changed').waitFor()
    await page.keyboard.press('?')
    await page.getByText('Twice as many windows').first().waitFor()
    expect(complaints).toEqual([])
  })

  it('says what it does not know, and asks for what is missing', async () => {
    const { page, complaints } = await site.open({ at: at('between:off') })
    await page.getByText('type the window’s seconds').first().waitFor()
    const field = page.getByRole('textbox', { name: 'A window needs the sensor for, s' })
    await field.fill('10')
    await field.press('Enter')
    await rowsOf(page, 'Price by part')
    await page.getByRole('combobox', { name: /^LSM9DS1 inertial/ }).selectOption('gyroscope-low-power')
    const rate = page.getByRole('slider', { name: 'Output data rate' })
    await rate.focus()
    await page.keyboard.press('End')
    expect(await rate.getAttribute('aria-valuetext')).toBe('952 Hz: its current is unknown')
    await page.getByText('at 952 Hz is unknown').first().waitFor()
    expect(await page.getByRole('table', { name: 'Price by part' }).count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('runs an app here, and holds the estimate beside it', async () => {
    const { page, complaints } = await site.open({ at: at() })
    await page.getByRole('button', { name: /^Run Gesture, 5 Hz/ }).click()
    const [row = []] = await rowsOf(page, 'Estimates beside real runs')
    expect(row[0]).toBe('Gesture, 5 Hz, run here')
    expect(row[5]).toBe('inside')
    await page.getByRole('button', { name: 'Ask for the settings of Gesture, 5 Hz' }).click()
    const asIt = await rowsOf(page, 'Price by part')
    expect(asIt[0]?.[1]).toBe(row[1])
    expect(complaints).toEqual([])
  })

  const made = (changes = {}): RunReport => dutyRun(sampleReport(), changes)

  it.each([
    ['crashed', () => ({ ...made(), fault: sampleFault }), 'what it drew until then is priced'],
    [
      'without phases',
      () => {
        const one = made({ marked: false })
        return { ...one, interpreters: [], memory: { ...one.memory, arenas: [] } }
      },
      'neither phases nor an inference',
    ],
    ['of no time', () => ({ ...made(), run: { ...made().run, cycles: 0 } }), 'No time has passed'],
  ])('has a state for a run %s', async (name, report, message) => {
    const { page, complaints } = await site.open({ at: '#start' })
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose files' }).click(),
    ])
    await chooser.setFiles(written(`${name}.json`, report()))
    await page.waitForURL(/#timeline/)
    await page.getByRole('button', { name: 'Duty cycle' }).click()
    await page.getByText(message).first().waitFor()
    expect(complaints).toEqual([])
  })

  it('says of firmware that has not run yet that it has not', async () => {
    const { page } = await site.open({ at: '#start' })
    await page.getByRole('button', { name: /^Gesture, 5 Hz/ }).click()
    await page.waitForURL(/#run/)
    await page.getByRole('button', { name: 'Duty cycle' }).click()
    await page.getByText('It has not run yet').waitFor()
  })

  it('takes an address that cannot be for one line, and prices the run', async () => {
    const { page } = await site.open({ at: at('speed:9') })
    await page.getByText('The address asks for what cannot be: speed: no such setting').waitFor()
    await rowsOf(page, 'Price by part')
  })

  it.each(['', 'rate:5,regulator:dcdc,cell:lipo:500', 'sleep:off'])(
    'axe finds nothing with %j, and nothing is wider than a phone',
    async (duty) => {
      expect(await wrongAt(site, at(duty))).toEqual([])
    },
  )
})
