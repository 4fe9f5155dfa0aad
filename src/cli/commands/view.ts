import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, writeFile, stat, copyFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { projectRoot } from '../../toolchain/paths.ts'
import { appFile, appPaths } from '../../view/apps.ts'
import { serve } from '../../view/server.ts'
import { printNote, printReport } from '../output.ts'

export interface ViewOptions {
  readonly port?: number
  readonly out?: string
}

/** Serves the page on this machine until it is interrupted, or writes it for any web server. @throws UserError */
export async function view(
  file: string | undefined,
  other: string | undefined,
  { port = 0, out }: ViewOptions,
  signal: AbortSignal,
): Promise<number> {
  const root = join(projectRoot(), 'dist', 'web')
  if (!existsSync(join(root, 'index.html')))
    throw new UserError('the page is not built. In a checkout: npm run build.', ExitCode.environment)
  const given = givenFiles(file, other)
  for (const one of given) await checkFile(one.file)
  if (out !== undefined) {
    await writePage(root, out, given)
    return ExitCode.fine
  }
  const { url, server } = await serve(
    {
      root,
      find: async (path) => given.find((one) => one.path === path) ?? (await appFile(path, () => undefined)),
    },
    port,
  )
  printReport(`${url}${fragmentOf(given)}\n`)
  printNote('on this machine alone; Ctrl+C ends it')
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  server.close()
  server.closeAllConnections()
  return ExitCode.fine
}

interface Given {
  readonly file: string
  /** Below the page. */
  readonly path: string
}

/** Of two, which may have one name, each has a folder. */
function givenFiles(file: string | undefined, other: string | undefined): readonly Given[] {
  if (file === undefined) return []
  if (other === undefined) return [{ file, path: `given/${basename(file)}` }]
  return [
    { file, path: `given/a/${basename(file)}` },
    { file: other, path: `given/b/${basename(other)}` },
  ]
}

/** What the page opens: of two, the second, beside the first. */
function fragmentOf([first, second]: readonly Given[]): string {
  if (!first) return ''
  const part = ({ path }: Given): string => encodeURIComponent(path)
  return second ? `#compare?open=${part(second)}&with=${part(first)}` : `#?open=${part(first)}`
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new UserError(`${file}: no such file. Give firmware, a .boardless file or a report.`)
  if (!found.isFile())
    throw new UserError(`${file}: is no file. Give firmware, a .boardless file or a report.`)
}

/** The page with its apps, as files. */
async function writePage(root: string, out: string, given: readonly Given[]): Promise<void> {
  const there: readonly string[] = await readdir(out).catch(() => [])
  if (there.length > 0 && !there.includes('index.html'))
    throw new UserError(`--out ${out}: there is something else in it. Give a new folder.`)
  await cp(root, out, { recursive: true, filter: (name) => basename(name) !== '.stamp' })
  for (const path of appPaths) {
    const found = await appFile(path, (_, step) => step !== undefined && printNote(`${path}: ${step}`))
    const to = join(out, path)
    await mkdir(dirname(to), { recursive: true })
    if (found && 'text' in found) await writeFile(to, found.text)
    else if (found) await copyFile(found.file, to)
  }
  for (const { file, path } of given) {
    await mkdir(dirname(join(out, path)), { recursive: true })
    await copyFile(file, join(out, path))
  }
  const where =
    given.length === 0
      ? ''
      : `; ${given.length === 1 ? 'the run is' : 'the runs are'} at ${fragmentOf(given)}`
  printNote(`${out}: any web server may have it${where}`)
}
