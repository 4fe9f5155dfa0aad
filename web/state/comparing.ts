import { computed, effect, signal } from '@preact/signals'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { PageApp } from '../../runs/session/page-app.ts'
import { address, goTo, remember } from './address.ts'
import type { OpenRun } from './open-run.ts'
import { current, openApp, openRuns } from './opening.ts'

/** In the rail and in the URL. */
export const COMPARE = 'compare'

/** How far runs here go that are to be compared, where none says how far. */
const SECONDS = 11

const titleOf = (run: OpenRun | undefined): string => run?.facts.value?.title ?? ''
const lastOf = (path: string): string => path.split('/').at(-1) ?? path

const isRun = (run: OpenRun): boolean => run.facts.value?.kind !== 'lab'

/** What the run in front is compared with: the first of the two. As the URL says, or the only other one. */
export const first = computed((): OpenRun | undefined => {
  const others = openRuns.value.filter((run) => run !== current.value && isRun(run))
  const wanted = address.value.values['with']
  const named = others.find((run) => wanted !== undefined && titleOf(run) === lastOf(wanted))
  return named ?? (others.length === 1 ? others[0] : undefined)
})

/** Opened beside another: offered to be compared, until that is done or dismissed. */
export const offered = signal<{ readonly before: OpenRun; readonly after: OpenRun } | undefined>(undefined)

let known: readonly OpenRun[] = []
let inFront: OpenRun | undefined
effect(() => {
  const runs = openRuns.value
  const added = runs.find((run) => !known.includes(run))
  if (added && inFront && runs.includes(inFront) && added !== inFront && !inFront.died.peek()) {
    if (address.peek().view === COMPARE) compareWith(inFront)
    else if (isRun(added) && isRun(inFront)) offered.value = { before: inFront, after: added }
  }
  const { before, after } = offered.peek() ?? {}
  if ((before && !runs.includes(before)) || (after && !runs.includes(after))) offered.value = undefined
  known = runs
})
effect(() => {
  inFront = current.value
})

/** The run in front, as the second of two. */
export function compareWith(run: OpenRun): void {
  offered.value = undefined
  const wanted = address.peek().values['with']
  remember({ with: wanted !== undefined && lastOf(wanted) === titleOf(run) ? wanted : titleOf(run) })
  goTo(COMPARE)
}

/** What was the second is the first. */
export function swap(): void {
  const [a, b] = [first.value, current.value]
  if (!a || !b) return
  const { open, with: other } = address.value.values
  current.value = a
  // Paths of the page's own server stay, so that the address opens the same again.
  const isServed = open !== undefined && other !== undefined && other.includes('/')
  remember(isServed ? { open: other, with: open } : { with: titleOf(b) })
}

/** What is under way for a comparison. */
export const running = signal<{ readonly run: OpenRun; readonly until: number } | undefined>(undefined)

/** Opens an app that ships with the page, lets it run as long as the one in front did, and compares the two. */
export async function compareWithApp(app: PageApp): Promise<void> {
  const before = current.value
  if (!before) return
  const until = await ran(before)
  const run = await openApp(app)
  if (!run) return
  compareWith(before)
  await ranTo(run, until)
}

/** How far it went; lets it go where it has not. */
async function ran(run: OpenRun): Promise<number> {
  const cycles = run.report.value?.run.cycles ?? 0
  if (cycles > 0) return cycles
  const until = SECONDS * CYCLES_PER_SECOND
  await ranTo(run, until)
  return until
}

async function ranTo(run: OpenRun, until: number): Promise<void> {
  running.value = { run, until }
  try {
    await run.link.call.go('fast', until)
    await run.refresh()
  } finally {
    running.value = undefined
  }
}
