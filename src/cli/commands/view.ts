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
  { port = 0, out }: ViewOptions,
  signal: AbortSignal,
): Promise<number> {
  const root = join(projectRoot(), 'dist', 'web')
  if (!existsSync(join(root, 'index.html')))
    throw new UserError('the page is not built. In a checkout: npm run build.', ExitCode.environment)
  if (file !== undefined) await checkFile(file)
  if (out !== undefined) {
    await writePage(root, out, file)
    return ExitCode.fine
  }
  const given = file === undefined ? undefined : `given/${basename(file)}`
  const { url, server } = await serve(
    {
      root,
      find: async (path) =>
        path === given && file !== undefined ? { file } : await appFile(path, () => undefined),
    },
    port,
  )
  const address = given === undefined ? url : `${url}#?open=${encodeURIComponent(given)}`
  printReport(`${address}\n`)
  printNote('on this machine alone; Ctrl+C ends it')
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  server.close()
  server.closeAllConnections()
  return ExitCode.fine
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new UserError(`${file}: no such file. Give firmware, a .boardless file or a report.`)
  if (!found.isFile())
    throw new UserError(`${file}: is no file. Give firmware, a .boardless file or a report.`)
}

/** The page with its apps, as files. */
async function writePage(root: string, out: string, file: string | undefined): Promise<void> {
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
  if (file !== undefined) {
    await mkdir(join(out, 'given'), { recursive: true })
    await copyFile(file, join(out, 'given', basename(file)))
  }
  printNote(
    `${out}: any web server may have it${file === undefined ? '' : `; the run is at #?open=given/${encodeURIComponent(basename(file))}`}`,
  )
}
