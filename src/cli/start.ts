import { ExitCode } from '../errors.ts'
import { renderComparison } from '../report/compare.ts'
import type { RunReport } from '../report/run-report.ts'
import { serialise, writeWhole } from '../report/write.ts'
import { buildApp, factsOf } from './app.ts'
import type { AppChoices } from './app.ts'
import { checkReachedApp, exitCodeOf } from './outcome.ts'
import { heldOutRecording } from './project.ts'
import { loadRecording } from './recording.ts'
import { simulate } from './simulate.ts'
import { showProgress, styleFor } from './terminal.ts'

export interface StartOptions extends Omit<AppChoices, 'kernels'> {
  readonly recording?: string
  readonly for?: number
  readonly json?: string
}

/** The main job: the gesture app with both kinds of kernels over the held-out recording, compared. */
export async function start(options: StartOptions, signal: AbortSignal): Promise<number> {
  const recording = await loadRecording(options.recording ?? heldOutRecording(), 'stop')
  const variants = ['reference', 'cmsis-nn'] as const
  const reports: RunReport[] = []
  for (const kernels of variants) {
    const building = showProgress(`building with ${kernels} kernels`)
    const built = await buildApp('gesture', { ...options, kernels }, building).finally(() => building.done())
    const running = showProgress(`running ${kernels}`)
    const report = await simulate({
      file: built.elfPath,
      build: factsOf(built),
      recording,
      signal,
      onProgress: (fraction, step) => running.update(fraction, step),
      ...(options.for !== undefined && { seconds: options.for }),
    }).finally(() => running.done())
    const exitCode = exitCodeOf(report, false)
    if (exitCode !== ExitCode.fine) return exitCode
    checkReachedApp(report)
    reports.push(report)
  }
  const [reference, cmsisNn] = reports
  if (!reference || !cmsisNn) return ExitCode.fine
  if (options.json !== undefined) await writeWhole(options.json, serialise(reports))
  process.stdout.write(
    renderComparison(
      { name: variants[0], report: reference },
      { name: variants[1], report: cmsisNn },
      styleFor(process.stdout),
    ),
  )
  return ExitCode.fine
}
