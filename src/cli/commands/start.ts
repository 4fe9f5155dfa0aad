import { ExitCode } from '../../../runs/errors.ts'
import { heldOutRecording } from '../../project.ts'
import { compareRuns } from '../../../runs/compare/compare.ts'
import { renderComparison } from '../../../runs/compare/show/text.ts'
import { serialise } from '../../../runs/report/serialise.ts'
import { buildApp, factsOf, withArenaAdvice } from '../../running/app.ts'
import type { AppChoices } from '../../running/app.ts'
import { loadRecording } from '../../files/recording.ts'
import { runElsewhere } from '../../running/run-threads.ts'
import type { ColumnChoice } from '../../../runs/sensor-log/choices.ts'
import type { BuildResult } from '../../toolchain/build.ts'
import { checkReachedApp, exitCodeOf } from '../outcome.ts'
import { printReport, writeOutput } from '../output.ts'
import { showProgress, styleFor } from '../terminal.ts'

export interface StartOptions extends Omit<AppChoices, 'kernels'> {
  readonly recording?: string
  readonly columns?: readonly ColumnChoice[]
  readonly rate?: number
  readonly for?: number
  readonly json?: string
}

const variants = ['reference', 'cmsis-nn'] as const

/** The main job: the gesture app with both kinds of kernels over the held-out recording, compared. */
export async function start(options: StartOptions, signal: AbortSignal): Promise<number> {
  const recordingFile = options.recording ?? heldOutRecording()
  await loadRecording(recordingFile, { atEnd: 'stop', ...logOf(options) }) // says what is wrong with it before anything is built
  const built = await buildBoth(options)
  const running = showProgress('running')
  const done = variants.map(() => 0)
  const reports = await Promise.all(
    built.map((firmware, i) =>
      runElsewhere(
        {
          app: 'gesture',
          options: {
            recording: recordingFile,
            ...(options.columns && { columns: options.columns }),
            ...(options.rate !== undefined && { rate: options.rate }),
            profile: true,
            ...(options.for !== undefined && { for: options.for }),
          },
          target: { file: firmware.elfPath, build: factsOf(firmware, options) },
        },
        {
          signal,
          onProgress: (fraction, step) => {
            done[i] = fraction
            running.update(done.reduce((a, b) => a + b) / done.length, `both kinds of kernels, ${step}`)
          },
        },
      ),
    ),
  ).finally(() => running.done())

  for (const [index, ran] of reports.entries()) {
    const report = await withArenaAdvice(
      ran,
      'gesture',
      { ...options, kernels: variants[index] ?? 'cmsis-nn' },
      () => undefined,
    )
    const exitCode = exitCodeOf(report)
    if (exitCode !== ExitCode.fine) return exitCode
    checkReachedApp(report)
  }
  const [reference, cmsisNn] = reports
  if (!reference || !cmsisNn) return ExitCode.fine
  if (options.json !== undefined) await writeOutput(options.json, serialise(reports))
  printReport(
    renderComparison(
      compareRuns(
        { name: variants[0], report: reference, noDetails: '' },
        { name: variants[1], report: cmsisNn, noDetails: '' },
      ),
      styleFor(process.stdout),
    ),
  )
  return ExitCode.fine
}

async function buildBoth(options: StartOptions): Promise<readonly BuildResult[]> {
  const building = showProgress('building')
  const built: BuildResult[] = []
  try {
    for (const [i, kernels] of variants.entries()) {
      const update = (fraction: number, step = ''): void =>
        building.update((i + fraction) / variants.length, `${kernels} kernels: ${step}`)
      built.push(await buildApp('gesture', { ...options, kernels }, update))
    }
  } finally {
    building.done()
  }
  return built
}

const logOf = ({ columns, rate }: StartOptions): { columns?: readonly ColumnChoice[]; rateHz?: number } => ({
  ...(columns && { columns }),
  ...(rate !== undefined && { rateHz: rate }),
})
