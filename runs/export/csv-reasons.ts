/** Why cycles went by, as a table: the run, each operator and each function, a column for each reason that there is. */
import { UserError } from '../errors.ts'
import type { RunSummary } from '../report/run-report.ts'
import { table } from './csv.ts'
import type { Column } from './csv.ts'
import type { Piece } from './output.ts'

type Reasons = Readonly<Record<string, number>>

/** What it needs of a RunReport: reports without reasons are read too, and refused. */
export interface ReasonedReport {
  readonly run: Pick<RunSummary, 'cycles'>
  readonly reasons?: Reasons
  readonly interpreters: readonly {
    readonly name: string
    readonly own: { readonly totalCycles: number; readonly reasons?: Reasons }
    readonly operators: readonly {
      readonly index: string
      readonly type: string | null
      readonly kernel: string
      readonly totalCycles: number
      readonly reasons?: Reasons
    }[]
  }[]
  readonly functions: readonly {
    readonly name: string
    readonly selfCycles: number
    readonly reasons?: Reasons
  }[]
}

interface Row {
  readonly of: 'run' | 'operator' | 'interpreter' | 'function'
  readonly within?: string
  readonly name: string
  readonly cycles: number
  readonly reasons: Reasons
}

/** @throws UserError for a report that has none */
export function csvReasons(report: ReasonedReport): Iterable<Piece> {
  const rows = rowsOf(report)
  const reasons = [...new Set(rows.flatMap((row) => Object.keys(row.reasons)))]
  if (reasons.length === 0)
    throw new UserError('csv-reasons needs the reasons of cycles, and the report has none: run it again')
  const columns: readonly Column<Row>[] = [
    { title: 'of', cell: ({ of }) => of },
    { title: 'interpreter', cell: ({ within }) => within },
    { title: 'name', cell: ({ name }) => name },
    { title: 'total (cycles)', cell: ({ cycles }) => cycles },
    ...reasons.map((reason): Column<Row> => ({
      title: `${reason} (cycles)`,
      cell: (row) => row.reasons[reason] ?? 0,
    })),
  ]
  return table(columns, rows)
}

const rowsOf = ({ run, reasons = {}, interpreters, functions }: ReasonedReport): readonly Row[] => [
  { of: 'run', name: '', cycles: run.cycles, reasons },
  ...interpreters.flatMap(({ name: within, own, operators }): Row[] => [
    ...operators.map((operator): Row => ({
      of: 'operator',
      within,
      name: `${operator.index} ${operator.type ?? operator.kernel}`,
      cycles: operator.totalCycles,
      reasons: operator.reasons ?? {},
    })),
    { of: 'interpreter', within, name: within, cycles: own.totalCycles, reasons: own.reasons ?? {} },
  ]),
  ...functions.map(({ name, selfCycles, reasons: own = {} }): Row => ({
    of: 'function',
    name,
    cycles: selfCycles,
    reasons: own,
  })),
]
