import { ExitCode, UserError } from '../../../runs/errors.ts'
import { exportFormat } from '../../../runs/export/formats.ts'
import { viewOf } from '../../../runs/export/timeline-tracks.ts'
import { parseStretch } from '../../../runs/recording/instant.ts'
import { loadRun } from '../../files/recorded-run.ts'
import { writeWhole } from '../../write-whole.ts'
import { printNote } from '../output.ts'

export interface ExportCommandOptions {
  readonly to: string
  readonly in?: string
  readonly out?: string
  readonly track?: string
  readonly pins?: readonly string[]
}

/** Beyond it a stretch is exported as it is folded: recorded again it would be too large. Ten minutes. */
const LONGEST_AGAIN = 600 * 64_000_000

/** Writes a recorded run, or a stretch of it, for another program. */
export async function exportRun(file: string, options: ExportCommandOptions): Promise<number> {
  const format = exportFormat(options.to)
  const opened = await loadRun(file)
  const { report, timeline } = opened.run
  const end = report.run.cycles
  const { from, to } = options.in === undefined ? { from: 0, to: end } : parseStretch(options.in, end)
  if (options.in !== undefined && format.needs !== 'timeline')
    throw new UserError(`--in is of formats that have a when; ${format.id} is of the whole run.`)
  const isShort = to - from <= LONGEST_AGAIN
  const again = format.needs === 'timeline' && isShort ? opened.replay?.stretch(from, to) : undefined
  const whole = again ?? timeline
  if (format.needs === 'timeline' && !again)
    printNote(
      opened.why === ''
        ? `${format.id}: longer than ten minutes, so as it is folded; --in takes a stretch in full`
        : `${format.id}: as it is folded, since the run cannot be made again`,
    )
  const name = options.out ?? `${file.replace(/\.boardless$/, '')}${format.extension}`
  await writeWhole(
    name,
    format.write(
      { timeline: viewOf(whole, report.firmware.file, from, to), report },
      {
        ...(options.track !== undefined && { level: options.track }),
        ...(options.pins && { pins: options.pins }),
      },
    ),
  )
  printNote(`${name}: ${format.name}, for ${format.opens}`)
  return ExitCode.fine
}
