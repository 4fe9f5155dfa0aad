import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { buildDirectory } from '../toolchain/cache/cache.ts'
import { findCompiler } from '../toolchain/compile/compiler.ts'
import { link } from '../toolchain/compile/link.ts'
import { compileAll } from '../toolchain/compile/objects.ts'
import { commonFlags, type BuildOptions, type BuildSettings } from '../toolchain/options.ts'
import { projectRoot, type Progress } from '../toolchain/paths.ts'
import { ownFlags, sha256, type Unit } from '../toolchain/compile/units.ts'

export interface MicrobenchBuild {
  readonly elfPath: string
  readonly hexPath: string
  readonly compiler: string
}

/** Of the firmware, what the microbenchmarks may need: no TFLM, so nothing is fetched. */
const runtime = /^(core|drivers)\/\w+\.cc$|^runtime\/(console|libc|marker)\.cc$/
const first = ['core/startup.cc', 'microbench/main.cc', 'microbench/microbench.S']

const options: BuildOptions = {
  app: 'microbench',
  kernels: 'reference',
  resolver: 'mutable',
  optimise: '-O2',
  console: 'uarte',
}

/** Builds `firmware/microbench`, or finds it built already. @throws UserError */
export async function buildMicrobench(
  progress: Progress = () => undefined,
  settings: BuildSettings = {},
): Promise<MicrobenchBuild> {
  const environment = settings.environment ?? process.env
  const directory = settings.directory ?? buildDirectory(environment)
  const compiler = await findCompiler(environment)
  const root = { directory: join(projectRoot(), 'firmware'), name: 'firmware' }
  const identity = await hashOf(root.directory, shared)
  const kernels = await hashOf(root.directory, tables)
  const flags = [`-DMICROBENCH_KERNELS=0x${kernels.slice(0, 8)}u`]
  const unit = (path: string): Unit => ({
    root,
    path,
    flags: [...ownFlags(path), ...(path === 'microbench/main.cc' ? flags : [])],
    includes: [root],
    identity,
  })
  const store = { compiler, directory: join(directory, 'objects'), environment }
  const archived = (await filesOf(root.directory, runtime)).filter((path) => !first.includes(path))
  const units = [...first, ...archived].map(unit)
  const files = await compileAll(store, units, commonFlags(options), (done, of, path) =>
    progress(`compiling ${path} (${done} of ${of})`, (0.8 * done) / of),
  )
  progress('linking', 0.9)
  const objects = { first: files.slice(0, first.length), firmware: files.slice(first.length), libraries: [] }
  const { folder } = await link(store, options, directory, objects, [])
  return {
    elfPath: join(folder, 'firmware.elf'),
    hexPath: join(folder, 'firmware.hex'),
    compiler: compiler.name,
  }
}

/** Everything that the microbenchmarks may include. */
const shared = /^(microbench|core|drivers|runtime|nrf52840|boards)\/.*\.(asm|S|cc|h)$/
/** What makes a kernel the same kernel. */
const tables = /^microbench\/.*\.(asm|S)$/

async function hashOf(directory: string, which: RegExp): Promise<string> {
  const hashes: string[] = []
  for (const file of await filesOf(directory, which))
    hashes.push(`${file} ${sha256(await readFile(join(directory, file)))}`)
  return sha256(...hashes)
}

/** Paths below a folder, in a fixed order. */
async function filesOf(directory: string, which: RegExp): Promise<readonly string[]> {
  return (await readdir(directory, { recursive: true }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => which.test(file))
    .sort()
}
