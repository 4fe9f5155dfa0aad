import type { SpiListener } from '../../nrf52840/listeners.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { Spans } from '../spans.ts'
import { MOST_BYTES } from '../bytes.ts'
import type { RecordingContext } from './source.ts'

interface Transfer {
  readonly span: number
  readonly out: number[]
  readonly answer: number[]
  count: number
}

export type SavedSpi = readonly { readonly master: string; readonly transfer: Readonly<Transfer> }[]

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
      this.#spans(master).mark('byte', this.context.now, {
        value: 1,
        data: { out: [out], in: [answer] },
      })
      return
    }
    if (transfer.count < MOST_BYTES) {
      transfer.out.push(out)
      transfer.answer.push(answer)
    }
    transfer.count += 1
  }

  end(master: string): void {
    const transfer = this.#transfers.get(master)
    if (!transfer) return
    this.#transfers.delete(master)
    const { span, out, answer, count } = transfer
    this.#spans(master).end(span, this.context.now, {
      value: count,
      data: { out, in: answer },
    })
  }

  #spans(master: string): Spans {
    const info = { id: `bus/${master}`, name: `${master}, SPI`, group: 'buses', unit: 'bytes' }
    return this.context.timeline.marks({ ...info, decoded: 'spi' }).spans
  }

  save(): SavedSpi {
    return [...this.#transfers].map(([master, transfer]) => ({ master, transfer: copyOf(transfer) }))
  }

  restore(saved: SavedSpi): void {
    this.#transfers.clear()
    for (const { master, transfer } of saved) this.#transfers.set(master, copyOf(transfer))
  }
}

const copyOf = (transfer: Transfer): Transfer => ({
  ...transfer,
  out: [...transfer.out],
  answer: [...transfer.answer],
})
