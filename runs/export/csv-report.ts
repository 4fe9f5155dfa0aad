/** The tables of a report. */
import type {
  FunctionReport,
  InterpreterReport,
  OperatorReport,
  PhaseReport,
  RunReport,
} from '../report/run-report.ts'
import { table } from './csv.ts'
import type { Column } from './csv.ts'
import type { Piece } from './output.ts'

type Spread = Pick<
  PhaseReport,
  'count' | 'totalCycles' | 'minimumCycles' | 'medianCycles' | 'maximumCycles' | 'medianErrorCycles'
>

const spread = <Row>(of: (row: Row) => Spread): readonly Column<Row>[] => [
  { title: 'count', cell: (row) => of(row).count },
  { title: 'total (cycles)', cell: (row) => of(row).totalCycles },
  { title: 'minimum (cycles)', cell: (row) => of(row).minimumCycles },
  { title: 'median (cycles)', cell: (row) => of(row).medianCycles },
  { title: 'maximum (cycles)', cell: (row) => of(row).maximumCycles },
  { title: 'error of median (cycles)', cell: (row) => of(row).medianErrorCycles ?? 0 },
]

interface OperatorRow {
  readonly interpreter: InterpreterReport
  /** undefined: what the interpreter costs beside its operators. */
  readonly operator: OperatorReport | undefined
}

const OPERATORS: readonly Column<OperatorRow>[] = [
  { title: 'interpreter', cell: ({ interpreter }) => interpreter.name },
  { title: 'index', cell: ({ operator }) => operator?.index },
  { title: 'operator', cell: ({ operator }) => (operator ? operator.type : 'interpreter') },
  { title: 'kernel', cell: ({ operator }) => operator?.kernel },
  { title: 'output shape', cell: ({ operator }) => operator?.outputShape?.join('x') },
  { title: 'MACs', cell: ({ operator }) => operator?.macs },
  { title: 'cycles per MAC', cell: ({ operator }) => operator?.cyclesPerMac },
  { title: 'share (of 1)', cell: ({ interpreter, operator }) => (operator ?? interpreter.own).share },
  ...spread<OperatorRow>(({ interpreter, operator }) => operator ?? interpreter.own),
]

export const csvOperators = ({ interpreters }: RunReport): Iterable<Piece> =>
  table(
    OPERATORS,
    interpreters.flatMap((interpreter) => [
      ...interpreter.operators.map((operator) => ({ interpreter, operator })),
      { interpreter, operator: undefined },
    ]),
  )

const FUNCTIONS: readonly Column<FunctionReport>[] = [
  { title: 'function', cell: ({ name }) => name },
  { title: 'address (hex)', cell: ({ address }) => `0x${address.toString(16).padStart(8, '0')}` },
  { title: 'self (cycles)', cell: ({ selfCycles }) => selfCycles },
  { title: 'share of cycles awake (of 1)', cell: ({ share }) => share },
  { title: 'instructions', cell: ({ instructions }) => instructions },
  { title: 'entries', cell: ({ entries }) => entries },
]

export const csvFunctions = ({ functions }: RunReport): Iterable<Piece> => table(FUNCTIONS, functions)

const PHASES: readonly Column<PhaseReport>[] = [
  { title: 'phase', cell: ({ name }) => name },
  { title: 'passes', cell: ({ passes }) => passes },
  { title: 'named by', cell: ({ source }) => source },
  ...spread<PhaseReport>((phase) => phase),
]

export const csvPhases = ({ phases }: RunReport): Iterable<Piece> => table(PHASES, phases)
