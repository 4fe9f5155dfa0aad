import type { Cycles } from '../../cpu/bus.ts'
import type { ListenedOperator, OperatorListener } from '../../probes/operators.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { Spans } from '../spans.ts'
import type { RecordingContext } from './source.ts'

const OPERATORS = { id: 'operators', name: 'interpreters and operators', group: 'inference', unit: '' }

interface Open {
  /** When an invocation began that has called no operator yet: whose it is is not known before. */
  readonly since: Cycles
  readonly span: number | undefined
  readonly name: string
}

export interface SavedOperators {
  readonly invocations: readonly Open[]
  readonly operators: readonly Open[]
}

const nameOf = ({ path, evalAddress }: ListenedOperator): string =>
  `operator ${path.join('.')} (0x${evalAddress.toString(16)})`

/** Invocations of interpreters, and the operators in them. */
export class OperatorsRecorder implements OperatorListener, Saved<SavedOperators> {
  #invocations: Open[] = []
  #operators: Open[] = []

  constructor(private readonly context: RecordingContext) {}

  beginInvocation(cycle: Cycles): void {
    this.#invocations.push({ since: cycle, span: undefined, name: '' })
  }

  endInvocation(_table: number | undefined, cycle: Cycles): void {
    this.#end(this.#invocations.pop(), cycle, false)
  }

  dropInvocation(cycle: Cycles): void {
    this.#end(this.#invocations.pop(), cycle, true)
  }

  beginOperator(operator: ListenedOperator, since: Cycles): void {
    const innermost = this.#invocations.at(-1)
    if (innermost && innermost.span === undefined) {
      const name = `interpreter ${operator.table}`
      const span = this.#spans.begin(name, innermost.since, { nameData: { table: operator.table } })
      this.#invocations[this.#invocations.length - 1] = { since: innermost.since, span, name }
    }
    const name = nameOf(operator)
    const { table, path, subgraph, evalAddress } = operator
    const nameData = { table, path: [...path], subgraph, evalAddress }
    this.#operators.push({ since, span: this.#spans.begin(name, since, { nameData }), name })
  }

  endOperator(cycle: Cycles): void {
    this.#end(this.#operators.pop(), cycle, false)
  }

  dropOperator(cycle: Cycles): void {
    this.#end(this.#operators.pop(), cycle, true)
  }

  get #spans(): Spans {
    return this.context.timeline.spans(OPERATORS).spans
  }

  #end(open: Open | undefined, cycle: Cycles, isCutOff: boolean): void {
    if (open?.span === undefined) return
    this.#spans.end(open.span, cycle, isCutOff ? { name: `${open.name}, cut off` } : {})
  }

  save(): SavedOperators {
    return { invocations: [...this.#invocations], operators: [...this.#operators] }
  }

  restore({ invocations, operators }: SavedOperators): void {
    this.#invocations = [...invocations]
    this.#operators = [...operators]
  }
}
