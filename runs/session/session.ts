import type { TrackInfo } from '../../emulator/timeline/track.ts'
import { UserError } from '../errors.ts'
import { bundled } from '../image/files/bundle.ts'
import type { GivenFirmware } from '../image/files/given-file.ts'
import type { LabReport } from '../lab-report/lab-report.ts'
import { isFirmwareZip, parseImage, withAddress } from '../image/image.ts'
import { CostsDesk } from './costs/desk.ts'
import type { AgainAnswer, AnnotationAnswer, SourceText } from './costs/protocol.ts'
import type { Mark } from '../recording/marks.ts'
import type { ReplayPart } from '../recording/parts.ts'
import type { RunReport } from '../report/run-report.ts'
import { serialise } from '../report/serialise.ts'
import type { RunInput, Unplaced } from '../simulation/inputs.ts'
import { choicesFor } from '../simulation/begins.ts'
import { machineOf } from '../simulation/simulate.ts'
import { addressOf, optionsOf, type RunChoices } from './choices.ts'
import type { LiveDesk } from './live-desk.ts'
import type {
  Found,
  LiveState,
  MachineView,
  MemoryView,
  OpenFacts,
  Pace,
  SessionEvent,
  StatisticsAnswer,
  StepKind,
} from './protocol.ts'
import {
  factsOf,
  type LiveSubject,
  liveSubject,
  recordedSubject,
  jsonSubject,
  type Subject,
} from './subject.ts'
import { compareRuns } from '../compare/compare.ts'
import type { Comparison } from '../compare/comparison.ts'
import type { Side } from '../compare/side.ts'
import { sharedFile, type SharedFile } from './share.ts'
import { sideOf } from './sides.ts'
import { memoryOf } from './memory/memory.ts'
import type { MemoryAnswer } from './memory/protocol.ts'
import { momentOf } from './timeline/moment.ts'
import { TimelineDesk } from './timeline/desk.ts'
import type {
  ComparedAnswer,
  DetailAnswer,
  DrawAnswer,
  DrawRequest,
  Extras,
  FindAnswer,
  MeasureAnswer,
  MeasuredFacts,
  Moment,
} from './timeline/protocol.ts'
import { statisticsOf } from './statistics.ts'

export interface SessionHooks {
  readonly tell: (event: SessionEvent) => void
  /** Lets others have the thread. @param milliseconds to wait at least */
  readonly breathe: (milliseconds: number) => Promise<void>
}

export interface Firmware {
  readonly bytes: Uint8Array
  readonly name: string
  /** What goes into the same chip. */
  readonly others?: readonly { readonly bytes: Uint8Array; readonly name: string }[]
}

const asOne = ({ bytes, name, others = [] }: Firmware, at: number | undefined): GivenFirmware =>
  bundled(
    withAddress(
      [{ name, bytes }, ...others].map((one) => ({ file: one.name, bytes: one.bytes })),
      at,
    ),
  )

/**
 * One thing that is open, and all that is asked of it: what a page's worker does, without the page. Methods take and
 * give plain data; what the user got wrong is a UserError.
 */
export class Session {
  #subject: Subject | undefined
  #tracksTold = ''
  #desk: TimelineDesk | undefined
  #costs: CostsDesk | undefined

  constructor(private readonly hooks: SessionHooks) {}

  /** A report of a run or of the lab. */
  openReport(text: string, name: string): OpenFacts {
    return this.#open(jsonSubject(text, name))
  }

  openRecorded(zip: Uint8Array, name: string): OpenFacts {
    return this.#open(recordedSubject(zip, name))
  }

  /** Whether a zip is firmware: a DFU package, or several files as one. */
  isFirmwareZip(bytes: Uint8Array): boolean {
    return isFirmwareZip(bytes)
  }

