import { basename } from 'node:path'
import type { CodeProfile } from '../../../emulator/probes/functions.ts'
import { annotate as annotateFunction } from '../../../runs/annotate/annotate.ts'
import { chooseFunction, withCode } from '../../../runs/annotate/choose-function.ts'
import { instructionCosts } from '../../../runs/annotate/instruction-costs.ts'
import { renderAnnotation } from '../../../runs/annotate/show/render-annotation.ts'
import { UserError } from '../../../runs/errors.ts'
import { loadImage } from '../../files/image.ts'
import { SourceFrames } from '../../../runs/image/source-frames.ts'
import type { FunctionRange } from '../../../runs/image/symbols.ts'
import { TOOL_VERSION } from '../../../runs/version.ts'
import { replayOf } from '../../../runs/recording/open-run.ts'
import { loadRun } from '../../files/recorded-run.ts'
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
  const ran = firmware.endsWith('.boardless')
    ? await recorded(firmware, options)
    : await made(firmware, wanted, options, signal)
  const { image, profile, report } = ran
  const { run } = report
  const frames = new SourceFrames(image)
  const annotation = annotateFunction({
    toolVersion: TOOL_VERSION,
    image,
    frames,
    chosen: wanted === undefined ? withCode(dearest(ran)) : chooseFunction(wanted, image, frames),
    costs: profile ? instructionCosts(profile) : new Map<number, never>(),
    run: { cycles: run.cycles, awakeCycles: run.cycles - run.sleepCycles, stop: run.stop },
    file: basename(image.file),
    textOf: sourcesOf(ran, firmware, options.source).textOf,
  })
  if (options.json !== undefined)
    await writeOutput(options.json, `${JSON.stringify(annotation, undefined, 2)}\n`)
  printReport(renderAnnotation(annotation, styleFor(process.stdout), { all: options.all ?? false }))
  return exitCodeOf(report)
}

/** What an annotation is made of, of a run that is over. */
interface Annotatable extends Pick<RanFirmware, 'kind' | 'image' | 'report'> {
  readonly profile: CodeProfile | undefined
}

async function made(
  firmware: string,
  wanted: string | undefined,
  options: AnnotateOptions,
  signal: AbortSignal,
): Promise<Annotatable> {
  // A name that means nothing is said before anything runs.
  const ran = await runFirmware(firmware, { ...options, profile: true }, signal, async (files) => {
    if (wanted === undefined) return
    const image = await loadImage(files)
    chooseFunction(wanted, image, new SourceFrames(image))
  })
  return { ...ran, profile: ran.observation.profile }
}

const ofAnnotations = new Set(['source', 'all', 'json', 'quiet', 'debug'])

/** @throws UserError for options of a run: this one is over */
async function recorded(file: string, options: AnnotateOptions): Promise<Annotatable> {
  const [other] = Object.keys(options).filter((name) => !ofAnnotations.has(name))
  if (other !== undefined)
    throw new UserError(`${file} is of a run that is over: --${other} would change nothing. Leave it out.`)
  const opened = await loadRun(file)
  const { report } = opened.run
  const replay = replayOf(opened, 'its last stretch')
  replay.goTo(report.run.cycles)
  const { profile } = replay.run.machine
  if (!profile)
    throw new UserError(
      `${file}: it was recorded with --no-profile, so that cycles by instruction are not known.`,
    )
  return { kind: 'file', image: replay.image, report, profile }
}

function dearest({ report, image }: Annotatable): FunctionRange {
  const [first] = report.functions
  const found = first && image.symbols.functionAt(first.address)
  if (!found)
    throw new UserError(`${image.file}: no function of a known name has run. Give an address: 0x1234.`)
  return found
}
