import { ExitCode, UserError } from '../../../runs/errors.ts'
import type { Timeline } from '../../../emulator/timeline/timeline.ts'
import type { CallTree } from '../../../runs/export/call-tree.ts'
import { exportFormat, type ExportFormat, type ExportSource } from '../../../runs/export/formats.ts'
import type { Coverage } from '../../../runs/export/lcov.ts'
import { viewOf } from '../../../runs/export/timeline-tracks.ts'
import { executedIn, type Weight } from '../../../runs/recording/functions/executed.ts'
import { parseStretch, type Stretch } from '../../../runs/recording/instant.ts'
import { loadRun } from '../../files/recorded-run.ts'
import { namedBy } from '../../../runs/recording/marks.ts'
import { replayOf, type OpenRun } from '../../../runs/recording/open-run.ts'
import type { Replay } from '../../../runs/recording/replay.ts'
import { layOver, LONGEST_AGAIN } from '../../../runs/recording/query/measured.ts'
import { loadMeasured } from '../../files/measured.ts'
import type { Anchor } from '../../../runs/measured/anchor.ts'
import { onRun } from '../../../runs/measured/compare.ts'
import { BOARD_CURRENT, type TimelineView } from '../../../runs/export/timeline-view.ts'
import { writeWhole } from '../../write-whole.ts'
import { coverageOfRun } from '../coverage.ts'
import { printNote } from '../output.ts'
import { showProgress } from '../terminal.ts'

export interface ExportCommandOptions {
  readonly to: string
  readonly in?: string
  readonly out?: string
  readonly track?: string
  readonly pins?: readonly string[]
  readonly measured?: string
  readonly align?: Anchor
  readonly column?: string
  /** What call stacks are weighted by. */
  readonly weight?: Weight
  /** Each call is on the timeline, inlined ones among them. */
  readonly functions?: boolean
}

const LONGEST_WITH_FUNCTIONS = 10 * 64_000_000

/** Writes a recorded run, or a stretch of it, for another program. */
export async function exportRun(file: string, options: ExportCommandOptions): Promise<number> {
  const format = exportFormat(options.to)
  const opened = await loadRun(file)
  const { report } = opened.run
  const end = report.run.cycles
  const { from, to } =
    options.in === undefined ? { from: 0, to: end } : parseStretch(options.in, end, namedBy(opened.run.marks))
  if (options.in !== undefined && !hasWhen(format))
    throw new UserError(`--in is of formats that have a when; ${format.id} is of the whole run.`)
  if (options.measured === undefined && (options.align ?? options.column) !== undefined)
    throw new UserError('--align and --column are of a measurement: give it with --measured FILE.')
  if (options.measured !== undefined && format.needs !== 'timeline')
    throw new UserError(`--measured is of formats that have a when; ${format.id} is of the whole run.`)
  if (options.weight !== undefined && format.needs !== 'calls')
    throw new UserError(`--weight is of speedscope and collapsed; ${format.id} has none.`)
  const source = await sourceFor(format, opened, { from, to }, file, options)
  const name = options.out ?? `${file.replace(/\.boardless$/, '')}${format.extension}`
  await writeWhole(
    name,
    format.write(source, {
      ...(options.track !== undefined && { level: options.track }),
      ...(options.pins && { pins: options.pins }),
    }),
  )
  printNote(`${name}: ${format.name}, for ${format.opens}`)
  return ExitCode.fine
}

const hasWhen = ({ needs }: ExportFormat): boolean => needs === 'timeline' || needs === 'calls'

/** What a format is made of; what the file does not have is run again. @throws UserError */
async function sourceFor(
  format: ExportFormat,
  opened: OpenRun,
  stretch: Stretch,
  file: string,
  options: ExportCommandOptions,
): Promise<ExportSource> {
  const { report } = opened.run
  switch (format.needs) {
    case 'calls':
      return { calls: callsOf(opened, stretch, options.weight ?? 'cycles') }
    case 'coverage':
      return { coverage: coverageIn(opened, file) }
    case 'timeline': {
      const view = viewOf(
        timelineFor(format, opened, stretch, options),
        report.firmware.file,
        stretch.from,
        stretch.to,
      )
      return { timeline: options.measured === undefined ? view : await withMeasured(opened, view, options) }
    }
    case 'statistics':
    case 'report':
      return { report }
  }
}

function timelineFor(
  format: ExportFormat,
  opened: OpenRun,
  { from, to }: Stretch,
  { functions = false }: ExportCommandOptions,
): Timeline {
  const isShort = to - from <= (functions ? LONGEST_WITH_FUNCTIONS : LONGEST_AGAIN)
  if (functions && !isShort)
    throw new UserError(
      `--functions has each call of the stretch, and this one is longer than ten seconds. Give a shorter one: --in 1s+20ms.`,
    )
  if (functions) return replayWithFunctions(opened).stretch(from, to)
  const again = isShort ? opened.replay?.stretch(from, to) : undefined
  if (!again)
    printNote(
      opened.why === ''
        ? `${format.id}: longer than ten minutes, so as it is folded; --in takes a stretch in full`
        : `${format.id}: as it is folded, since the run cannot be made again`,
    )
  return again ?? opened.run.timeline
}

function callsOf(opened: OpenRun, { from, to }: Stretch, weight: Weight): CallTree {
  const running = showProgress('running it again')
  const { firmware } = opened.run.report
  const replay = replayWithFunctions(opened)
  const found = executedIn(replay, from, to, weight, (fraction) => running.update(fraction, ''))
  running.done()
  return {
    title: firmware.file,
    unit: weight === 'charge' ? 'picocoulombs of the board' : 'cycles of 64 MHz',
    frames: found.frames,
    from,
    to,
    // What happened when is told in time: charge is a sum.
    events: weight === 'cycles' ? found.events : undefined,
    weights: found.weights,
  }
}

function replayWithFunctions(opened: OpenRun): Replay {
  if (!opened.withFunctions) throw new UserError(`functions are run again for that, and ${opened.why}.`)
  return opened.withFunctions
}

function coverageIn(opened: OpenRun, file: string): Coverage {
  const replay = replayOf(opened, 'the end of the run')
  replay.goTo(opened.run.report.run.cycles)
  const { profile } = replay.run.machine
  if (!profile)
    throw new UserError(
      `${file}: it was recorded with --no-profile, so that executions by instruction are not known.`,
    )
  return coverageOfRun({ kind: 'file', image: replay.image, profile }, file)
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
