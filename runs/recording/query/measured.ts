import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import type { MeasuredCurrent } from '../../import/measured-current.ts'
import { UserError } from '../../errors.ts'
import type { TimelineView } from '../../export/timeline-view.ts'
import { alignAt, alignByShape, type Alignment } from '../../measured/align.ts'
import type { Anchor } from '../../measured/anchor.ts'
import { boardOf, compareMeasured, measuredOf } from '../../measured/compare.ts'
import type { MeasuredComparison } from '../../measured/compare.ts'
import { matchEdges } from '../../measured/edges.ts'
import type { RunReport } from '../../report/run-report.ts'
import { signedSpanText } from '../instant.ts'
import { markNamed, type Mark } from '../marks.ts'
import { count, decimals, words, type Answer, type AnswerColumn } from './answer.ts'

/** Beyond it a run, or a stretch of it, is not made again, and taken as it is folded: it would be too large. Ten minutes. */
export const LONGEST_AGAIN = 600 * CYCLES_PER_SECOND

/** Said of an answer whose run was not made again. */
export const AS_FOLDED =
  'the estimate is as it is folded, since the run cannot be made again or is longer than ten minutes'

/** Where a measurement lies on a run, and a sentence of how that was found. */
export interface Laid {
  readonly alignment: Alignment
  readonly how: string
}

/** @param view of the whole run @param estimate its current, where it is at hand @throws UserError where it cannot be found */
export function layOver(
  view: TimelineView,
  marks: readonly Mark[],
  measured: MeasuredCurrent,
  anchor: Anchor,
  estimate = boardOf(view),
): Laid {
  const sampled = measuredOf(measured)
  const at = (cycle: number, how: string): Laid => ({ alignment: alignAt(estimate, sampled, cycle), how })
  switch (anchor.by) {
    case 'start':
      return at(0, 'with the run')
    case 'marker': {
      const { fromCycle } = markNamed(marks, anchor.name)
      return at(fromCycle, `at the marker ${anchor.name}`)
    }
    case 'at':
      return at(anchor.cycle, 'where it was laid')
    case 'console': {
      const cycle = consoleLine(view, anchor.pattern)
      return at(cycle, `where the console printed ${String(anchor.pattern)}`)
    }
    case 'edge': {
      const found = matchEdges(view, measured.pins, measured.to)
      if (!found)
        throw new UserError(
          measured.pins.length === 0
            ? 'the measurement has no digital channel: record one with it, or give --align auto.'
            : 'no pin of the run has its edges where a digital channel of the measurement has: give --align auto.',
        )
      const { offset, scale, pin, channel, edges } = found
      const { correlation } = alignAt(estimate, sampled, offset)
      return {
        alignment: { offset, scale, isScaleKnown: edges > 1, correlation, rival: undefined },
        how: `where ${channel} has the edges of ${pin} (${edges} rising)`,
      }
    }
    case 'auto': {
      const alignment = alignByShape(estimate, sampled)
      if (!alignment)
        throw new UserError(
          'the measured current is nowhere like the estimated one: give --align start, marker:NAME, console:REGEX, at:TIME or edge.',
        )
      return { alignment, how: 'where both are most alike' }
    }
  }
}

/** Where a line of the console matches, the first. @throws UserError */
export function consoleLine({ tracks, from, to }: TimelineView, pattern: RegExp): number {
  const console = tracks.find(({ info }) => info.id === 'console')
  if (console?.kind === 'marks')
    for (const piece of console.pieces(from, to))
      if (piece.kind === 'span' && pattern.test(piece.text ?? '')) return piece.begin
  throw new UserError(`no line of the console matches ${String(pattern)}.`)
}

const NOT_WHOLE = 0.98

