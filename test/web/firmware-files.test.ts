/** Firmware as people have it, on the page. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uf2Blocks, uf2Of } from '../../runs/image/files/testing.ts'
import { serialise } from '../../runs/report/serialise.ts'
import { buildApp } from '../../src/running/app.ts'
import { cacheDirectory } from '../../src/toolchain/cache/cache.ts'
import { simulate } from '../../src/files/simulate.ts'
import { compile, compileAt, toBinary, toHex } from '../cli/firmware.ts'
import { Site } from './page.ts'

const A_LONG_TIME = 60_000
const folder = mkdtempSync(join(tmpdir(), 'boardless-page-files-'))
const initVariant = 'REG(0x40002004) = 1; while (!REG(0x40002144)) ; print("went on\\n"); leave(0);'
let site: Site
let sketch: string
let bin: string

beforeAll(async () => {
  sketch = compileAt(0x1_0000, 'page-sketch', `int main(void) { ${initVariant} return 0; }`)
  bin = toBinary(sketch)
  site = await Site.start()
})
afterAll(() => site.close())

async function dropped(...files: readonly string[]): Promise<{ page: Page; complaints: readonly string[] }> {
  const opened = await site.open()
  const data = files.map((file) => ({ name: basename(file), base64: readFileSync(file).toString('base64') }))
  await opened.page.getByRole('heading', { level: 1 }).waitFor()
  await opened.page.evaluate((list) => {
    const transfer = new DataTransfer()
    for (const { name, base64 } of list)
      transfer.items.add(new File([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], name))
    for (const kind of ['dragenter', 'drop'])
      document.body.dispatchEvent(
        new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }),
      )
  }, data)
  return opened
}

const given = (page: Page) => page.getByRole('region', { name: 'What it is given' })

async function savedReport(page: Page): Promise<string> {
  await page.getByTitle('Run (Space)').click()
  await page.getByText(/^Over/).waitFor({ timeout: A_LONG_TIME })
  const download = page.waitForEvent('download', { timeout: A_LONG_TIME })
  await page.getByTitle('Save the report as JSON').click()
  return readFileSync(await (await download).path(), 'utf8')
}

const written = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}

describe('a raw binary', () => {
  it("begins as its bootloader leaves the board, with the command line's report", async () => {
    const { page, complaints } = await dropped(bin)
    await given(page)
      .getByText(/goes to 0x10000, where the bootloader of Arduino Nano 33 BLE Sense looks/)
      .waitFor({ timeout: A_LONG_TIME })
    await given(page)
      .getByText(/Arduino's bootloader: UARTE0 receiving/)
      .waitFor()
    const report = await savedReport(page)
    const expected = await simulate({ file: bin, seconds: 86_400 })
    expect(report).toBe(serialise(expected))
    expect(complaints).toEqual([])
  })

  it('begins bare where that is chosen', async () => {
    const { page } = await dropped(bin)
    await given(page).getByRole('button', { name: 'Bare' }).click({ timeout: A_LONG_TIME })
    await page.getByLabel('For how long').fill('10ms')
    await page.getByLabel('For how long').press('Enter')
    const report = JSON.parse(await savedReport(page)) as { run: { began: { how: string } } }
    expect(report.run.began.how).toBe('bare')
  })

  it('that shows no place is asked for one', async () => {
    const elsewhere = toBinary(
      compileAt(0x4_0000, 'page-elsewhere', 'int main(void) { print("here\\n"); leave(0); return 0; }'),
    )
    const { page } = await dropped(elsewhere)
    await page.getByRole('alert').waitFor({ timeout: A_LONG_TIME })
    expect(await page.getByRole('alert').textContent()).toMatch(/a raw binary does not say where it goes/)
    await page.getByLabel('Address of its first byte').fill('0x40000')
    await page.getByRole('button', { name: 'Put it there' }).click()
    await given(page).waitFor({ timeout: A_LONG_TIME })
    expect(await page.getByLabel('Address of the raw binary').inputValue()).toBe('0x40000')
    expect(JSON.parse(await savedReport(page))).toMatchObject({ console: { text: 'here\n' } })
  })
})

it('a UF2 file runs', async () => {
  const file = written('sketch.uf2', uf2Of(uf2Blocks(0x1_0000, readFileSync(bin))))
  const { page } = await dropped(file)
  await given(page).waitFor({ timeout: A_LONG_TIME })
  expect(JSON.parse(await savedReport(page))).toMatchObject({
    firmware: { format: 'uf2' },
    console: { text: 'went on\n' },
  })
})

describe('several files', () => {
  it('are one chip where they fit', async () => {
    const loader =
      'int main(void) { REG(0xE000ED08) = 0x10000; REG(0x40002500) = 8; REG(0x40002534) = 0x20000100; REG(0x40002538) = 1; REG(0x40002000) = 1; __asm__ volatile("bx %0" : : "r"(REG(0x10004))); return 0; }'
    const low = toHex(compile('page-low', loader))
    const { page } = await dropped(low, sketch)
    await given(page).waitFor({ timeout: A_LONG_TIME })
    const report = JSON.parse(await savedReport(page)) as unknown
    expect(report).toMatchObject({
      firmware: { format: 'several' },
      run: { began: { how: 'reset' } },
      console: { text: 'went on\n' },
    })
    expect(await page.getByRole('navigation', { name: 'Open runs' }).getByRole('button').count()).toBe(2)
  })

  it('are each a run of its own where they do not', async () => {
    const other = compileAt(0x1_0000, 'page-other', 'int main(void) { leave(3); return 0; }')
    const { page } = await dropped(sketch, other)
    await page.getByRole('button', { name: 'Close page-other.elf' }).waitFor({ timeout: A_LONG_TIME })
    await page.getByRole('button', { name: 'Close page-sketch.elf' }).waitFor()
  })
})

it('another chip is said in a line', async () => {
  const { page } = await dropped(
    written('pico.uf2', uf2Of(uf2Blocks(0x1000_0000, new Uint8Array(512), 0xe48b_ff56))),
  )
  await page.getByRole('alert').waitFor({ timeout: A_LONG_TIME })
  expect(await page.getByRole('alert').textContent()).toMatch(/for RP2040/)
})

it('named on the command line, several are one, too', async () => {
  const low = toHex(compile('page-named', 'int main(void) { print("low\\n"); leave(0); return 0; }'))
  const own = await Site.start(bin, '--at', '0x10000', '--boot', low)
  try {
    const { page } = await own.open()
    await given(page).waitFor({ timeout: A_LONG_TIME })
    expect(JSON.parse(await savedReport(page))).toMatchObject({ console: { text: 'low\n' } })
  } finally {
    await own.close()
  }
})

describe('an app that is built first', () => {
  /** A compiler that is the real one for questions, and waits or fails when it compiles. */
  function toolchain(compiling: string): string {
    const bin = mkdtempSync(join(tmpdir(), 'boardless-tools-'))
    for (const tool of ['gcc', 'g++', 'ar', 'objcopy', 'size', 'nm', 'ld', 'strip', 'objdump', 'ranlib']) {
      const real = execFileSync('sh', ['-c', `command -v arm-none-eabi-${tool} || true`], {
        encoding: 'utf8',
      }).trim()
      if (real === '' || !existsSync(real)) continue
      const body = tool === 'g++' || tool === 'gcc' ? `case " $* " in *" -c "*) ${compiling};; esac\n` : ''
      writeFileSync(join(bin, `arm-none-eabi-${tool}`), `#!/bin/sh\n${body}exec ${real} "$@"\n`, {
        mode: 0o755,
      })
    }
    return bin
  }

  it('shows what happens, and what failed', async () => {
    // The sources are there, nothing is compiled.
    const cache = mkdtempSync(join(tmpdir(), 'boardless-empty-cache-'))
    await buildApp('gesture-5hz', { kernels: 'cmsis-nn' }, () => undefined)
    symlinkSync(join(cacheDirectory(), 'packages'), join(cache, 'packages'))
    const env = {
      BOARDLESS_CACHE: cache,
      BOARDLESS_TOOLCHAIN: toolchain(
        'sleep 2; echo "a.cc:1: error: no such luck" >&2; echo "last line" >&2; exit 1',
      ),
    }
    const own = await Site.startWith(env)
    try {
      const { page } = await own.open()
      await page.getByRole('button', { name: /Gesture, 5 Hz/ }).click({ timeout: A_LONG_TIME })
      await page.getByRole('progressbar').waitFor({ timeout: A_LONG_TIME })
      expect(await page.getByRole('status').textContent()).toMatch(/^Building gesture-5hz\.elf/)
      await page.getByRole('alert').waitFor({ timeout: 3 * A_LONG_TIME })
      const said = await page.getByRole('alert').textContent()
      expect(said).toMatch(/gesture-5hz\.elf/)
      expect(said).toMatch(/last line/)
    } finally {
      await own.close()
    }
  })
})