  async openFirmware(firmware: Firmware, choices: RunChoices = {}): Promise<OpenFacts> {
    const given = await optionsOf(choices)
    const whole = asOne(firmware, addressOf(choices))
    const image = parseImage(whole.bytes, whole.file, choicesFor(machineOf(given).board))
    const options = { ...given, image }
    const subject: LiveSubject = liveSubject(whole.bytes, options, {
      breathe: this.hooks.breathe,
      onState: (state) => {
        if (this.#subject === subject) this.#tellOf(state)
      },
      onConsole: (printed) => {
        if (this.#subject === subject) this.hooks.tell({ event: 'console', bytes: printed })
      },
    })
    return this.#open(subject)
  }

  /** Goes on until it is paused, or has ended. */
  async go(pace: Pace = 'fast', until?: number): Promise<LiveState> {
    const { live } = this.#live
    live.cursor = undefined
    await live.go(pace, until)
    return live.state
  }

  pause(): void {
    this.subject.live?.pause()
  }

  state(): LiveState {
    return this.#live.live.state
  }

  /** From where one looks: in the past, to the next place there; at the end, the run goes on to it. */
  async step(kind: StepKind): Promise<void> {
    await this.#moved((desk) => desk.step(kind))
  }

  async back(kind: StepKind): Promise<void> {
    await this.#moved((desk) => desk.back(kind))
  }

  /** Looks at another cycle of the run; the end of it, and later, is the present. */
  async look(cycle: number): Promise<void> {
    await this.#moved((desk) => {
      desk.look(cycle)
    })
  }

  inspect(): MachineView {
    return this.#live.inspect()
  }

  memory(address: number, length: number): MemoryView {
    return this.#live.memory(address, length)
  }

  symbols(text: string): readonly Found[] {
    return this.#live.find(text)
  }

  predictions(): RunReport['predictions'] {
    return this.#live.live.run.predictions()
  }

  give(input: Unplaced<RunInput>): void {
    this.#live.give(input)
  }

  breakAt(places: readonly string[]): readonly number[] {
    return this.#live.breakAt(places)
  }

  /** The report as `run --json` writes it. */
  async reportText(): Promise<string> {
    return serialise(await this.report())
  }

  /** As a `.boardless` file, with the names in it. */
  save(): Promise<Uint8Array> {
    return this.#timeline.names.saved()
  }

  /** One file for others. @param without what it shall not have */
  share(without: readonly ReplayPart[]): Promise<SharedFile> {
    return sharedFile(this.subject, () => this.save(), without)
  }

  /** Of a run that goes on, as if it were interrupted here. */
  report(): Promise<RunReport> {
    return this.subject.report()
  }

  /** What the lab made, where that is open. */
  lab(): LabReport | undefined {
    return this.subject.lab
  }

  /** What to draw of a stretch of the timeline. */
  draw(request: DrawRequest): DrawAnswer {
    return this.#timeline.draw(request)
  }

  /** Runs a stretch again, so that it is drawn in full. */
  async detail(from: number, to: number): Promise<DetailAnswer> {
    const answer = await this.#timeline.detail(from, to)
    this.#tellTracks()
    return answer
  }

  /** Statistics of a selection; undefined where another one was asked for meanwhile, or where it would take longer. */
  measure(
    tracks: readonly string[],
    from: number,
    to: number,
    mostCycles = Infinity,
  ): Promise<MeasureAnswer | undefined> {
    return this.#timeline.measure(tracks, from, to, mostCycles)
  }

  /** What is recorded of stretches that are run again. @throws UserError for firmware without symbols */
  record(extras: Extras): void {
    this.#timeline.extras = extras
    this.#tellTracks()
  }

  recorded(): Extras {
    return this.#timeline.extras
  }

  /** Lays a measured current over the estimate. @param align as `--align` has it @throws UserError */
  async layMeasured(name: string, file: Blob, align = 'auto', column?: string): Promise<MeasuredFacts> {
    return this.#laid(this.#timeline.measured.lay(name, file, align, column))
  }

  async alignMeasured(align: string): Promise<MeasuredFacts> {
    return this.#laid(this.#timeline.measured.align(align))
  }

  measured(): Promise<MeasuredFacts | undefined> {
    return this.#timeline.measured.facts()
  }

  takeMeasuredAway(): void {
    this.#timeline.measured.remove()
    this.#tellTracks()
  }

  /** Measured and estimated, as `query current --measured` has it; undefined where nothing lies over that stretch. */
  compareMeasured(from: number, to: number): Promise<ComparedAnswer | undefined> {
    return this.#timeline.measured.compare(from, to)
  }

