import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-view-'))
afterAll(() => rmSync(folder, { recursive: true }))

const view = (...args: readonly string[]) =>
  spawnSync(process.execPath, [command, 'view', ...args], { cwd: folder, encoding: 'utf8' })

describe('view', () => {
  let server: ChildProcess
  let url = ''

  beforeAll(async () => {
    writeFileSync(join(folder, 'a report.json'), '{"schemaVersion": 4}')
    const started = spawn(process.execPath, [command, 'view', 'a report.json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    server = started
    const line = (await createInterface({ input: started.stdout })[Symbol.asyncIterator]().next()) as {
      value: string
    }
    url = line.value
  })
  afterAll(() => {
    server.kill('SIGKILL')
  })

  const get = (path: string, { host, method = 'GET' }: { host?: string; method?: string } = {}) =>
    new Promise<{ status: number; type: string; body: string; policy: string }>((resolve, reject) => {
      const { hostname, port, host: own } = new URL(url)
      const asked = request({ hostname, port, path, method, headers: { host: host ?? own } }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            body: Buffer.concat(parts).toString(),
            policy: String(response.headers['content-security-policy']),
          })
        })
      })
      asked.on('error', reject)
      asked.end()
    })

  it('prints where it is, on this machine alone, and what is opened there', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\?open=given%2Fa%20report\.json$/)
  })

  it('serves the page, its apps and the file that was named', async () => {
    const page = await get('/')
    expect(page).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' })
    expect(page.policy).toContain("default-src 'none'")
    const apps = JSON.parse((await get('/apps/apps.json')).body) as readonly { readonly name: string }[]
    expect(apps.map(({ name }) => name)).toContain('gesture')
    expect((await get('/given/a%20report.json')).body).toBe('{"schemaVersion": 4}')
    expect((await get('/', { method: 'HEAD' })).body).toBe('')
  })

  it.each([
    ['another file', '/given/other.json', {}, 404],
    ['what is above its folder', '/../package.json', {}, 404],
    ['what is above it, written otherwise', '/%2e%2e%2fpackage.json', {}, 400],
    ['what is above it, with backslashes', '/..%5cpackage.json', {}, 400],
    ['a folder', '/assets', {}, 404],
    ['a path that is none', '/%ff', {}, 400],
    ['a NUL', '/a%00b', {}, 400],
    ['a page of another name', '/', { host: 'evil.example' }, 403],
    ['something to be written', '/', { method: 'POST' }, 405],
  ] as const)('does not serve %s', async (_, path, options, status) => {
    expect((await get(path, options)).status).toBe(status)
  })

  it('ends when it is interrupted, with 0', async () => {
    const once = spawn(process.execPath, [command, 'view'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await createInterface({ input: once.stdout })[Symbol.asyncIterator]().next()
    once.kill('SIGINT')
    const code = await new Promise((resolve) => once.once('exit', resolve))
    expect(code).toBe(0)
  })
})

describe('view, of what it cannot', () => {
  it.each([
    [['missing.elf'], 'missing.elf: no such file. Give firmware, a .boardless file, a report or lab.json.'],
    [['.'], '.: is no file. Give firmware, a .boardless file, a report or lab.json.'],
    [['--port', 'x'], '--port'],
    [['--port', '70000'], '--port'],
  ])('%j is one line, exit code 2', (args, message) => {
    const { status, stderr, stdout } = view(...args)
    expect(stderr).toContain(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })

  it('a port that is taken is one line, exit code 2', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const child = spawn(process.execPath, [command, 'view', '--port', String(port)], { cwd: folder })
    let said = ''
    child.stderr.on('data', (part: Buffer) => (said += part.toString()))
    const status = await new Promise((resolve) => child.once('exit', resolve))
    other.close()
    expect(said).toBe(`boardless: --port ${port}: it is taken, or not for you. Give another, or none.\n`)
    expect(status).toBe(2)
  })

  it('does not write into a folder with something else in it', () => {
    writeFileSync(join(folder, 'mine.txt'), 'mine')
    const { status, stderr } = view('--out', '.')
    expect(stderr).toBe('boardless: --out .: there is something else in it. Give a new folder.\n')
    expect(status).toBe(2)
  })
})

describe('view --out', () => {
  it('writes the page with its apps, for any web server', () => {
    writeFileSync(join(folder, 'r.json'), '{}')
    const { status, stderr } = view('r.json', '--out', 'site')
    expect({ status, stderr }).toMatchObject({ status: 0 })
    for (const file of [
      'index.html',
      'service-worker.js',
      'apps/apps.json',
      'apps/gesture.elf',
      'given/r.json',
    ])
      expect(existsSync(join(folder, 'site', file)), file).toBe(true)
    expect(existsSync(join(folder, 'site', '.stamp'))).toBe(false)
    expect(readFileSync(join(folder, 'site', 'given', 'r.json'), 'utf8')).toBe('{}')
  })
})
