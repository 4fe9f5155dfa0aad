import { basename } from 'node:path'
import { annotate as annotateFunction } from '../../annotate/annotate.ts'
import { chooseFunction } from '../../annotate/choose-function.ts'
import { instructionCosts } from '../../annotate/instruction-costs.ts'
import { renderAnnotation } from '../../annotate/show/render-annotation.ts'
import { UserError } from '../../errors.ts'
import { loadImage } from '../../image/image.ts'
import { SourceFrames } from '../../image/source-frames.ts'
import type { FunctionRange } from '../../image/symbols.ts'
import { toolVersion } from '../../project.ts'
import { exitCodeOf } from '../outcome.ts'
import { printReport, writeOutput } from '../output.ts'
import { runFirmware, type RanFirmware, type RunFirmwareOptions } from '../run-firmware.ts'
import { sourcesOf } from '../sources.ts'
import { styleFor } from '../terminal.ts'

export interface AnnotateOptions extends Omit<RunFirmwareOptions, 'profile'> {
  readonly source?: readonly string[]
  readonly all?: boolean
  readonly json?: string
}

/** Runs firmware, and shows where the cycles of one of its functions went. */
export async function annotate(
  firmware: string,
  wanted: string | undefined,
  options: AnnotateOptions,
  signal: AbortSignal,
): Promise<number> {
  // A name that means nothing is said before anything runs.
  const ran = await runFirmware(firmware, { ...options, profile: true }, signal, async (file) => {
    if (wanted !== undefined) chooseFunction(wanted, await loadImage(file))
  })
  const { image, observation, report } = ran
  const costs = observation.profile ? instructionCosts(observation.profile) : new Map<number, never>()
  const { run } = observation
  const annotation = annotateFunction({
    toolVersion: toolVersion(),
    image,
    frames: new SourceFrames(image),
    range: wanted === undefined ? dearest(ran) : chooseFunction(wanted, image),
    costs,
    run: { cycles: run.cycles, awakeCycles: run.cycles - run.sleepCycles, stop: run.stop },
    file: basename(image.file),
    textOf: sourcesOf(ran, firmware, options.source).textOf,
  })
  if (options.json !== undefined)
    await writeOutput(options.json, `${JSON.stringify(annotation, undefined, 2)}\n`)
  printReport(renderAnnotation(annotation, styleFor(process.stdout), { all: options.all ?? false }))
  return exitCodeOf(report)
}

function dearest({ report, image }: RanFirmware): FunctionRange {
  const [first] = report.functions
  const found = first && image.symbols.functionAt(first.address)
  if (!found)
    throw new UserError(`${image.file}: no function of a known name has run. Give an address: 0x1234.`)
  return found
}