  /** Moments and stretches that have names. @throws UserError where those of the file cannot be read */
  names(): { readonly all: readonly Mark[]; readonly ofFile: readonly Mark[] } {
    const { all, ofFile } = this.#timeline.names
    return { all, ofFile }
  }

  setName(mark: Mark): readonly Mark[] {
    return this.#timeline.names.set(mark)
  }

  rename(from: string, to: string): readonly Mark[] {
    return this.#timeline.names.rename(from, to)
  }

  removeName(name: string): readonly Mark[] {
    return this.#timeline.names.remove(name)
  }

  replaceNames(marks: readonly Mark[]): readonly Mark[] {
    return this.#timeline.names.replace(marks)
  }

  /** Where that is in this run. @throws UserError where it is not */
  moment(moment: Moment): number {
    return momentOf(this.subject, moment.by === 'name' ? this.#timeline.names.all : [], moment)
  }

  find(text: string): Promise<FindAnswer> {
    return this.#timeline.find(text)
  }

  /** Where the cycles of the function at an address went, by line and instruction. */
  annotate(address: number): Promise<AnnotationAnswer> {
    return this.#costsDesk.annotate(address)
  }

  /** Source files, for what is annotated from now on. */
  addSources(files: readonly SourceText[]): void {
    this.#costsDesk.addSources(files)
  }

  /** What takes flash and RAM, and what lives in arenas. */
  memoryMap(): MemoryAnswer {
    return memoryOf(this.subject)
  }

  /** Runs it again with calls recorded, for so long: ask until its report is there. */
  runAgain(milliseconds: number): Promise<AgainAnswer> {
    return this.#costsDesk.again(milliseconds)
  }

  /** As one of two runs that are compared. @param name what it is called there */
  side(name: string): Promise<Side> {
    return sideOf(this.subject, name)
  }

  /** How this run differs from another, which is the first. */
  async compareWith(first: Side, name: string): Promise<Comparison> {
    return compareRuns(first, await this.side(name))
  }

  statistics(tracks: readonly string[], from: number, to: number): StatisticsAnswer {
    return statisticsOf(this.subject, tracks, from, to)
  }

  /** @throws UserError where nothing is open */
  get subject(): Subject {
    if (!this.#subject) throw new UserError('nothing is open.')
    return this.#subject
  }

  get #live(): LiveDesk {
    const { desk } = this.subject
    if (!desk) throw new UserError('this run is over: open its firmware to run it.')
    return desk
  }

  /** Whatever comes of it, how things stand is told. */
  async #moved(move: (desk: LiveDesk) => unknown): Promise<void> {
    const desk = this.#live
    try {
      await move(desk)
    } finally {
      desk.live.tell()
    }
  }

  get #timeline(): TimelineDesk {
    return (this.#desk ??= new TimelineDesk(this.subject, this.hooks.breathe))
  }

  get #costsDesk(): CostsDesk {
    return (this.#costs ??= new CostsDesk(this.subject))
  }

  #open(subject: Subject): OpenFacts {
    this.#desk = undefined
    this.#costs = undefined
    this.#subject?.live?.pause()
    this.#subject = subject
    this.#tracksTold = this.#timeline.tracks.map(({ id }) => id).join()
    return factsOf(subject)
  }

  async #laid(laying: Promise<MeasuredFacts>): Promise<MeasuredFacts> {
    const facts = await laying
    this.#tellTracks()
    return facts
  }

  #tellOf(state: LiveState): void {
    this.hooks.tell({ event: 'timeline', to: this.subject.timeline.until, tracks: this.#newTracks() })
    this.hooks.tell({ event: 'state', state })
  }

  #tellTracks(): void {
    const tracks = this.#newTracks()
    if (tracks) this.hooks.tell({ event: 'timeline', to: this.subject.timeline.until, tracks })
  }

  /** All of them, where there are others than were told of. */
  #newTracks(): readonly TrackInfo[] | undefined {
    const { tracks } = this.#timeline
    const ids = tracks.map(({ id }) => id).join()
    if (ids === this.#tracksTold) return undefined
    this.#tracksTold = ids
    return tracks
  }
}
