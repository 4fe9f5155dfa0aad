import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, writeFile, stat, copyFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { projectRoot } from '../../toolchain/paths.ts'
import { firmwareAsOne, loadImage } from '../../files/image.ts'
import { appFile, appPaths, servedApps } from '../../view/apps.ts'
import { serve, type Found } from '../../view/server.ts'
import { printNote, printReport } from '../output.ts'

export interface ViewOptions {
  readonly port?: number
  readonly out?: string
  /** Of a raw binary. */
  readonly at?: number | undefined
  /** What runs before it. */
  readonly boot?: string | undefined
}

/** Serves the page on this machine until it is interrupted, or writes it for any web server. @throws UserError */
export async function view(
  file: string | undefined,
  other: string | undefined,
  { port = 0, out, at, boot }: ViewOptions,
  signal: AbortSignal,
): Promise<number> {
  const root = join(projectRoot(), 'dist', 'web')
  if (!existsSync(join(root, 'index.html')))
    throw new UserError('the page is not built. In a checkout: npm run build.', ExitCode.environment)
  const given = await givenFiles(file, other, { at, boot })
  if (out !== undefined) {
    await writePage(root, out, given)
    return ExitCode.fine
  }
  const apps = servedApps()
  const find = async (path: string): Promise<Found | undefined> =>
    given.find((one) => one.path === path)?.found ?? apps(path)
  const { url, server } = await serve({ root, find }, port)
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
  /** Below the page. */
  readonly path: string
  readonly found: { readonly file: string } | { readonly bytes: Uint8Array }
}

/** Of two, which may have one name, each has a folder. @throws UserError */
async function givenFiles(
  file: string | undefined,
  other: string | undefined,
  how: Pick<ViewOptions, 'at' | 'boot'>,
): Promise<readonly Given[]> {
  if (file === undefined) return []
  if (other === undefined) return [await givenFile(file, 'given', how)]
  return [await givenFile(file, 'given/a', how), await givenFile(other, 'given/b', how)]
}

/** As it is; with what lies below it, or where it is told to go, as one. */
async function givenFile(
  file: string,
  folder: string,
  { at, boot }: Pick<ViewOptions, 'at' | 'boot'>,
): Promise<Given> {
  await checkFile(file)
  if (at === undefined && boot === undefined) return { path: `${folder}/${basename(file)}`, found: { file } }
  if (boot === 'none') throw new UserError('--boot none is chosen on the page: Begins, Bare.')
  await loadImage({ file, bootFile: boot, at }) // said before a page is opened
  const { file: name, bytes } = await firmwareAsOne({ file, bootFile: boot, at })
  return { path: `${folder}/${name}`, found: { bytes } }
}

/** What the page opens: of two, the second, beside the first. */
function fragmentOf([first, second]: readonly Given[]): string {
  if (!first) return ''
  const part = ({ path }: Given): string => encodeURIComponent(path)
  return second ? `#compare?open=${part(second)}&with=${part(first)}` : `#?open=${part(first)}`
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (!found)
    throw new UserError(`${file}: no such file. Give firmware, a .boardless file, a report or lab.json.`)
  if (!found.isFile())
    throw new UserError(`${file}: is no file. Give firmware, a .boardless file, a report or lab.json.`)
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
    else if (found) await copyOf(found, to)
  }
  for (const { found, path } of given) {
    await mkdir(dirname(join(out, path)), { recursive: true })
    await copyOf(found, join(out, path))
  }
  const where =
    given.length === 0
      ? ''
      : `; ${given.length === 1 ? 'the run is' : 'the runs are'} at ${fragmentOf(given)}`
  printNote(`${out}: any web server may have it${where}`)
}

const copyOf = (found: Given['found'], to: string): Promise<void> =>
  'bytes' in found ? writeFile(to, found.bytes) : copyFile(found.file, to)
