import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { readRun } from '../../runs/recording/run-file.ts'
import { serialise } from '../../runs/report/serialise.ts'
import { simulate } from '../../src/files/simulate.ts'
import { loadRecording } from '../../src/files/recording.ts'
import { heldOutRecording } from '../../src/project.ts'
import { buildApp } from '../../src/running/app.ts'
import { Site } from './page.ts'

let site: Site
const A_LONG_TIME = 60_000
let elf: string
beforeAll(async () => {
  elf = (await buildApp('gesture-5hz', { kernels: 'cmsis-nn' }, () => undefined)).elfPath
  site = await Site.start()
})
afterAll(() => site.close())

async function opened(): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const { page, complaints } = await site.open()
  await page.getByRole('button', { name: /Gesture, 5 Hz/ }).click()
  await page.getByRole('region', { name: 'What it is given' }).waitFor({ timeout: A_LONG_TIME })
  return { page, complaints }
}

const saved = async (page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> => {
  const download = page.waitForEvent('download', { timeout: A_LONG_TIME })
  await press()
  const file = await download
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}

describe('run here', () => {
  it('gives the report of the command line, to the byte', async () => {
    const { page, complaints } = await opened()
    await page.getByLabel('For how long').fill('11s')
    await page.getByLabel('For how long').press('Enter')
    await page.getByRole('button', { name: 'Run', exact: true }).first().waitFor()
    await page.getByTitle('Run (Space)').click()
    await page.getByText('Over: 11.0 s are over, as --for says').waitFor({ timeout: A_LONG_TIME })
    const { bytes } = await saved(page, () => page.getByTitle('Save the report as JSON').click())
    const recording = await loadRecording(heldOutRecording(), { atEnd: 'stop' })
    const expected = await simulate({ file: elf, recording, seconds: 11 })
    // Beside the name of the file, which the page was given.
    const named = { ...expected, firmware: { ...expected.firmware, file: 'gesture-5hz.elf' } }
    expect(bytes.toString()).toBe(serialise(named))
    expect(complaints).toEqual([])
  })

  it('steps, looks back, and goes on', async () => {
    const { page, complaints } = await opened()
    await page.keyboard.press('.')
    await page.getByText('Paused').waitFor({ timeout: A_LONG_TIME })
    await page.keyboard.press('.')
    await page.keyboard.press(',')
    await page.getByText('In the past').waitFor({ timeout: A_LONG_TIME })
    await page.keyboard.press('End')
    await page.getByText('Paused').waitFor({ timeout: A_LONG_TIME })
    await page.keyboard.press('r')
    await page.getByText('Ready, at reset').waitFor({ timeout: A_LONG_TIME })
    expect(complaints).toEqual([])
  })

  it('saves a run that the command line opens', async () => {
    const { page } = await opened()
    await page.getByLabel('For how long').fill('2s')
    await page.getByLabel('For how long').press('Enter')
    await page.getByTitle('Run (Space)').click()
    await page.getByText(/^Over/).waitFor({ timeout: A_LONG_TIME })
    const { name, bytes } = await saved(page, () => page.getByTitle('Save the run as .boardless (s)').click())
    expect(name).toBe('gesture-5hz.boardless')
    expect(readRun(bytes, name).report.run.cycles).toBe(128_000_000)
  })

  it('says in a line what a recording lacks, and keeps what was there', async () => {
    const { page } = await opened()
    await page
      .getByLabel('A file', { exact: true })
      .first()
      .setInputFiles({ name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') })
    await page.getByRole('alert').waitFor({ timeout: A_LONG_TIME })
    expect(await page.getByRole('alert').textContent()).toContain('bad.csv')
    await page.getByText('heldout.csv').first().waitFor()
  })
})
