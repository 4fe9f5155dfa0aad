import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { ExitCode } from '../../errors.ts'
import { CompileUnits } from '../../image/debug-units.ts'
import { loadImage } from '../../image/image.ts'
import { linkedVersions } from '../../report/firmware.ts'
import { grouped } from '../../report/format.ts'
import { facts } from '../../report/style.ts'
import { buildApp, factsOf, preprocessOf } from '../../simulation/app.ts'
import type { AppChoices } from '../../simulation/app.ts'
import type { BuildResult } from '../../toolchain/build.ts'
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
  ]
  printReport(`${facts(rows, styleFor(process.stdout))}\n`)
  return ExitCode.fine
}

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
