import { levelDrawing, type LevelDrawing } from '../../../emulator/timeline/drawn/level.ts'
import { Timeline } from '../../../emulator/timeline/timeline.ts'
import { UNFOLDED, type TrackInfo } from '../../../emulator/timeline/track.ts'
import type { LevelTrack } from '../../../emulator/timeline/tracks.ts'
import { signedSpanText } from '../../recording/instant.ts'
import { blobSource } from '../../bytes/byte-source.ts'
import { UserError } from '../../errors.ts'
import { viewOf } from '../../export/timeline-tracks.ts'
import { MEASURED, type MeasuredCurrent } from '../../import/measured-current.ts'
import { readMeasuredCurrent } from '../../import/read-measured.ts'
import { parseAnchor } from '../../measured/anchor.ts'
import { boardOf, measuredOf } from '../../measured/compare.ts'
import { overlapOf } from '../../measured/align.ts'
import type { Cumulative } from '../../measured/cumulative.ts'
import type { Mark } from '../../recording/marks.ts'
import { cellText } from '../../recording/query/answer.ts'
import {
  AS_FOLDED,
  layOver,
  LONGEST_AGAIN,
  measuredAnswer,
  type Laid,
} from '../../recording/query/measured.ts'
import type { Subject } from '../subject.ts'
import { inSlices, type Breathe } from './in-slices.ts'
import type { ComparedAnswer, MeasuredFacts } from './protocol.ts'

/** Of a page: about half a gigabyte. */
const MOST_SAMPLES = 20_000_000
/** Of the run made again; beyond it is taken as it is folded. */
const MOST_BYTES = 2 ** 30

/** Measured minus estimated, on average of each column. */
export const DIFFERENCE: TrackInfo = {
  id: 'current/difference',
  name: 'measured − estimated',
  group: 'current',
  unit: 'pA',
  kind: 'level',
}

export const MEASURED_TRACK: TrackInfo = {
  id: MEASURED.id,
  name: 'measured',
  group: 'current',
  unit: 'pA',
  kind: 'level',
}

/** The run with nothing folded, as the command line compares it. */
interface Whole {
  readonly timeline: Timeline
  readonly until: number
  readonly isAgain: boolean
  readonly board: Cumulative
}

interface Over {
  readonly name: string
  readonly measured: MeasuredCurrent
  /** Its samples, in cycles since its first. */
  readonly level: LevelTrack
  readonly align: string
  readonly laid: Laid
}

/** A measured current over the estimated one: where it lies, what to draw, and what `query current --measured` says. */
export class MeasuredDesk {
  #over: Over | undefined
  #whole: Whole | undefined
  #wanted = 0

  constructor(
    private readonly subject: Subject,
    private readonly breathe: Breathe,
    private readonly marks: () => readonly Mark[],
  ) {}

  get tracks(): readonly TrackInfo[] {
    return this.#over ? [MEASURED_TRACK, DIFFERENCE] : []
  }

  /**
   * Reads it and lays it over the run. What lay there before stays where this throws.
   * @param align as `--align` has it @param column where a CSV has several currents
   * @throws UserError in one line
   */
  async lay(name: string, file: Blob, align: string, column: string | undefined): Promise<MeasuredFacts> {
    const measured = await readMeasuredCurrent(blobSource(name, file), { column })
    if (measured.samples > MOST_SAMPLES)
      throw new UserError(
        `${name}: ${measured.samples} samples are more than a page has room for (${MOST_SAMPLES}): save a shorter stretch, or ask boardless query RUN current --measured.`,
      )
    const timeline = new Timeline(UNFOLDED, 0)
    const level = timeline.level(MEASURED)
    for (const { begin, average } of measured.current.pieces(measured.from, measured.to))
      level.set(average, begin)
    return this.#lay({ name, measured, level, align })
  }

  /** In another way. @throws UserError where it cannot be: it stays where it was */
  async align(align: string): Promise<MeasuredFacts> {
    if (!this.#over) throw new UserError('no measurement lies over the run: drop a .ppk2 or a CSV.')
    return this.#lay({ ...this.#over, align })
  }

  async #lay(over: Omit<Over, 'laid'>): Promise<MeasuredFacts> {
    const anchor = parseAnchor(over.align)
    const whole = await this.#estimate()
    const { timeline, until, board } = whole
    const laid = layOver(viewOf(timeline, '', 0, until), this.marks(), over.measured, anchor, board)
    this.#over = { ...over, laid }
    return this.#facts(this.#over, whole)
  }

  remove(): void {
    this.#wanted += 1
    this.#over = undefined
  }

  async facts(): Promise<MeasuredFacts | undefined> {
    return this.#over && this.#facts(this.#over, await this.#estimate())
  }

