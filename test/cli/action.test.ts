import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..', '..')
const scratch = mkdtempSync(join(tmpdir(), 'boardless-action-'))
const project = join(scratch, 'project')
const folder = join(scratch, 'temp', 'boardless')
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
beforeAll(() => {
  execFileSync(process.execPath, ['setup.mjs', 'build'], { cwd: root, stdio: 'pipe' })
  cpSync(join(root, 'examples', 'cmake'), project, { recursive: true })
  mkdirSync(join(scratch, 'temp'))
})

interface Action {
  readonly runs: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }
}

const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action

/** The step of action.yml that checks, as GitHub runs it. */
function check(args = ''): { status: number | null; stdout: string; summary: string } {
  const script = action.runs.steps.find(({ name }) => name === 'check')?.run ?? 'false'
  const summary = join(scratch, 'summary.md')
  writeFileSync(summary, '')
  const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: project,
    encoding: 'utf8',
    env: {
      ...process.env,
      GITHUB_ACTION_PATH: root,
      RUNNER_TEMP: join(scratch, 'temp'),
      GITHUB_STEP_SUMMARY: summary,
      ARGUMENTS: args,
    },
  })
  return { status, stdout, summary: readFileSync(summary, 'utf8') }
}

/** As much of GitHub as a comment needs. */
const github = {
  comments: [] as { id: number; body: string; user: { type: string } }[],
  asked: [] as string[],
  head: 'abc',
}
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    const { method = '', url = '' } = request
    github.asked.push(`${method} ${url.replace(/^\/repos\/o\/r\//, '')}`)
    const given = body === '' ? undefined : (JSON.parse(body) as { body: string })
    const answer = (value: unknown): void => void response.end(JSON.stringify(value))
    if (method === 'GET' && url.includes('/pulls?')) {
      answer([{ number: 7, head: { sha: github.head } }])
      return
    }
    if (method === 'GET') {
      answer(github.comments)
      return
    }
    if (method === 'POST' && given) github.comments.push({ id: 1, body: given.body, user: { type: 'Bot' } })
    if (method === 'PATCH' && given && github.comments[0]) github.comments[0].body = given.body
    answer({})
  })
})
beforeAll(async () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())
beforeEach(() => Object.assign(github, { comments: [], asked: [], head: 'abc' }))

const comment = async (): Promise<string> => {
  const event = join(scratch, 'event.json')
  const head = { head_repository: { owner: { login: 'someone' } }, head_branch: 'a&b', head_sha: 'abc' }
  writeFileSync(event, JSON.stringify({ workflow_run: head }))
  const env = {
    ...process.env,
    GITHUB_TOKEN: 'secret',
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_EVENT_PATH: event,
  }
  const script = join(root, '.github', 'actions', 'comment', 'comment.mjs')
  return new Promise((resolve) =>
    execFile(process.execPath, [script, folder], { env }, (error, stdout, stderr) =>
      resolve(`${stdout}${stderr}${error ? String(error.code) : ''}`),
    ),
  )
}

it('checks, annotates and summarises, and keeps what a comment is made of; without news there is none', async () => {
  const { status, summary } = check()
  expect(status).toBe(0)
  expect(summary).toContain('measure crc32')
  expect(await comment()).toBe('nothing moved: no comment\n')
  expect(github.comments).toEqual([])
})

it('fails with the budget, and comments once, which is edited from then on', async () => {
  const config = join(project, 'boardless.config.ts')
  const text = readFileSync(config, 'utf8')
  writeFileSync(config, text.replace("'1.2 ms'", "'0.1 ms'"))
  const { status, stdout } = check()
  expect([status, stdout]).toEqual([1, expect.stringMatching(/^::error .*measure crc32/m)])
  writeFileSync(join(folder, 'comment.md'), `${readFileSync(join(folder, 'comment.md'), 'utf8')}\n@everyone`)
  expect(await comment()).toBe('')
  expect(github.comments).toHaveLength(1)
  expect(github.comments[0]?.body).toMatch(/^<!-- boardless check -->\n[^]*measure crc32[^]*&#64;everyone$/)
  writeFileSync(config, text)
  check()
  expect(await comment()).toBe('')
  expect(github.comments).toHaveLength(1)
  expect(github.comments[0]?.body).not.toContain('everyone')
  expect(github.asked).toContain('GET pulls?state=open&head=someone%3Aa%26b')
})

it('says nothing at a pull request that has moved on, and edits nobody else’s comment', async () => {
  github.head = 'def'
  expect(await comment()).toBe('the pull request has moved on, or is closed: no comment\n')
  github.head = 'abc'
  github.comments.push({ id: 3, body: '<!-- boardless check -->\nmine', user: { type: 'User' } })
  expect(await comment()).toBe('nothing moved: no comment\n')
})

it('says what GitHub says, and what is missing', async () => {
  rmSync(join(folder, 'check.json'))
  expect(await comment()).toMatch(/^boardless comment: ENOENT.*check\.json.*\n1$/)
})

it('hands its arguments over one by one', () => {
  expect(check('--only flash')).toMatchObject({ status: 0 })
  expect(check('--nonsense; touch /tmp/no')).toMatchObject({ status: 2 })
})

it('has workflows that GitHub can read, which use what there is', () => {
  const uses = ['boardless.yml', 'boardless-comment.yml'].flatMap((name) => {
    const workflow = parse(readFileSync(join(project, '.github', 'workflows', name), 'utf8')) as {
      readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly uses?: string }[] }>>
    }
    return Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []))
  })
  const own = uses.filter((one) => one.startsWith('OWNER/boardless'))
  expect(own).toEqual(['OWNER/boardless@COMMIT', 'OWNER/boardless/.github/actions/comment@COMMIT'])
  expect(() => readFileSync(join(root, '.github', 'actions', 'comment', 'action.yml'))).not.toThrow()
})
