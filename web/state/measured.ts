import { signal, type Signal } from '@preact/signals'
import type { MeasuredFacts } from '../../runs/session/timeline/protocol.ts'
import { failure } from './opening.ts'
import type { OpenRun } from './open-run.ts'

/** A measurement that lies over a run; it stays while other views are looked at. */
export interface Measured {
  readonly facts: Signal<MeasuredFacts | undefined>
  /** Being read, or laid: it says what it is called. */
  readonly busy: Signal<string | undefined>
  /** Why it could not be laid in the way that was chosen last, in one line. */
  readonly refused: Signal<string>
}

const all = new WeakMap<OpenRun, Measured>()

export function measuredOf(run: OpenRun): Measured {
  let found = all.get(run)
  if (!found) {
    found = { facts: signal(undefined), busy: signal(undefined), refused: signal('') }
    all.set(run, found)
  }
  return found
}

/** What a run that has a timeline may be laid under. A CSV of a run that is being set up is a recording of sensors. */
export function isMeasurement(run: OpenRun, { name }: File, view: string): boolean {
  const facts = run.facts.value
  if (!facts || facts.kind === 'report' || facts.kind === 'lab' || facts.to <= facts.from) return false
  if (/\.ppk2$/i.test(name)) return true
  return /\.(csv|tsv|txt)$/i.test(name) && (facts.kind === 'recorded' || view === 'timeline')
}

/** Lays it where both are most alike; where that is nowhere, at the beginning. @returns whether it lies there */
export async function layMeasured(run: OpenRun, file: File): Promise<boolean> {
  const { facts, busy, refused } = measuredOf(run)
  const lay = (align: string): Promise<MeasuredFacts> => run.link.call.layMeasured(file.name, file, align)
  failure.value = undefined
  busy.value = file.name
  refused.value = ''
  try {
    facts.value = await lay('auto').catch(async (cause: unknown) => {
      if (!isNowhereAlike(cause)) throw cause
      refused.value = `${cause.message} It lies at the beginning of the run.`
      return lay('start')
    })
    return true
  } catch (cause) {
    failure.value = { message: cause instanceof Error ? cause.message : String(cause) }
    return false
  } finally {
    busy.value = undefined
  }
}

const isNowhereAlike = (cause: unknown): cause is Error =>
  cause instanceof Error && cause.message.startsWith('the measured current is nowhere like')

/** In another way, as `--align` has it; where that cannot be, it stays where it is. */
export async function alignMeasured(run: OpenRun, align: string): Promise<void> {
  const { facts, busy, refused } = measuredOf(run)
  busy.value = facts.value?.name
  refused.value = ''
  try {
    facts.value = await run.link.call.alignMeasured(align)
  } catch (cause) {
    refused.value = cause instanceof Error ? cause.message : String(cause)
  } finally {
    busy.value = undefined
  }
}

export async function takeMeasuredAway(run: OpenRun): Promise<void> {
  const { facts, refused } = measuredOf(run)
  await run.link.call.takeMeasuredAway()
  facts.value = undefined
  refused.value = ''
}
