import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { CompileUnits } from '../../../runs/image/debug-units.ts'
import { loadImage } from '../../files/image.ts'
import { linkedVersions } from '../../../runs/report/parts/firmware.ts'
import { grouped } from '../../../runs/report/show/format.ts'
import { facts } from '../../../runs/report/show/style.ts'
import { boardNamed } from '../../../runs/power-choices.ts'
import { arenaNeeded, buildApp, factsOf, preprocessOf } from '../../running/app.ts'
import type { AppChoices } from '../../running/app.ts'
import { measureArena } from '../../running/arena.ts'
import type { BuildResult } from '../../toolchain/build.ts'
import { arenaBytesOf } from '../../toolchain/options.ts'
import { writeFolder } from '../../write-whole.ts'
import { printReport, writeOutput } from '../output.ts'
import { showProgress, shownPath, styleFor } from '../terminal.ts'

export interface BuildCommandOptions extends AppChoices {
  readonly json?: string
  /** A folder for the firmware; without it what is said is where it lies in the cache. */
  readonly out?: string
}

/** Builds an app and says where its firmware is and how much memory it takes. */
export async function build(app: string, options: BuildCommandOptions): Promise<number> {
  const progress = showProgress(`building ${basename(app)}`)
  const built = await buildApp(app, options, (fraction, step) => progress.update(fraction, step)).finally(
    () => progress.done(),
  )
  const need = await needOf(app, options, built)
  const { elfPath, hexPath, mapPath } = options.out === undefined ? built : await copyTo(options.out, built)
  const image = await loadImage(elfPath)
  const { sections } = image
  const { tflmVersion, cmsisNnVersion } = linkedVersions(image, new CompileUnits(image), factsOf(built))
  const flashBytes = sections.reduce((sum, section) => sum + section.flashBytes, 0)
  const staticRamBytes = sections.reduce((sum, section) => sum + section.ramBytes, 0)
  if (options.json !== undefined) {
    const { compiler, modelPath, modelSha256 } = built
    const summary = {
      schemaVersion: 1,
      kind: 'build',
      elfPath: shownPath(elfPath),
      hexPath: shownPath(hexPath),
      mapPath: shownPath(mapPath),
      compiler,
      versions: { tflm: tflmVersion, cmsisNn: cmsisNnVersion, cmsisDsp: built.versions.cmsisDsp },
      ...(modelPath !== undefined && { modelPath: shownPath(modelPath) }),
      modelSha256,
      flashBytes,
      staticRamBytes,
      arena: need ?? null,
    }
    await writeOutput(options.json, `${JSON.stringify(summary, undefined, 2)}\n`)
  }
  const { kernels, resolver } = built.options
  const rows: readonly (readonly [string, string])[] = [
    ['firmware', shownPath(elfPath)],
    ['', shownPath(hexPath)],
    ['built with', `${built.compiler.name}\n${built.compiler.flags.join(' ')}`],
    [
      'libraries',
      [
        tflmVersion === 'none' ? 'no TFLM' : `TFLM ${tflmVersion}`,
        `kernels ${kernels}`,
        `resolver ${resolver}`,
        preprocessOf(built.options),
      ]
        .filter((part) => part !== '')
        .join(', '),
    ],
    ...(built.modelPath === undefined ? [] : [['model', shownPath(built.modelPath)] as const]),
    ['flash', `${grouped(flashBytes)} B`],
    ['static RAM', `${grouped(staticRamBytes)} B`],
    ...(need === undefined ? [] : [['arena', arenaLine(need, options.arena === 'auto')] as const]),
  ]
  printReport(`${facts(rows, styleFor(process.stdout))}\n`)
  return ExitCode.fine
}

interface Arena {
  readonly bytes: number
  /** The least with which AllocateTensors succeeds; null where it cannot be measured. */
  readonly neededBytes: number | null
}

/** @throws UserError for an arena that is too small */
async function needOf(app: string, options: AppChoices, built: BuildResult): Promise<Arena | undefined> {
  if (built.modelPath === undefined) return undefined
  const measuring = showProgress('measuring the arena')
  try {
    const need = await measureArena(built.elfPath, boardNamed(options.board ?? 'nano33ble'))
    if (need.kind === 'measured') return { bytes: need.given, neededBytes: need.bytes }
    if (need.kind === 'unknown') return { bytes: arenaBytesOf(built.options), neededBytes: null }
    const bytes = await arenaNeeded(app, options, (fraction, step) => measuring.update(fraction, step))
    throw new UserError(
      `${shownPath(built.modelPath)}: an arena of ${need.given} bytes is too small; ${bytes} would do: --arena ${bytes}, or --arena auto`,
    )
  } finally {
    measuring.done()
  }
}

const arenaLine = ({ bytes, neededBytes }: Arena, isSmallest: boolean): string =>
  neededBytes === null
    ? `${grouped(bytes)} B; what it needs cannot be measured: it does not allocate as runtime/inference.h does`
    : isSmallest
      ? `${grouped(bytes)} B, the smallest with which its tensors can be allocated, by trying`
      : `${grouped(bytes)} B, of which ${grouped(neededBytes)} B would do, by trying (--arena auto)`

type Paths = Pick<BuildResult, 'elfPath' | 'hexPath' | 'mapPath'>

/** All that lies beside the firmware in the cache. */
async function copyTo(out: string, { elfPath, hexPath, mapPath }: Paths): Promise<Paths> {
  const from = dirname(elfPath)
  const found = await readdir(from, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = await Promise.all(
    files.map(async (file) => [relative(from, file), await readFile(file)] as const),
  )
  await writeFolder(out, Object.fromEntries(contents))
  const there = (file: string): string => join(out, relative(from, file))
  return { elfPath: there(elfPath), hexPath: there(hexPath), mapPath: there(mapPath) }
}
