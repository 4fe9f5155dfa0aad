/** What code results come from: changed code never finds the results of the old one. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '../../toolchain/paths.ts'

/** Of a training and its variants, and of a run on the board. */
export interface Fingerprints {
  readonly training: string
  readonly board: string
}

const codeRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

const training =
  /^(src\/(model\/|files\/|lab\/make\/(training|given|describe-model)\.)|runs\/(errors|tflite\/|sensor-log\/|bytes\/))/
/** What only shows or arranges results. */
const aside =
  /^(src\/(lab\/((techniques|show|report|engine)\/|(lab-|format|keys|context))|fidelity\/(?!parameters)|cli\/|view\/)|runs\/(session|annotate|export|import)\/)/

export function fingerprints(): Fingerprints {
  const sources = filesBelow(codeRoot, ['emulator', 'runs', 'src'], /(?<!\.test|\.d)\.[jt]s$/)
  const firmware = filesBelow(projectRoot(), ['firmware'], /\.(cc|c|h|S|ld|asm)$/)
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    dependencies: unknown
  }
  const packages = JSON.stringify(dependencies)
  return {
    training: hash(
      sources.filter(({ name }) => training.test(name)),
      packages,
    ),
    board: hash([...sources.filter(({ name }) => !aside.test(name)), ...firmware], packages),
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

function hash(files: readonly Source[], packages: string): string {
  const all = createHash('sha256').update(packages)
  for (const { name, path } of files) all.update(`\n${name}\n`).update(readFileSync(path))
  return all.digest('hex')
}
