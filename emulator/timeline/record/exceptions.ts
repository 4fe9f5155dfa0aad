import type { Cycles } from '../../cpu/bus.ts'
import type { ExceptionModel } from '../../cpu/exceptions/exceptions.ts'
import { exceptionName } from '../../nrf52840/exception-names.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { Spans } from '../spans.ts'
import type { RecordingContext } from './source.ts'

const EXCEPTIONS = { id: 'exceptions', name: 'exceptions', group: 'processor', unit: 'cycles of latency' }

export interface SavedExceptions {
  /** Number and cycle, one after the other. */
  readonly requested: readonly number[]
  /** Number of the exception and of its span, one after the other. */
  readonly active: readonly number[]
}

/**
 * Handlers from their first instruction to their return. The value is the latency: from the request, when the exception
 * became pending, to the first instruction; masked and disabled, it waits.
 */
export class ExceptionsRecorder implements Saved<SavedExceptions> {
  readonly #requested = new Map<number, Cycles>()
  readonly #active: { readonly exception: number; readonly span: number }[] = []
  /** Not saved: of who listens. */
  #isAttached = false
  /** Not saved: of who listens. */
  #takeBack: () => void = () => undefined

  constructor(
    private readonly context: RecordingContext,
    private readonly exceptions: ExceptionModel,
  ) {}

  attach(): void {
    const { exceptions, context } = this
    const { onEntry, onReturn } = exceptions
    this.#isAttached = true
    exceptions.nvic.onPend = (exception) => this.#requested.set(exception, context.now)
    const entry = (exception: number, cycle: Cycles): void => {
      onEntry?.(exception, cycle)
      if (this.#isAttached) this.#enter(exception, cycle)
    }
    const back = (exception: number, cycle: Cycles): void => {
      onReturn?.(exception, cycle)
      if (this.#isAttached) this.#leave(exception, cycle)
    }
    exceptions.onEntry = entry
    exceptions.onReturn = back
    this.#takeBack = () => {
      if (exceptions.onEntry === entry) exceptions.onEntry = onEntry
      if (exceptions.onReturn === back) exceptions.onReturn = onReturn
    }
  }

  /** Others may have put themselves in front: what calls them stays in place. */
  detach(): void {
    this.exceptions.nvic.onPend = undefined
    this.#isAttached = false
    this.#takeBack()
  }

  /** The chip is reset: nothing is pending, no handler goes on. */
  reset(): void {
    this.#requested.clear()
    for (const { exception, span } of this.#active.splice(0).reverse())
      this.#spans.end(span, this.context.now, { name: `${exceptionName(exception)}, cut off` })
  }

  get #spans(): Spans {
    return this.context.timeline.spans(EXCEPTIONS).spans
  }

  #enter(exception: number, cycle: Cycles): void {
    const requested = this.#requested.get(exception)
    this.#requested.delete(exception)
    const value = requested === undefined ? undefined : cycle - requested
    const span = this.#spans.begin(exceptionName(exception), cycle, { value, nameData: exception })
    this.#active.push({ exception, span })
  }

  #leave(exception: number, cycle: Cycles): void {
    const active = this.#active
    let index = active.length - 1
    while (index >= 0 && active[index]?.exception !== exception) index -= 1
    const one = active[index]
    if (!one) return
    this.#spans.end(one.span, cycle)
    if (index === active.length - 1) active.pop()
    else active.splice(index, 1)
  }

  save(): SavedExceptions {
    return {
      requested: [...this.#requested].flat(),
      active: this.#active.flatMap(({ exception, span }) => [exception, span]),
    }
  }

  restore({ requested, active }: SavedExceptions): void {
    this.#requested.clear()
    for (const [exception, cycle] of pairs(requested)) this.#requested.set(exception, cycle)
    this.#active.splice(0, Infinity, ...pairs(active).map(([exception, span]) => ({ exception, span })))
  }
}

const pairs = (flat: readonly number[]): (readonly [number, number])[] =>
  flat.flatMap((first, i) => (i % 2 === 0 ? [[first, flat[i + 1] ?? 0] as const] : []))
