import type { SpiListener } from '../../nrf52840/listeners.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { Spans } from '../spans.ts'
import { bytesAsText, MOST_BYTES } from './bytes.ts'
import type { RecordingContext } from './source.ts'

interface Transfer {
  readonly span: number
  readonly out: readonly number[]
  readonly answer: readonly number[]
  readonly count: number
}

export type SavedSpi = readonly { readonly master: string; readonly transfer: Transfer }[]

/** Transfers on SPI with their bytes; of the legacy SPI each byte. */
export class SpiRecorder implements SpiListener, Saved<SavedSpi> {
  readonly #transfers = new Map<string, Transfer>()

  constructor(private readonly context: RecordingContext) {}

  begin(master: string): void {
    this.end(master)
    const span = this.#spans(master).begin('transfer', this.context.now)
    this.#transfers.set(master, { span, out: [], answer: [], count: 0 })
  }

  exchange(master: string, out: number, answer: number): void {
    const transfer = this.#transfers.get(master)
    if (!transfer) {
      const text = `out${bytesAsText([out])}, in${bytesAsText([answer])}`
      this.#spans(master).mark('byte', this.context.now, {
        value: 1,
        text,
        data: { out: [out], in: [answer] },
      })
      return
    }
    const isFull = transfer.count >= MOST_BYTES
    this.#transfers.set(master, {
      span: transfer.span,
      out: isFull ? transfer.out : [...transfer.out, out],
      answer: isFull ? transfer.answer : [...transfer.answer, answer],
      count: transfer.count + 1,
    })
  }

  end(master: string): void {
    const transfer = this.#transfers.get(master)
    if (!transfer) return
    this.#transfers.delete(master)
    const { span, out, answer, count } = transfer
    this.#spans(master).end(span, this.context.now, {
      value: count,
      text: `out${bytesAsText(out, count)}, in${bytesAsText(answer, count)}`,
      data: { out, in: answer },
    })
  }

  #spans(master: string): Spans {
    const { timeline } = this.context
    return timeline.marks({ id: `bus/${master}`, name: `${master}, SPI`, group: 'buses', unit: 'bytes' })
      .spans
  }

  save(): SavedSpi {
    return [...this.#transfers].map(([master, transfer]) => ({ master, transfer }))
  }

  restore(saved: SavedSpi): void {
    this.#transfers.clear()
    for (const { master, transfer } of saved) this.#transfers.set(master, transfer)
  }
}
