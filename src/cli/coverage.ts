import { basename } from 'node:path'
import type { CodeProfile } from '../../emulator/probes/functions.ts'
import { coverageOf } from '../../runs/annotate/coverage.ts'
import { UserError } from '../../runs/errors.ts'
import { lcov, type Coverage } from '../../runs/export/lcov.ts'
import { SourceFrames } from '../../runs/image/source-frames.ts'
import { writeOutput } from './output.ts'
import type { RanFirmware } from './run-firmware.ts'
import { sourcesOf } from './sources.ts'

/** Writes which source lines of a run were executed. @throws UserError */
export async function writeCoverage(ran: RanFirmware, firmware: string, file: string): Promise<void> {
  const pieces = lcov(coverageOfRun({ ...ran, profile: ran.observation.profile }, firmware))
  await writeOutput(file, [...pieces].map(textOf).join(''))
}

/** Files that are found have their paths on this machine. @throws UserError for firmware without debug information */
export function coverageOfRun(
  ran: Pick<RanFirmware, 'kind' | 'image'> & { readonly profile: CodeProfile | undefined },
  firmware: string,
): Coverage {
  const { image, profile } = ran
  const frames = new SourceFrames(image)
  if ((frames.lines?.rows.length ?? 0) === 0)
    throw new UserError(
      `${image.file} has no debug information, so no source lines are known. Compile it with -g.`,
    )
  const executions = new Map<number, number>()
  profile?.forEachExecuted((address, _cycles, count) => executions.set(address, count))
  const sources = sourcesOf(ran, firmware)
  return coverageOf({
    title: basename(image.file).replace(/\.\w+$/, ''),
    image,
    frames,
    executionsAt: (address) => executions.get(address),
    fileOf: (path) => sources.fileOf(path) ?? path,
  })
}

const textOf = (piece: string | Uint8Array): string =>
  typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8')