  async #facts(over: Over, whole: Whole): Promise<MeasuredFacts> {
    const { measured, laid, name, align } = over
    const { offset, scale } = laid.alignment
    const { from, to } = overlapOf(whole.board, measuredOf(measured), laid.alignment)
    if (!(to - from >= 1))
      return {
        ...factsOf(name, align, measured, laid),
        sentences: [
          `the measurement lies beside the run: from ${signedSpanText(offset + scale * measured.from)} to ${signedSpanText(offset + scale * measured.to)}`,
        ],
      }
    const { notes } = await this.#answer(over, whole, 0, whole.until)
    return { ...factsOf(name, align, measured, laid), sentences: notes }
  }

  /**
   * As `query current --measured --in` has it, to the digit.
   * @returns undefined where nothing lies over that stretch
   */
  async compare(from: number, to: number): Promise<ComparedAnswer | undefined> {
    const over = this.#over
    if (!over) return undefined
    const whole = await this.#estimate()
    const place = overlapOf(whole.board, measuredOf(over.measured), over.laid.alignment)
    if (!(Math.min(place.to, to) - Math.max(place.from, from) >= 1)) return undefined
    return this.#answer(over, whole, from, to)
  }

  async #answer(
    { measured, laid }: Over,
    { timeline, isAgain }: Whole,
    from: number,
    to: number,
  ): Promise<ComparedAnswer> {
    const view = viewOf(timeline, '', from, to)
    const { columns, rows, notes, question, fromCycle, toCycle } = measuredAnswer(
      view,
      await this.subject.report(),
      measured,
      laid,
    )
    const [all] = rows
    const number = (key: string): number => Number(all?.[key])
    const inside = all?.['inside']
    return {
      question,
      from: fromCycle,
      to: toCycle,
      columns: columns.map(({ title, isText = false }) => ({
        title: title.replace('\n', ' ').trim(),
        isText,
      })),
      rows: rows.map((row) => columns.map((column) => cellText(column, row[column.key] ?? null))),
      notes: isAgain ? notes : [...notes, AS_FOLDED],
      measuredMicroamps: number('measuredMicroamps'),
      estimatedMicroamps: number('estimatedMicroamps'),
      lowMicroamps: number('lowMicroamps'),
      highMicroamps: number('highMicroamps'),
      measuredMicrocoulombs: number('measuredMicrocoulombs'),
      differenceShare: typeof all?.['differenceShare'] === 'number' ? all['differenceShare'] : null,
      inside: inside === 'yes' || inside === 'below' || inside === 'above' ? inside : 'yes',
    }
  }

  /** The measured samples where they lie. @returns undefined for a track that is not of this */
  draw(id: string, from: number, to: number, column: number): LevelDrawing | undefined {
    const over = this.#over
    if (!over || !this.#whole) return undefined
    if (id === MEASURED_TRACK.id) return samplesDrawing(over, from, to, column)
    return id === DIFFERENCE.id ? differenceDrawing(over, this.#whole.board, from, to, column) : undefined
  }

  /** @throws UserError where another was wanted meanwhile, or the run goes on */
  async #estimate(): Promise<Whole> {
    const { live, timeline: folded } = this.subject
    if (this.#whole?.until === folded.until) return this.#whole
    if (live?.state.isRunning)
      throw new UserError('the run goes on: pause it, and lay the measurement over it then.')
    const { run } = await this.subject.report()
    const again = run.cycles <= LONGEST_AGAIN ? await this.#again(run.cycles) : undefined
    const timeline = again ?? folded
    const board = boardOf(viewOf(timeline, '', 0, run.cycles))
    return (this.#whole = { timeline, until: run.cycles, isAgain: again !== undefined, board })
  }

  async #again(until: number): Promise<Timeline | undefined> {
    const wanted = ++this.#wanted
    const replay = this.subject.another()
    if (!replay) return undefined
    replay.goBefore(0)
    const came = await inSlices(replay, until, this.breathe, () => {
      if (wanted !== this.#wanted) throw new UserError('another measurement was wanted meanwhile.')
      return replay.timeline.bytes > MOST_BYTES ? 'too-much' : undefined
    })
    return came === 'there' ? replay.timeline : undefined
  }
}

const factsOf = (
  name: string,
  align: string,
  { format, samples, samplesPerSecond, from, to, pins }: MeasuredCurrent,
  { alignment, how }: Laid,
): Omit<MeasuredFacts, 'sentences'> => ({
  name,
  align,
  format,
  samples,
  samplesPerSecond,
  hasPins: pins.length > 0,
  from: alignment.offset + alignment.scale * from,
  to: alignment.offset + alignment.scale * to,
  offset: alignment.offset,
  how,
})

function samplesDrawing(
  { measured, level, laid }: Over,
  from: number,
  to: number,
  column: number,
): LevelDrawing | undefined {
  const { offset, scale } = laid.alignment
  const begin = Math.max(Math.floor((from - offset) / scale), measured.from)
  const end = Math.min(Math.ceil((to - offset) / scale), measured.to)
  if (!(begin < end)) return undefined
  const drawing = levelDrawing([{ track: level, from: begin, to: end }], column)
  const onRun = (cycle: number): number => offset + scale * cycle
  return { ...drawing, begins: drawing.begins.map(onRun), ends: drawing.ends.map(onRun) }
}

/** Bins stand at multiples of the column, so that nothing moves when the stretch does; pieces alike are one. */
function differenceDrawing(
  { measured, laid }: Over,
  board: Cumulative,
  from: number,
  to: number,
  column: number,
): LevelDrawing | undefined {
  const sampled = measuredOf(measured)
  const { offset, scale } = laid.alignment
  const place = overlapOf(board, sampled, laid.alignment)
  const first = Math.ceil(Math.max(place.from, from) / column) * column
  const count = Math.floor((Math.min(place.to, to) - first) / column)
  if (count < 1) return undefined
  const estimated = board.bins(first, column, count)
  const seen = sampled.bins((first - offset) / scale, column / scale, count)
  const [begins, values]: [number[], number[]] = [[], []]
  for (const [i, one] of seen.entries()) {
    const value = Math.round(one - (estimated[i] ?? 0))
    if (value === values.at(-1)) continue
    begins.push(first + i * column)
    values.push(value)
  }
  const average = Float64Array.from(values)
  return {
    kind: 'level',
    begins: Float64Array.from(begins),
    ends: Float64Array.from([...begins.slice(1), first + count * column]),
    minimum: average,
    average,
    maximum: average,
  }
}
