import { effect, signal } from '@preact/signals'
import type { RunReport } from '../../../runs/report/run-report.ts'
import type { PageApp } from '../../../runs/session/page-app.ts'
import { OpenRun } from '../../state/open-run.ts'
import { fetchedFile } from '../../state/opening.ts'

/** An app that came with the page, run in a worker of its own to see what it really draws. */
export interface RealRun {
  readonly name: string
  readonly title: string
  readonly state:
    | { readonly kind: 'running'; readonly share: number }
    | { readonly kind: 'done'; readonly report: RunReport }
    | { readonly kind: 'failed'; readonly why: string }
}

export const realRuns = signal<readonly RealRun[]>([])

const put = (run: RealRun): void => {
  const others = realRuns.value.filter(({ name }) => name !== run.name)
  realRuns.value = [...others, run].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** For as long as the run that is priced, so that their starts weigh the same. */
export async function runForReal(app: PageApp, seconds: number): Promise<void> {
  const { name, title } = app
  const show = (state: RealRun['state']): void => {
    put({ name, title, state })
  }
  show({ kind: 'running', share: 0 })
  const run = new OpenRun()
  try {
    const [recording] = app.recordings
    const [firmware, felt, heard] = await Promise.all([
      fetchedFile(app.firmware),
      recording === undefined ? undefined : fetchedFile(recording),
      app.sound === undefined ? undefined : fetchedFile(app.sound),
    ])
    const { bytes } = firmware
    if (!(bytes instanceof Uint8Array)) throw new Error(`${firmware.name}: is not there.`)
    await run.put(
      { name: firmware.name, bytes },
      {
        duration: `${seconds}s`,
        end: 'loop',
        ...(felt && { recording: felt }),
        ...(heard && { sound: heard }),
      },
    )
    await ended(run, (share) => {
      show({ kind: 'running', share })
    })
    show({ kind: 'done', report: await run.link.call.report() })
  } catch (cause) {
    show({ kind: 'failed', why: cause instanceof Error ? cause.message : String(cause) })
  } finally {
    run.close()
  }
}

/** Lets it run to its end. */
function ended(run: OpenRun, onProgress: (share: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = effect(() => {
      const state = run.live.value
      if (run.died.value !== undefined) finish(() => reject(new Error(run.died.value)))
      else if (state?.ended !== undefined && !state.isRunning) finish(resolve)
      else if (state) onProgress(state.cycle / Math.max(state.limit, 1))
    })
    const finish = (how: () => void): void => {
      queueMicrotask(() => {
        stop()
        how()
      })
    }
    run.link.call.go('fast').catch(reject)
  })
}
