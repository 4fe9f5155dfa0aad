import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { UserError } from '../errors.ts'
import { givenOf, savedGiven } from '../recording/given.ts'
import { missingForReplay } from '../recording/parts.ts'
import type { RecordedRun } from '../recording/recorded-run.ts'
import { readRun } from '../recording/run-file.ts'
import type { Mark } from '../recording/marks.ts'
import { Replay, type ReplayOptions } from '../recording/replay.ts'
import { asLab } from '../lab-report/read-lab.ts'
import type { LabReport } from '../lab-report/lab-report.ts'
import { kindOf, readJson } from '../report/read-json.ts'
import { asReport } from '../report/read-report.ts'
import type { RunReport } from '../report/run-report.ts'
import { beganOf, bootloaderBefore, warningsOf } from '../simulation/begins.ts'
import { machineOf, type SimulateOptions } from '../simulation/simulate.ts'
import { LiveDesk } from './live-desk.ts'
import { LiveRun, type LiveHooks } from './live-run.ts'
import type { FirmwareFacts, OpenFacts, OpenKind } from './protocol.ts'

/** What a session is about: whatever it is, this can be asked of it. */
export interface Subject {
  readonly kind: OpenKind
  readonly title: string
  readonly timeline: Timeline
  readonly live: LiveRun | undefined
  readonly desk?: LiveDesk | undefined
  /** Runs stretches of it again, made when first wanted; undefined where that cannot be. */
  readonly replay: Replay | undefined
  /** One that nobody else moves. @throws UserError for options that do not fit the firmware */
  another(options?: ReplayOptions): Replay | undefined
  readonly whyNoReplay: string
  /** Names that its file has. */
  readonly marks: readonly Mark[]
  /** As a `.boardless` file. @throws UserError for what has no run */
  save(): Promise<Uint8Array>
  /** All that it takes to run it again from reset on; undefined where there is no `replay`. */
  readonly given: SimulateOptions | undefined
  readonly supplyVolts: number
  readonly board: string
  /** Where it is no run, but what the lab made. */
  readonly lab?: LabReport
  /** As it stands: of a run that goes on, as if it were interrupted here. @throws UserError where there is no run */
  report(): Promise<RunReport>
}

export type LiveSubject = Subject & { readonly live: LiveRun; readonly desk: LiveDesk }

/** A report of a run or of the lab. @throws UserError */
export function jsonSubject(text: string, file: string): Subject {
  const value = readJson(text, file, 'a report, which run --json writes, or lab.json')
  if (kindOf(value) === 'lab') return labSubject(asLab(value, file), file)
  const report = asReport(value, file, 'Write it again: run --json FILE.')
  return {
    ...withoutRun(file, 'a report'),
    kind: 'report',
    supplyVolts: report.power.supplyVolts,
    board: report.board.name,
    report: () => Promise.resolve(report),
  }
}

function labSubject(lab: LabReport, file: string): Subject {
  return {
    ...withoutRun(file, 'a report of the lab'),
    kind: 'lab',
    lab,
    supplyVolts: 0,
    board: lab.header.board,
    report: () => Promise.reject(new UserError(`${file} is a report of the lab: there is no run in it.`)),
  }
}

/** Nothing that takes a run can be asked of it. */
function withoutRun(file: string, what: string) {
  return {
    title: file,
    timeline: new Timeline(),
    live: undefined,
    replay: undefined,
    another: () => undefined,
    marks: [],
    save: () => Promise.reject(new UserError(`${file} is ${what}: there is no run in it to save.`)),
    whyNoReplay: `${what} alone has nothing to run again: open what run --record wrote`,
    given: undefined,
  } as const
}

/** A `.boardless` file. @throws UserError */
export function recordedSubject(zip: Uint8Array, file: string): Subject & { readonly run: RecordedRun } {
  const run = readRun(zip, file)
  const missing = missingForReplay((part) => run.has(part))
  let replay: Replay | undefined
  const another = (wanted?: ReplayOptions): Replay | undefined =>
    missing === undefined ? new Replay(run, file, wanted) : undefined
  const replayOf = (): Replay | undefined => (replay ??= another())
  return {
    kind: 'recorded',
    title: file,
    timeline: run.timeline,
    live: undefined,
    get replay() {
      return replayOf()
    },
    get given() {
      const made = replayOf()
      return made && run.given && { ...givenOf(run.given), image: made.image }
    },
    another,
    get marks() {
      return run.marks
    },
    save: () => Promise.resolve(zip),
    whyNoReplay: missing === undefined ? '' : `the run was recorded without ${missing}`,
    supplyVolts: run.report.power.supplyVolts,
    board: run.report.board.name,
    report: () => Promise.resolve(run.report),
    run,
  }
}

/** Firmware that runs here. @throws UserError for options that do not fit it */
export function liveSubject(bytes: Uint8Array, options: SimulateOptions, hooks: LiveHooks): LiveSubject {
  const { image } = options
  const live = new LiveRun(options, hooks)
  const given = savedGiven(live.options)
  const firmware = { file: image.file, bytes }
  let replay: Replay | undefined
  const another = (wanted?: ReplayOptions): Replay =>
    new Replay({ given, firmware, snapshots: live.keeper, inputs: live.inputs }, image.file, wanted)
  const replayOf = (): Replay => (replay ??= another())
  const desk = new LiveDesk(live, given, firmware, replayOf, () => hooks.breathe(0))
  const { board } = live.run.machine.options
  return {
    kind: 'live',
    title: image.file,
    timeline: live.recorder.timeline,
    live,
    desk,
    get replay() {
      return replayOf()
    },
    another,
    marks: [],
    save: () => desk.save(),
    whyNoReplay: '',
    given: live.options,
    supplyVolts: board.supplyVolts,
    board: board.name,
    report: () => desk.report(),
  }
}

function firmwareFacts(options: SimulateOptions): FirmwareFacts {
  const { image, boot } = options
  const { board } = machineOf(options)
  const leftBy = bootloaderBefore(board, image, boot)
  return {
    began: beganOf(image, leftBy),
    notes: image.notes,
    warnings: warningsOf(image, leftBy, boot),
    binaryAt: image.binaryAt,
    bootloader: bootloaderBefore(board, image, undefined)?.name,
  }
}

export const factsOf = (subject: Subject): OpenFacts => ({
  kind: subject.kind,
  title: subject.title,
  board: subject.board,
  clockHz: CYCLES_PER_SECOND,
  supplyVolts: subject.supplyVolts,
  tracks: [...subject.timeline.tracks.values()].map(({ info }) => info),
  from: subject.timeline.start,
  to: subject.timeline.until,
  recording: subject.live?.options.recording?.facts,
  firmware: subject.live && firmwareFacts(subject.live.options),
  whyNoReplay: subject.whyNoReplay,
})
