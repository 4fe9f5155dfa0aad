// Pictures of the page for README and docs/view.md, in docs/view: node docs/view-pictures.mjs [VIEW ...], after npm run build.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const root = join(import.meta.dirname, '..')
const command = join(root, 'dist', 'cli', 'main.js')
const out = join(import.meta.dirname, 'view')
const WIDE = { width: 1440, height: 900 }

/** What is shown: of a recorded run, unless an app is opened and run. */
const pictures = [
  { name: 'start', at: '#start', theme: 'light' },
  { name: 'run', app: 'Gesture, CMSIS-NN', theme: 'dark' },
  { name: 'timeline', at: '#timeline?open=given%2Fgesture.boardless', theme: 'dark' },
  {
    name: 'timeline-inference',
    at: '#timeline?open=given%2Fgesture.boardless&from=636000000&to=640000000',
    theme: 'light',
  },
  { name: 'memory', at: '#memory?open=given%2Fgesture.boardless', theme: 'light' },
  { name: 'costs', at: '#costs?open=given%2Fgesture.boardless', theme: 'light' },
  {
    name: 'duty',
    at: '#duty?open=given%2Fgesture.boardless&duty=rate%3A5%2Cregulator%3Adcdc%2Csensor%3Agyroscope-low-power%2Codr%3A14.9%2Ccell%3Alipo%3A500',
    theme: 'light',
  },
  {
    name: 'compare',
    at: '#compare?open=given%2Fb%2Fgesture.boardless&with=given%2Fa%2Freference.boardless',
    theme: 'light',
    of: 'two',
    waitsFor: 'Got better most',
  },
  {
    name: 'lab',
    at: '#lab?open=given%2Flab.json',
    theme: 'light',
    of: 'lab',
    waitsFor: 'The numbers are those of the table',
  },
  { name: 'report', at: '#report?open=given%2Fgesture.boardless', theme: 'light' },
  {
    name: 'timeline-narrow',
    at: '#timeline?open=given%2Fgesture.boardless',
    theme: 'dark',
    size: { width: 390, height: 844 },
  },
]

const folder = mkdtempSync(join(tmpdir(), 'boardless-pictures-'))
const recorded = join(folder, 'gesture.boardless')
const reference = join(folder, 'reference.boardless')
for (const more of [
  ['--functions', '--record', recorded],
  ['--kernels', 'reference', '--record', reference],
]) {
  const args = [command, 'run', 'gesture', '--for', '11s', ...more, '-q']
  const made = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (made.status !== 0) process.exit(made.status ?? 1)
}
const serve = async (...files) => {
  const server = spawn(process.execPath, [command, 'view', ...files], { stdio: ['ignore', 'pipe', 'ignore'] })
  const line = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next()
  return { server, url: new URL('/', line.value).href }
}
const servers = {
  one: await serve(recorded),
  two: await serve(reference, recorded),
  lab: await serve(join(import.meta.dirname, 'lab', 'lab.json')),
}
const found = ['chromium-headless-shell', 'chromium', 'google-chrome']
  .map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim())
  .find((file) => file !== '')
const browser = await chromium.launch({
  executablePath: found,
  args: ['--no-sandbox', '--enable-unsafe-swiftshader', '--use-gl=angle', '--use-angle=swiftshader'],
})
mkdirSync(out, { recursive: true })
const wanted = process.argv.slice(2)
for (const { name, at = '', app, theme, size = WIDE, waitsFor, of = 'one' } of pictures) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const page = await browser.newPage({ viewport: size, colorScheme: theme })
  await page.goto(`${servers[of].url}${at}`)
  if (app !== undefined) {
    await page.getByRole('button', { name: app }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).last().click()
    await page.waitForTimeout(4000)
  }
  if (waitsFor !== undefined) await page.getByText(waitsFor).waitFor({ timeout: 120_000 })
  await page.waitForTimeout(3000)
  await page.screenshot({ path: join(out, `${name}.png`) })
  await page.close()
  process.stdout.write(`docs/view/${name}.png\n`)
}
await browser.close()
for (const { server } of Object.values(servers)) server.kill('SIGINT')
rmSync(folder, { recursive: true })
