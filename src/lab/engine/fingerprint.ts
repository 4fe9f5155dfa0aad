/** What code results come from: changed code never finds the results of the old one. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { built, type SourceDigests } from '../../built.ts'
import { projectRoot } from '../../toolchain/paths.ts'

/** Of a training and its variants, and of a run on the board, whose firmware is built from sources here. */
export type Fingerprints = Omit<SourceDigests, 'all'>

const codeRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

const training =
  /^(src\/(model\/|files\/|lab\/make\/(training|given|describe-model)\.)|runs\/(errors|tflite\/|sensor-log\/|bytes\/))/
/** What only shows or arranges results. */
const aside =
  /^(src\/(lab\/((techniques|show|report|engine)\/|(lab-|format|keys|context))|fidelity\/(?!parameters)|cli\/|view\/|budget\/|queue\/)|runs\/(session|annotate|export|import|budget)\/)/

export function fingerprints(): Fingerprints {
  const { training, board } = built?.sources ?? sourceDigests()
  const firmware = filesBelow(projectRoot(), ['firmware'], /\.(cc|c|h|S|ld|asm)$/)
  return { training, board: hash(firmware, board) }
}

/** Of the code as it stands here, in sources or compiled. */
export function sourceDigests(): SourceDigests {
  const sources = filesBelow(codeRoot, ['emulator', 'runs', 'src'], /(?<!\.test|\.d)\.[jt]s$/)
  const { devDependencies } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    devDependencies: unknown
  }
  const packages = JSON.stringify(devDependencies)
  return {
    training: hash(
      sources.filter(({ name }) => training.test(name)),
      packages,
    ),
    board: hash(
      sources.filter(({ name }) => !aside.test(name)),
      packages,
    ),
    all: hash(sources, packages),
  }
}

interface Source {
  readonly name: string
  readonly path: string
}

function filesBelow(root: string, folders: readonly string[], wanted: RegExp): Source[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && wanted.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    .map((path) => ({ path, name: relative(root, path).split(sep).join('/') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function hash(files: readonly Source[], first: string): string {
  const all = createHash('sha256').update(first)
  for (const { name, path } of files) all.update(`\n${name}\n`).update(readFileSync(path))
  return all.digest('hex')
}
