/** A lab at a real Redis, with workers that are killed. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectedWorkers, type Connected } from '../../src/queue/redis.ts'
import { seededRandom } from '../../src/model/random.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-queue-'))
const WHOLE = ['--quick', '--only', 'baseline']

let server: ChildProcess
let url = ''

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

beforeAll(async () => {
  const built = spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root, encoding: 'utf8' })
  expect(built.stderr + String(built.status)).toMatch(/0$/)
  const port = await freePort()
  url = `redis://127.0.0.1:${port}`
  server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', scratch],
    { stdio: 'ignore' },
  )
  const redis = new Redis(url, { retryStrategy: () => 100, maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  await redis.ping()
  redis.disconnect()
})

const started: ChildProcess[] = []
afterEach(() => {
  for (const one of started.splice(0)) one.kill('SIGKILL')
})
afterAll(() => {
  server.kill('SIGKILL')
  rmSync(scratch, { recursive: true, force: true })
})

const start = (...args: string[]): ChildProcess => {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: scratch,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}
const textOf = (stream: NodeJS.ReadableStream | null): (() => string) => {
  let text = ''
  stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return () => text
}

let workers = 0
/** With a cache of its own, as on another machine. */
const worker = async (): Promise<ChildProcess> => {
  const child = start(
    'worker',
    '--queue',
    url,
    '--jobs',
    '1',
    '--cache',
    join(scratch, `worker-${workers++}`),
  )
  const said = textOf(child.stderr)
  while (!said().includes('waits for work')) await once(child.stderr!, 'data')
  return child
}

const waitFor = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50))
}
const queueOf = async (redis: Redis): Promise<Queue> => {
  const [key = ''] = await redis.keys('boardless:lab-*:meta')
  return new Queue(key.split(':')[1] ?? '', { connection: redis, prefix: 'boardless' })
}

describe('a lab at a queue', () => {
  it('gives what one machine gives, to the byte, though workers are killed', async () => {
    const random = seededRandom(7)
    const here = spawnSync(
      process.execPath,
      [command, 'lab', ...WHOLE, '--cache', join(scratch, 'here'), '--out', 'alone'],
      { cwd: scratch, encoding: 'utf8' },
    )
    expect([here.status, here.stderr.split('\n').filter((line) => line.includes('boardless:'))]).toEqual([
      0,
      [],
    ])

    const lab = start('lab', ...WHOLE, '--queue', url, '--cache', join(scratch, 'there'), '--out', 'shared')
    const ended = once(lab, 'exit')
    const redis = new Redis(url)
    await waitFor(async () => (await redis.keys('boardless:lab-*:meta')).length > 0)
    const queue = await queueOf(redis)
    const pool = [await worker(), await worker()]
    for (let killed = 0; killed < 2; killed++) {
      await waitFor(async () => (await queue.getActiveCount()) > 0 || lab.exitCode !== null)
      await new Promise((resolve) => setTimeout(resolve, 2000 * random()))
      pool.shift()?.kill('SIGKILL')
      pool.push(await worker())
    }
    expect(await ended).toEqual([0, null])
    const report = (folder: string): string => readFileSync(join(scratch, folder, 'lab.json'), 'utf8')
    expect(report('shared')).toBe(report('alone'))
    // Nothing is lost, and nothing is left or counted twice.
    const counts = await queue.getJobCounts('completed', 'active', 'waiting', 'failed', 'delayed')
    const { completed = 0, ...others } = counts
    expect(completed).toBeGreaterThan(3)
    expect(others).toEqual({ active: 0, waiting: 0, failed: 0, delayed: 0 })

    const again = start('lab', ...WHOLE, '--queue', url, '--cache', join(scratch, 'third'), '--out', 'again')
    expect(await once(again, 'exit')).toEqual([0, null])
    expect(report('again')).toBe(report('alone'))
    expect(await queue.getCompletedCount()).toBe(completed)
    await queue.obliterate({ force: true })
    await queue.close()
    redis.disconnect()
  })

  it('knows who is there, and who was killed', async () => {
    const redis = new Redis(url)
    const there = (): Promise<number> => connectedWorkers({ redis, prefix: 'boardless' } as Connected)
    // Those of the test before are killed, which Redis hears of soon.
    await waitFor(async () => (await there()) === 0)
    const one = await worker()
    await waitFor(async () => (await there()) === 1)
    one.kill('SIGKILL')
    await waitFor(async () => (await there()) === 0)
    redis.disconnect()
  })

  it('takes back what nobody has begun when it is interrupted', async () => {
    const lab = start('lab', ...WHOLE, '--seeds', '2', '--queue', url, '--cache', join(scratch, 'fourth'))
    const redis = new Redis(url)
    await waitFor(async () => (await redis.keys('boardless:lab-*:meta')).length > 0)
    const queue = await queueOf(redis)
    await waitFor(async () => (await queue.getWaitingCount()) > 0)
    lab.kill('SIGINT')
    expect(await once(lab, 'exit')).toEqual([130, null])
    expect(await queue.getWaitingCount()).toBe(0)
    await queue.close()
    redis.disconnect()
  })
})

describe('what is wrong with a queue is one line', () => {
  const boardless = (...args: string[]): { status: number | null; stderr: string } =>
    spawnSync(process.execPath, [command, ...args], { cwd: scratch, encoding: 'utf8' })

  it.each([
    ['worker', '--queue', 'localhost'],
    ['worker', '--queue', 'http://localhost:6379'],
    ['lab', ...WHOLE, '--queue', 'redis://'],
  ])('no address: %s %s %s', (...args) => {
    const { status, stderr } = boardless(...args)
    expect([status, stderr.trimEnd().split('\n').length]).toEqual([2, 1])
    expect(stderr).toMatch(/not the address of a Redis; redis:\/\/HOST:PORT/)
  })

  it('threads of this machine, where others measure', () => {
    const { status, stderr } = boardless('lab', ...WHOLE, '--queue', url, '--jobs', '2')
    expect([status, stderr]).toEqual([
      2,
      'boardless: --jobs are threads of this machine: with --queue give it to boardless worker\n',
    ])
  })

  it('nobody there', async () => {
    const nobody = `redis://me:secret@127.0.0.1:${await freePort()}`
    for (const args of [
      ['worker', '--queue', nobody],
      ['lab', ...WHOLE, '--queue', nobody],
    ]) {
      const { status, stderr } = boardless(...args)
      expect([
        status,
        stderr
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('lab:')).length,
      ]).toEqual([4, 1])
      expect(stderr).toMatch(/no Redis can be reached there \(.*ECONNREFUSED/)
      expect(stderr).not.toContain('secret')
    }
  })
})
