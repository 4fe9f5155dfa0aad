import {
  awayLines,
  compilerText,
  librariesText,
  modelLine,
  recordingLine,
  soundLine,
} from '../../report/show/words/header.ts'
import type { RunReport } from '../../report/run-report.ts'
import type { GivenDifference } from '../comparison.ts'

interface Aspect {
  readonly what: string
  readonly of: (report: RunReport) => string
  /** undefined for what may be the change that is looked at. */
  readonly undermines?: string
}

const nothing = (text: string): string => (text === '' ? 'nothing' : text)

/** Those that undermine the figures first. */
const ASPECTS: readonly Aspect[] = [
  {
    what: 'board',
    of: ({ board }) => board.name,
    undermines: 'currents and pins are those of different boards',
  },
  {
    what: 'timing model',
    of: ({ timing }) => `${timing.model} ${parametersText(timing.parameters)}`,
    undermines: 'the same code costs other cycles in each: cycles say nothing of the firmware',
  },
  {
    what: 'set otherwise',
    of: (report) => nothing(awayLines(report)),
    undermines: 'what was set moves figures by itself',
  },
  {
    what: 'tool',
    of: ({ tool }) => `${tool.name} ${tool.version}`,
    undermines: 'another version may count otherwise: run both with the same one',
  },
  {
    what: 'recording',
    of: ({ recording }) =>
      recording ? `${recordingLine(recording)}  sha256 ${recording.sha256.slice(0, 16)}` : 'none',
    undermines: 'the firmware felt other movement, so that it may have done other work',
  },
  {
    what: 'sound',
    of: ({ sound }) => (sound ? `${soundLine(sound)}  sha256 ${sound.sha256.slice(0, 16)}` : 'none'),
    undermines: 'the firmware heard something else, so that it may have done other work',
  },
  {
    what: 'how it ended',
    of: ({ run }) => run.stop,
    undermines: 'they did not end for the same reason',
  },
  { what: 'app', of: ({ firmware }) => firmware.app },
  { what: 'kernels', of: ({ firmware }) => firmware.kernels },
  { what: 'resolver', of: ({ firmware }) => firmware.resolver },
  { what: 'compiler', of: ({ firmware }) => compilerText(firmware) },
  { what: 'libraries', of: ({ firmware }) => librariesText(firmware) },
  { what: 'model', of: ({ models }) => models.map(modelLine).join('\n') || 'none' },
  { what: 'instruction cache', of: ({ board }) => board.instructionCache },
]

const parametersText = (parameters: Readonly<Record<string, number>>): string =>
  Object.entries(parameters)
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

/** What the two runs were given otherwise. */
export function givenDifferences(a: RunReport, b: RunReport): readonly GivenDifference[] {
  const found = ASPECTS.filter(({ of }) => of(a) !== of(b)).map(({ what, of, undermines }) => ({
    what,
    // Of parameters, only those that differ.
    ...(what === 'timing model' ? timingDifference(a, b) : { a: of(a), b: of(b) }),
    undermines: undermines ?? null,
  }))
  return [...found, ...durations(a, b)].sort(
    (x, y) => Number(x.undermines === null) - Number(y.undermines === null),
  )
}

function timingDifference(a: RunReport, b: RunReport): { readonly a: string; readonly b: string } {
  const names = [...new Set([...Object.keys(a.timing.parameters), ...Object.keys(b.timing.parameters)])]
  const other = names.filter((name) => a.timing.parameters[name] !== b.timing.parameters[name])
  const text = ({ timing }: RunReport): string => {
    const shown = other.map((name) => `${name} ${timing.parameters[name] ?? 'unknown'}`).join(', ')
    return shown === '' ? timing.model : `${timing.model}, ${shown}`
  }
  return { a: text(a), b: text(b) }
}

/** Whether sums over both runs are of the same: of as much time, or where both ended by themselves, of the same work. */
export function isSumAlike(a: RunReport, b: RunReport): boolean {
  const byItself = ({ run }: RunReport): boolean => ['until', 'exit'].includes(run.stop)
  return a.run.cycles === b.run.cycles || (byItself(a) && byItself(b))
}

/** Where firmware ends by itself, it is faster or slower: that is a figure. */
function durations(a: RunReport, b: RunReport): readonly GivenDifference[] {
  if (isSumAlike(a, b)) return []
  const text = ({ run }: RunReport): string => `${run.seconds} s`
  if (text(a) === text(b)) return []
  return [
    {
      what: 'simulated time',
      a: text(a),
      b: text(b),
      undermines: 'sums over the whole run are of unequal time; medians and averages are not touched by it',
    },
  ]
}
