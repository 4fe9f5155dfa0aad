import { signal, untracked } from '@preact/signals'
import type { RunReport } from '../../../runs/report/run-report.ts'
import type { PageApp } from '../../../runs/session/page-app.ts'
import { OpenRun } from '../../state/open-run.ts'
import { fetchedFile, playedTo } from '../../state/opening.ts'

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
    const [firmware, played] = await Promise.all([fetchedFile(app.firmware), playedTo(app)])
    await run.put(firmware, { duration: `${seconds}s`, end: 'loop', ...played })
    const report = await ended(run, (share) => {
      show({ kind: 'running', share })
    })
    show({ kind: 'done', report })
  } catch (cause) {
    show({ kind: 'failed', why: cause instanceof Error ? cause.message : String(cause) })
  } finally {
    run.close()
  }
}

/** Lets it run to its end. @returns the report that it makes of itself then */
function ended(run: OpenRun, onProgress: (share: number) => void): Promise<RunReport> {
  return new Promise((resolve, reject) => {
    let over = false
    const finish = (how: () => void): void => {
      over = true
      how()
    }
    const look = (): void => {
      const { died, live, report } = run
      if (over) return
      if (died.value !== undefined)
        finish(() => {
          reject(new Error(died.value))
        })
      else if (live.value?.ended !== undefined && report.value) {
        const { value } = report
        finish(() => {
          resolve(value)
        })
      } else if (live.value) onProgress(live.value.cycle / Math.max(live.value.limit, 1))
    }
    // Closing the run ends them: nothing else holds these signals.
    run.died.subscribe(() => {
      untracked(look)
    })
    run.live.subscribe(() => {
      untracked(look)
    })
    run.report.subscribe(() => {
      untracked(look)
    })
    run.link.call.go('fast').catch(reject)
  })
}
