import { ExitCode, UserError } from '../../../runs/errors.ts'
import { exportFormat } from '../../../runs/export/formats.ts'
import { viewOf } from '../../../runs/export/timeline-tracks.ts'
import { parseStretch } from '../../../runs/recording/instant.ts'
import { loadRun } from '../../files/recorded-run.ts'
import { namedBy } from '../../../runs/recording/marks.ts'
import type { OpenRun } from '../../../runs/recording/open-run.ts'
import { layOver } from '../../../runs/recording/query/measured.ts'
import { loadMeasured } from '../../files/measured.ts'
import type { Anchor } from '../../../runs/measured/anchor.ts'
import { onRun } from '../../../runs/measured/compare.ts'
import { BOARD_CURRENT, type TimelineView } from '../../../runs/export/timeline-view.ts'
import { writeWhole } from '../../write-whole.ts'
import { printNote } from '../output.ts'

export interface ExportCommandOptions {
  readonly to: string
  readonly in?: string
  readonly out?: string
  readonly track?: string
  readonly pins?: readonly string[]
  readonly measured?: string
  readonly align?: Anchor
  readonly column?: string
}

/** Beyond it a stretch is exported as it is folded: recorded again it would be too large. Ten minutes. */
const LONGEST_AGAIN = 600 * 64_000_000

/** Writes a recorded run, or a stretch of it, for another program. */
export async function exportRun(file: string, options: ExportCommandOptions): Promise<number> {
  const format = exportFormat(options.to)
  const opened = await loadRun(file)
  const { report, timeline } = opened.run
  const end = report.run.cycles
  const { from, to } =
    options.in === undefined ? { from: 0, to: end } : parseStretch(options.in, end, namedBy(opened.run.marks))
  if (options.in !== undefined && format.needs !== 'timeline')
    throw new UserError(`--in is of formats that have a when; ${format.id} is of the whole run.`)
  if (options.measured === undefined && (options.align ?? options.column) !== undefined)
    throw new UserError('--align and --column are of a measurement: give it with --measured FILE.')
  if (options.measured !== undefined && format.needs !== 'timeline')
    throw new UserError(`--measured is of formats that have a when; ${format.id} is of the whole run.`)
  const isShort = to - from <= LONGEST_AGAIN
  const again = format.needs === 'timeline' && isShort ? opened.replay?.stretch(from, to) : undefined
  const whole = again ?? timeline
  if (format.needs === 'timeline' && !again)
    printNote(
      opened.why === ''
        ? `${format.id}: longer than ten minutes, so as it is folded; --in takes a stretch in full`
        : `${format.id}: as it is folded, since the run cannot be made again`,
    )
  const view = viewOf(whole, report.firmware.file, from, to)
  const shown = options.measured === undefined ? view : await withMeasured(opened, view, options)
  const name = options.out ?? `${file.replace(/\.boardless$/, '')}${format.extension}`
  await writeWhole(
    name,
    format.write(
      { timeline: shown, report },
      {
        ...(options.track !== undefined && { level: options.track }),
        ...(options.pins && { pins: options.pins }),
      },
    ),
  )
  printNote(`${name}: ${format.name}, for ${format.opens}`)
  return ExitCode.fine
}

/** The measured current stands behind that of the board, on the same axis. It is found by the whole run. */
async function withMeasured(
  { run, replay }: OpenRun,
  view: TimelineView,
  { measured: file = '', align = { by: 'auto' }, column }: ExportCommandOptions,
): Promise<TimelineView> {
  const measured = await loadMeasured(file, { column })
  const end = run.report.run.cycles
  const isWhole = view.from === 0 && view.to === end
  // What is recorded again begins the timeline of the view anew.
  const tracks = isWhole ? view.tracks : undefined
  const again = replay && end <= LONGEST_AGAIN ? replay.stretch(0, end) : run.timeline
  const whole = viewOf(again, view.title, 0, end)
  const { alignment, how } = layOver(whole, run.marks, measured, align)
  printNote(
    `${file}: it begins ${how}; scale ${alignment.scale.toFixed(7)}, alike by ${alignment.correlation.toFixed(3)}`,
  )
  const shown = tracks ?? viewOf(again, view.title, view.from, view.to).tracks
  const at = shown.findIndex(({ info }) => info.id === BOARD_CURRENT) + 1
  return { ...view, tracks: [...shown.slice(0, at), onRun(measured, alignment), ...shown.slice(at)] }
}
