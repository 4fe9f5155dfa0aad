import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { execa } from 'execa'
import { ExitCode, UserError } from '../../runs/errors.ts'
import { buildDirectory, makeCacheFolder } from '../toolchain/cache/cache.ts'

/** A commit, as it is named where figures are held against it. */
export interface Commit {
  readonly id: string
  /** Day of the commit. */
  readonly date: string
  readonly subject: string
}

export const shortId = ({ id }: Pick<Commit, 'id'>): string => id.slice(0, 9)
export const commitName = (one: Commit): string => `${shortId(one)} of ${one.date}, ${one.subject}`

/** The repository that a folder is in. */
export class Repository {
  private constructor(
    readonly root: string,
    /** Of the folder it was asked for, from its root. */
    readonly below: string,
  ) {}

  /** undefined outside of one, and where there is no git. */
  static async of(folder: string): Promise<Repository | undefined> {
    const root = await git(folder, 'rev-parse', '--show-toplevel').catch(() => undefined)
    if (root === undefined || root === '') return undefined
    const prefix = await git(folder, 'rev-parse', '--show-prefix')
    return new Repository(resolve(root), prefix)
  }

  /** From its root; undefined for what is not in it. */
  pathOf(file: string): string | undefined {
    const path = relative(this.root, file)
    return path.startsWith('..') ? undefined : path.split('\\').join('/')
  }

  /** undefined before the first commit. */
  async head(): Promise<string | undefined> {
    return git(this.root, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}').catch(() => undefined)
  }

  /** Files that differ from the commit that is checked out, new ones too. */
  async modified(): Promise<readonly string[]> {
    const lines = await git(this.root, 'status', '--porcelain').catch(() => '')
    return lines.split('\n').filter((line) => line !== '')
  }

  /** @throws UserError (environment) for what cannot be had */
  async commit(ref: string): Promise<Commit> {
    const id = ref.startsWith('-')
      ? undefined
      : await git(this.root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`).catch(() => undefined)
    if (id === undefined || id === '') {
      const shallow = (await this.isShallow())
        ? ' This clone is shallow: fetch it (git fetch --unshallow; fetch-depth: 0 of actions/checkout).'
        : ' Give a branch, tag or commit that git has here.'
      throw new UserError(
        `${ref}: no such commit in ${this.root}, and nothing takes its place.${shallow}`,
        ExitCode.environment,
      )
    }
    return this.#described(id)
  }

  /** In which a file was last changed; undefined where it was not committed as it is, or that is not known. */
  async lastChange(file: string): Promise<Commit | undefined> {
    const path = this.pathOf(file)
    if (path === undefined || (await git(this.root, 'status', '--porcelain', '--', path)) !== '')
      return undefined
    const id = await git(this.root, 'log', '-1', '--format=%H', '--', path).catch(() => '')
    // What lies before the edge of a shallow clone looks as if it came with the edge.
    if (id === '' || ((await this.isShallow()) && (await this.#isEdge(id)))) return undefined
    return this.#described(id)
  }

  /** The newest first, merges as one. */
  async last(count: number, from = 'HEAD'): Promise<readonly Commit[]> {
    const { id } = await this.commit(from)
    const ids = await git(this.root, 'rev-list', '--first-parent', `--max-count=${count}`, id)
    return Promise.all(ids.split('\n').map(async (one) => this.#described(one)))
  }

  /** Of the content of a commit: the same for two that have the same files. */
  async tree({ id }: Commit): Promise<string> {
    return git(this.root, 'rev-parse', `${id}^{tree}`)
  }

  async isShallow(): Promise<boolean> {
    return (await git(this.root, 'rev-parse', '--is-shallow-repository').catch(() => 'false')) === 'true'
  }

  async #isEdge(id: string): Promise<boolean> {
    return (await git(this.root, 'rev-list', '--max-count=1', '--parents', id)).split(' ').length === 1
  }

  async #described(id: string): Promise<Commit> {
    const [date = '', subject = ''] = (await git(this.root, 'show', '-s', '--format=%cs%n%s', id)).split('\n')
    return { id, date, subject }
  }

  /**
   * The files of a commit in a folder of their own, which is gone afterwards. Two at once do not meet.
   * @throws UserError (environment) where it cannot be checked out
   */
  async inWorktree<T>(commit: Commit, work: (folder: string) => Promise<T>): Promise<T> {
    const parent = join(buildDirectory(), 'worktrees')
    await makeCacheFolder(parent)
    const folder = join(parent, `${shortId(commit)}-${randomBytes(4).toString('hex')}`)
    try {
      await git(this.root, 'worktree', 'add', '--detach', '--quiet', folder, commit.id).catch(
        (error: unknown) => {
          throw new UserError(
            `${shortId(commit)}: git cannot check it out: ${messageOf(error)}.`,
            ExitCode.environment,
            { cause: error },
          )
        },
      )
      if (existsSync(join(folder, '.gitmodules')))
        await git(folder, 'submodule', 'update', '--init', '--recursive', '--quiet').catch(
          (error: unknown) => {
            throw new UserError(
              `${shortId(commit)}: its submodules cannot be had: ${messageOf(error)}.`,
              ExitCode.environment,
              { cause: error },
            )
          },
        )
      return await work(join(folder, this.below))
    } finally {
      await git(this.root, 'worktree', 'remove', '--force', folder).catch(() => undefined)
      await rm(folder, { recursive: true, force: true }).catch(() => undefined)
      await git(this.root, 'worktree', 'prune').catch(() => undefined)
    }
  }
}

/** @throws UserError (environment) outside of a repository, and without git */
export async function repositoryOf(folder: string, what: string): Promise<Repository> {
  const found = await Repository.of(folder)
  if (found) return found
  const hasGit = await execa('git', ['--version']).then(
    () => true,
    () => false,
  )
  throw new UserError(
    hasGit ? `${what}: ${folder} is in no git repository.` : `${what}: git is not installed.`,
    ExitCode.environment,
  )
}

/** Hooks and other processes may have set variables that name another repository. */
const CLEARED = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !CLEARED.includes(name)))
  const { stdout } = await execa('git', [...args], { cwd, env, extendEnv: false, stdin: 'ignore' })
  return stdout
}

const messageOf = (error: unknown): string => {
  const stderr =
    typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : String(error)
  return (stderr.split('\n').find((line) => line.trim() !== '') ?? 'it does not say why')
    .replace(/^(fatal|error): /, '')
    .replace(/\.$/, '')
}
