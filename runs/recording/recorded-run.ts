import { decodePlain, encodePlain, EncodingError } from '../../emulator/snapshot/encode.ts'
import { SnapshotKeeper } from '../../emulator/snapshot/keeper.ts'
import type { Plain } from '../../emulator/snapshot/saved.ts'
import { Recorder } from '../../emulator/timeline/record/recorder.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import type { SavedTimeline } from '../../emulator/timeline/timeline.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { Machine } from '../../emulator/machine.ts'
import { UserError } from '../errors.ts'
import type { RunReport } from '../report/run-report.ts'
import { serialise } from '../report/serialise.ts'
import type { RunListeners, RunSnapshot } from '../simulation/observe-options.ts'
import { pack, unpack } from './archive.ts'
import type { Entries } from './archive.ts'
import type { Given } from './given.ts'

/** RunReports that this tool can show. */
const REPORT_VERSION: RunReport['schemaVersion'] = 4

/** A run that is over, with all that it takes to go through it and, unless that was left out, to make it again. */
export interface RecordedRun {
  readonly report: RunReport
  readonly timeline: Timeline
  readonly snapshots: SnapshotKeeper<RunSnapshot>
  /** What it was given; undefined where that was left out. */
  readonly given: Given | undefined
  /** undefined where it was left out. */
  readonly firmware: { readonly file: string; readonly bytes: Uint8Array } | undefined
}

const SNAPSHOTS = { every: CYCLES_PER_SECOND, budgetBytes: 256 * 2 ** 20 }

export const newKeeper = (): SnapshotKeeper<RunSnapshot> => new SnapshotKeeper<RunSnapshot>(SNAPSHOTS)

/** Records what a run does on a timeline. @returns what to hand to the run, and the recorder once it has begun */
export function recording(timeline?: (now: number) => Timeline): {
  readonly attach: (machine: Machine) => RunListeners
  readonly recorder: () => Recorder
} {
  let recorder: Recorder | undefined
  return {
    attach: (machine) => {
      const made = new Recorder(machine, timeline?.(machine.now))
      recorder = made
      return {
        phases: made.phases,
        operators: made.operators,
        section: {
          stateVersion: 1,
          save: () => made.save(),
          restore: (saved: Parameters<Recorder['restore']>[0]) => made.restore(saved),
        },
      }
    },
    recorder: () => {
      if (!recorder) throw new Error('the run has not begun')
      return recorder
    },
  }
}

const REPORT = 'report.json'
const TIMELINE = 'timeline.bin'
const SNAPSHOT = 'snapshots.bin'
const GIVEN = 'given.bin'
const FIRMWARE = 'firmware.bin'
const NAME = 'firmware-name.json'

/** The `.boardless` file of a run: the same run gives the same bytes. */
export function writeRun({ report, timeline, snapshots, given, firmware }: RecordedRun): Uint8Array {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value)
  const entries: Record<string, Uint8Array> = {
    [REPORT]: text(serialise(report)),
    [TIMELINE]: encodePlain(timeline.save() as unknown as Plain),
    [SNAPSHOT]: encodePlain(snapshots.snapshots as unknown as Plain),
  }
  if (given) entries[GIVEN] = encodePlain(given as unknown as Plain)
  if (firmware) {
    entries[NAME] = text(`${JSON.stringify({ file: firmware.file })}\n`)
    entries[FIRMWARE] = firmware.bytes
  }
  return pack(entries)
}

/** @param file for messages @throws UserError for what cannot be read, in one line */
export function readRun(zip: Uint8Array, file: string): RecordedRun {
  const entries = unpack(zip, file)
  const damaged = (name: string, cause?: unknown): UserError =>
    new UserError(
      `${file}: ${name} in it cannot be read${cause instanceof EncodingError ? `: ${cause.message}` : ''}. Record the run again.`,
      undefined,
      { cause },
    )
  const plain = (name: string): unknown => {
    const bytes = entries[name]
    if (!bytes) throw damaged(name)
    try {
      return decodePlain(bytes)
    } catch (cause) {
      throw damaged(name, cause)
    }
  }
  const report = reportOf(entries, file, damaged)
  const timeline = new Timeline()
  const snapshots = newKeeper()
  try {
    timeline.restore(plain(TIMELINE) as SavedTimeline)
    for (const snapshot of plain(SNAPSHOT) as readonly RunSnapshot[]) snapshots.add(snapshot)
  } catch (cause) {
    if (cause instanceof UserError) throw cause
    throw damaged('its timeline', cause)
  }
  const name = entries[NAME]
    ? (json(entries[NAME], () => damaged(NAME)) as { readonly file?: unknown } | null)
    : undefined
  return {
    report,
    timeline,
    snapshots,
    given: entries[GIVEN] ? (plain(GIVEN) as Given) : undefined,
    firmware: entries[FIRMWARE]
      ? { file: typeof name?.file === 'string' ? name.file : 'firmware', bytes: entries[FIRMWARE] }
      : undefined,
  }
}

function reportOf(entries: Entries, file: string, damaged: (name: string) => UserError): RunReport {
  const report = json(entries[REPORT] ?? new Uint8Array(), () => damaged(REPORT)) as RunReport | null
  const version: unknown = report?.schemaVersion
  if (report === null || version === undefined) throw damaged(REPORT)
  if (version !== REPORT_VERSION)
    throw new UserError(
      `${file}: its report is of version ${JSON.stringify(version)}, and this tool reads version ${REPORT_VERSION}. Record the run again.`,
    )
  return report
}

function json(bytes: Uint8Array, damaged: () => UserError): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw damaged()
  }
}
