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

  beginInvocation(): void {
    this.#invocations.push({ since: this.context.now, span: undefined, name: '' })
  }

  endInvocation(): void {
    this.#end(this.#invocations.pop(), false)
  }

  dropInvocation(): void {
    this.#end(this.#invocations.pop(), true)
  }

  beginOperator(operator: ListenedOperator): void {
    const innermost = this.#invocations.at(-1)
    if (innermost && innermost.span === undefined) {
      const name = `interpreter ${operator.table}`
      const span = this.#spans.begin(name, innermost.since, { nameData: { table: operator.table } })
      this.#invocations[this.#invocations.length - 1] = { since: innermost.since, span, name }
    }
    const name = nameOf(operator)
    const { table, path, subgraph, evalAddress } = operator
    const nameData = { table, path: [...path], subgraph, evalAddress }
    const since = this.context.now
    this.#operators.push({ since, span: this.#spans.begin(name, since, { nameData }), name })
  }

  endOperator(): void {
    this.#end(this.#operators.pop(), false)
  }

  dropOperator(): void {
    this.#end(this.#operators.pop(), true)
  }

  get #spans(): Spans {
    return this.context.timeline.spans(OPERATORS).spans
  }

  #end(open: Open | undefined, isCutOff: boolean): void {
    if (open?.span === undefined) return
    this.#spans.end(open.span, this.context.now, isCutOff ? { name: `${open.name}, cut off` } : {})
  }

  save(): SavedOperators {
    return { invocations: [...this.#invocations], operators: [...this.#operators] }
  }

  restore({ invocations, operators }: SavedOperators): void {
    this.#invocations = [...invocations]
    this.#operators = [...operators]
  }
}
