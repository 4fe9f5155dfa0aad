import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRun } from '../../runs/recording/run-file.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import '../../src/files/host.ts'
import { compile } from '../cli/firmware.ts'
import { axeFinds } from './axe.ts'
import { browserFile, Site, type PageOptions } from './page.ts'

const A_LONG_TIME = 60_000

/** Red light of a XIAO (P0.26) and LED1 of a DK (P0.13), both lit by a low level, and then for ever asleep. */
const lights = `
int main(void) {
  for (int pin = 13; pin <= 26; pin += 13) {
    REG(0x50000518) = 1u << pin;
    REG(0x5000050C) = 1u << pin;
  }
  print("lit\\n");
  for (;;) __asm__ volatile("wfe");
}`

describe.skipIf(browserFile === undefined)('what a run here is given (no browser: not checked)', () => {
  let site: Site
  beforeAll(async () => {
    site = await Site.start(compile('lights', lights))
  })
  afterAll(() => site.close())

  const opened = async (options: PageOptions = {}) => {
    const found = await site.open(options)
    await found.page.getByRole('region', { name: 'What it is given' }).waitFor({ timeout: A_LONG_TIME })
    return found
  }
  const runFor = async (page: Page, time: string): Promise<void> => {
    await page.getByLabel('For how long').fill(time)
    await page.getByLabel('For how long').press('Enter')
    await page.getByTitle('Run (Space)').click()
    await page.getByText(/^Over/).waitFor({ timeout: A_LONG_TIME })
  }
  const saved = async (page: Page, title: string): Promise<Buffer> => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTitle(title).click()])
    return readFile(await file.path())
  }
  const report = async (page: Page): Promise<RunReport> =>
    JSON.parse((await saved(page, 'Save the report as JSON')).toString()) as RunReport
  const felt = (page: Page) => page.getByRole('group', { name: 'Its motion sensors feel' })

  it.each([
    ['xiao', 'Seeed XIAO nRF52840 Sense', 'red'],
    ['nrf52840dk', 'Nordic nRF52840-DK', '1'],
  ])('runs on a %s, whose light is lit', async (board, name, light) => {
    const { page, complaints } = await opened()
    await page.getByRole('combobox', { name: /^Board/ }).selectOption(board)
    await page.getByRole('group', { name: `${name}, drawn` }).waitFor()
    await runFor(page, '100ms')
    const lit = new RegExp(`^${light}(9\\d\\.\\d|100\\.0) %$`)
    await page.getByRole('listitem').filter({ hasText: lit }).waitFor()
    const made = await report(page)
    expect([made.board.name, made.console.text]).toEqual([name, 'lit\n'])
    expect(complaints).toEqual([])
  })

  it('feels what was drawn with the mouse', async () => {
    const { page, complaints } = await opened()
    await felt(page).getByRole('button', { name: 'Draw' }).click()
    const lane = page.getByRole('slider', { name: 'Acceleration along x' })
    const box = await lane.boundingBox()
    if (!box) throw new Error('nothing to draw on')
    const at = (along: number, down: number) =>
      page.mouse.move(box.x + along * (box.width - 1), box.y + down * (box.height - 1))
    await at(0, 0.5)
    await page.mouse.down()
    for (let i = 1; i <= 20; i++) await at(i / 20, i % 2 === 0 ? 0.25 : 0.75)
    await page.mouse.up()
    expect(await lane.locator('polyline').getAttribute('points')).toMatch(/,(4[78])\./)
    expect(await axeFinds(page)).toEqual([])
    await page.getByRole('button', { name: 'Use it' }).click()
    await page.getByText('CSV, 500 rows').waitFor()
    await runFor(page, '1s')
    const { recording } = await report(page)
    expect(recording).toMatchObject({ file: 'drawn.csv', rows: 500, sampleRateHz: 50 })
    expect(complaints).toEqual([])
  })

  const MOVING: PageOptions = { permissions: ['accelerometer', 'gyroscope'] }
  /** Like a phone that is shaken: until it is told to stop. */
  const SHAKE = `
    globalThis.shaking = setInterval(() => {
      const t = performance.now() / 100
      dispatchEvent(new DeviceMotionEvent('devicemotion', {
        accelerationIncludingGravity: { x: 5 * Math.sin(t), y: 0, z: 9.80665 },
        rotationRate: { alpha: 10, beta: 20, gamma: 30 },
        interval: 20,
      }))
    }, 20)
    undefined`

  it('feels this device, recorded before', async () => {
    const { page, complaints } = await opened(MOVING)
    const button = felt(page).getByRole('button', { name: 'Record 10 s here' })
    await button.click()
    await page.evaluate(SHAKE)
    await page.getByText('movement.csv').waitFor({ timeout: A_LONG_TIME })
    await runFor(page, '1s')
    const { recording } = await report(page)
    expect(recording).toMatchObject({ file: 'movement.csv', format: 'CSV', ignoredColumns: [] })
    expect(recording?.rows).toBeGreaterThan(10)
    expect(complaints).toEqual([])
  })

  it('says of a device that feels nothing that it does not', async () => {
    const { page } = await opened(MOVING)
    await felt(page).getByRole('button', { name: 'Record 10 s here' }).click()
    await felt(page).getByRole('alert').waitFor({ timeout: A_LONG_TIME })
    expect(await felt(page).getByRole('alert').textContent()).toContain('nothing was felt')
  })

  it('feels this device as it moves, and keeps what it felt with its cycles', async () => {
    const { page, complaints } = await opened(MOVING)
    await felt(page).getByRole('button', { name: 'Live' }).click()
    await page.getByText('this device, as it moves').waitFor()
    await page.evaluate(SHAKE)
    await page.getByRole('button', { name: 'Real time' }).click()
    await page.getByTitle('Run (Space)').click()
    await page.getByText('lit', { exact: true }).waitFor()
    await page.waitForTimeout(1000)
    await page.keyboard.press('Space')
    await page.getByText('Paused').waitFor({ timeout: A_LONG_TIME })
    const run = readRun(await saved(page, 'Save the run as .boardless (s)'), 'lights.boardless')
    const motion = run.given?.inputs?.all ?? []
    expect(motion.length).toBeGreaterThan(5)
    expect(new Set(motion.map(({ kind }) => kind))).toEqual(new Set(['motion']))
    expect(complaints).toEqual([])
  })

  it('hears this device', async () => {
    const { page, complaints } = await opened()
    const heard = page.getByRole('group', { name: 'Its microphone hears' })
    await heard.getByRole('button', { name: 'Record 10 s here' }).click()
    await heard.getByText('microphone.wav').waitFor({ timeout: A_LONG_TIME })
    await runFor(page, '100ms')
    const { sound } = await report(page)
    expect(sound?.file).toBe('microphone.wav')
    expect(sound?.durationSeconds).toBeGreaterThan(5)
    expect(complaints).toEqual([])
  })

  it('says that it may not hear', async () => {
    const { page } = await opened()
    await page.evaluate(`navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no'))`)
    const heard = page.getByRole('group', { name: 'Its microphone hears' })
    await heard.getByRole('button', { name: 'Record 10 s here' }).click()
    await heard.getByRole('alert').waitFor({ timeout: A_LONG_TIME })
    expect(await heard.getByRole('alert').textContent()).toContain('does not let this page hear')
  })

  it.each([
    ['throws', `setTimeout(() => { throw new Error('out of luck') }); undefined`, 'out of luck'],
    ['is ended', 'close()', 'it ended without a word'],
  ])('has a state for a worker that %s, from which the run is begun again', async (_, harm, why) => {
    const { page } = await opened()
    await page.getByLabel('For how long').fill('500ms')
    await page.getByLabel('For how long').press('Enter')
    await page.getByRole('button', { name: 'Real time' }).click()
    await page.getByTitle('Run (Space)').click()
    await page.getByText('lit', { exact: true }).waitFor()
    await page.workers()[0]?.evaluate(harm)
    await page.getByText("The emulator's worker stopped").waitFor({ timeout: A_LONG_TIME })
    await page.getByText(why).waitFor()
    expect(await axeFinds(page)).toEqual([])
    await page.getByRole('button', { name: 'Begin it again' }).click()
    await page.getByText("The emulator's worker stopped").waitFor({ state: 'hidden' })
    expect(await page.getByLabel('For how long').inputValue()).toBe('500ms')
    expect(await page.getByRole('navigation', { name: 'Open runs' }).getByRole('button').count()).toBe(2)
    await page.getByTitle('Run (Space)').click()
    await page.getByText(/^Over: 500/).waitFor({ timeout: A_LONG_TIME })
  })
})
