import { basename } from 'node:path'
import { coverageOf } from '../../runs/annotate/coverage.ts'
import { UserError } from '../../runs/errors.ts'
import { lcov } from '../../runs/export/lcov.ts'
import { SourceFrames } from '../../runs/image/source-frames.ts'
import { writeOutput } from './output.ts'
import type { RanFirmware } from './run-firmware.ts'
import { sourcesOf } from './sources.ts'

/** Writes which source lines of a run were executed. Files that are found have their paths on this machine. @throws UserError */
export async function writeCoverage(ran: RanFirmware, firmware: string, file: string): Promise<void> {
  const { image, observation } = ran
  const frames = new SourceFrames(image)
  if ((frames.lines?.rows.length ?? 0) === 0)
    throw new UserError(
      `${image.file} has no debug information, so no source lines are known. Compile it with -g.`,
    )
  const executions = new Map<number, number>()
  observation.profile?.forEachExecuted((address, _cycles, count) => executions.set(address, count))
  const sources = sourcesOf(ran, firmware)
  const pieces = lcov(
    coverageOf({
      title: basename(image.file).replace(/\.\w+$/, ''),
      image,
      frames,
      executionsAt: (address) => executions.get(address),
      fileOf: (path) => sources.fileOf(path) ?? path,
    }),
  )
  await writeOutput(file, [...pieces].map(textOf).join(''))
}

const textOf = (piece: string | Uint8Array): string =>
  typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8')