/** @param view of the stretch that is asked for */
export function measuredAnswer(
  view: TimelineView,
  report: RunReport,
  measured: MeasuredCurrent,
  { alignment, how }: Laid,
): Answer {
  const found = compareMeasured(view, report, measuredOf(measured), measured.samples, alignment)
  return {
    question: 'Current, measured and estimated',
    fromCycle: Math.round(found.from),
    toCycle: Math.round(found.to),
    columns,
    rows: found.stretches.map(({ what, passes, cycles, measured: seen, estimated, low, high, isInside }) => ({
      what,
      passes,
      seconds: cycles / CYCLES_PER_SECOND,
      measuredMicroamps: seen,
      estimatedMicroamps: estimated,
      lowMicroamps: low,
      highMicroamps: high,
      differenceMicroamps: seen - estimated,
      differenceShare: estimated === 0 ? null : seen / estimated - 1,
      inside: isInside ? 'yes' : seen < low ? 'below' : 'above',
      measuredMicrocoulombs: (seen * cycles) / CYCLES_PER_SECOND,
      estimatedMicrocoulombs: (estimated * cycles) / CYCLES_PER_SECOND,
    })),
    notes: [
      ...notesOf(alignment, how, found),
      ...blurred(found, measured),
      ...measured.notes.map(({ message }) => message),
    ],
    facts: {
      offsetCycles: alignment.offset,
      scale: alignment.scale,
      scaleKnown: alignment.isScaleKnown,
      correlation: alignment.correlation,
      rivalOffsetCycles: alignment.rival?.offset ?? null,
      gain: found.line?.gain ?? null,
      offsetMicroamps: found.line?.offsetMicroamps ?? null,
      residualMicroamps: found.line?.residualMicroamps ?? null,
    },
  }
}

/** Fewer samples to a pass: what lies beside it is in its figures. */
const FEW_SAMPLES = 20

function blurred(
  { stretches }: MeasuredComparison,
  { samplesPerSecond }: MeasuredCurrent,
): readonly string[] {
  if (samplesPerSecond === null) return []
  return stretches.flatMap(({ what, passes, cycles }) => {
    const each = (cycles / passes / CYCLES_PER_SECOND) * samplesPerSecond
    return each < FEW_SAMPLES
      ? [
          `${what}: ${each.toFixed(1)} samples a pass, so that what the board draws before and after is in them`,
        ]
      : []
  })
}

const columns: readonly AnswerColumn[] = [
  words('what', 'what'),
  count('passes', 'passes'),
  decimals('measuredMicroamps', 'measured\nuA', 1),
  decimals('estimatedMicroamps', 'estimated\nuA', 1),
  decimals('lowMicroamps', '\nfrom', 1),
  decimals('highMicroamps', '\nto', 1),
  {
    key: 'differenceShare',
    title: 'differs',
    show: (value) =>
      typeof value === 'number' ? `${value < 0 ? '' : '+'}${(100 * value).toFixed(1)} %` : '',
  },
  words('inside', 'inside'),
]

function notesOf(
  { offset, scale, isScaleKnown, correlation, rival }: Alignment,
  how: string,
  { line }: MeasuredComparison,
): readonly string[] {
  const ppm = (scale - 1) * 1e6
  const clock = isScaleKnown
    ? `the board's clock is ${Math.abs(ppm).toFixed(1)} ppm ${ppm < 0 ? 'slower' : 'faster'} there than the model's, and the measurement was ${ppm < 0 ? 'compressed' : 'stretched'} by that`
    : 'the clocks of board and model could not be compared, and are taken to be the same'
  return [
    `the measurement begins ${how}, ${signedSpanText(offset)} into the run; ${clock}`,
    ...(correlation < NOT_WHOLE
      ? [
          `the two are alike by ${correlation.toFixed(2)} only (1 would be the same but for gain and offset): look at them before you believe it`,
        ]
      : []),
    ...(rival
      ? [
          `it fits nearly as well at ${signedSpanText(rival.offset)}, as what goes on repeats: say where it begins, with --align`,
        ]
      : []),
    ...(line
      ? [
          `measured is ${line.gain.toFixed(3)} times estimated ${line.offsetMicroamps < 0 ? 'less' : 'plus'} ${Math.abs(line.offsetMicroamps).toFixed(1)} uA, but for ${line.residualMicroamps.toFixed(1)} uA (root mean square)`,
        ]
      : []),
    'from and to: every coefficient at that end at once; inside: the measurement lies between',
  ]
}
