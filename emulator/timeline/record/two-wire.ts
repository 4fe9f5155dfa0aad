import { hex } from '../../memory/unmodelled.ts'
import type { TwoWireListener } from '../../nrf52840/listeners.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { SpanBegin } from '../span.ts'
import type { Spans } from '../spans.ts'
import { MOST_BYTES, packTwoWire } from '../bytes.ts'
import type { RecordingContext } from './source.ts'

/** From a start to the next or to STOP; one a master, used again. */
interface Transfer {
  isOpen: boolean
  span: number
  address: number
  direction: 'read' | 'write'
  register: number | undefined
  bytes: number[]
  count: number
  isSilent: boolean
}

/** What all transfers with one address in one direction have in common. */
interface Kind {
  readonly name: string
  readonly begin: SpanBegin
}

export type SavedTwoWire = readonly { readonly master: string; readonly transfer: Readonly<Transfer> }[]

/**
 * Transfers on I2C, decoded: address, direction, register and bytes. That the first byte written is the number of a
 * register is how nearly all slaves work, and a guess.
 */
export class TwoWireRecorder implements TwoWireListener, Saved<SavedTwoWire> {
  readonly #transfers = new Map<string, Transfer>()
  /** Not saved: found again on the timeline. */
  readonly #tracks = new Map<string, Spans>()
  /** By address and direction. Not saved: made again. */
  readonly #kinds = new Map<number, Kind>()

  constructor(private readonly context: RecordingContext) {}

  start(master: string, address: number, direction: 'read' | 'write'): void {
    const transfer = this.#transfer(master)
    const follows = transfer.isOpen && transfer.address === address && direction === 'read'
    this.#end(master, transfer)
    const { name, begin } = this.#kind(address, direction)
    const span = this.#spans(master).begin(name, this.context.now, begin)
    transfer.isOpen = true
    transfer.span = span
    transfer.address = address
    transfer.direction = direction
    if (!follows) transfer.register = undefined
    transfer.bytes = []
    transfer.count = 0
    transfer.isSilent = false
  }

  addressed(master: string, acknowledged: boolean): void {
    if (!acknowledged) this.#transfer(master).isSilent = true
  }

  byte(master: string, value: number): void {
    const transfer = this.#transfer(master)
    if (!transfer.isOpen) return
    if (transfer.direction === 'write' && transfer.count === 0) transfer.register = value
    else if (transfer.bytes.length < MOST_BYTES) transfer.bytes.push(value)
    transfer.count += 1
  }

  stop(master: string): void {
    this.#end(master, this.#transfer(master))
  }

  #end(master: string, transfer: Transfer): void {
    if (!transfer.isOpen) return
    transfer.isOpen = false
    const { span, address, direction, register, bytes, count, isSilent } = transfer
    this.#spans(master).end(span, this.context.now, {
      name: isSilent ? `${this.#kind(address, direction).name}, not acknowledged` : undefined,
      value: count,
      data: packTwoWire(register, bytes),
    })
  }

  #transfer(master: string): Transfer {
    let transfer = this.#transfers.get(master)
    if (!transfer) {
      const none = {
        isOpen: false,
        span: 0,
        address: 0,
        register: undefined,
        bytes: [],
        count: 0,
        isSilent: false,
      }
      this.#transfers.set(master, (transfer = { ...none, direction: 'read' }))
    }
    return transfer
  }

  #spans(master: string): Spans {
    let spans = this.#tracks.get(master)
    if (!spans) {
      const info = { id: `bus/${master}`, name: `${master}, I2C`, group: 'buses', unit: 'bytes' }
      ;({ spans } = this.context.timeline.marks({ ...info, decoded: 'i2c' }))
      this.#tracks.set(master, spans)
    }
    return spans
  }

  #kind(address: number, direction: 'read' | 'write'): Kind {
    const key = 2 * address + (direction === 'read' ? 1 : 0)
    let kind = this.#kinds.get(key)
    if (!kind) {
      kind = { name: `${hex(address, 2)} ${direction}`, begin: { nameData: { address, direction } } }
      this.#kinds.set(key, kind)
    }
    return kind
  }

  save(): SavedTwoWire {
    return [...this.#transfers].map(([master, transfer]) => ({ master, transfer: copyOf(transfer) }))
  }

  restore(saved: SavedTwoWire): void {
    this.#tracks.clear()
    this.#transfers.clear()
    for (const { master, transfer } of saved) this.#transfers.set(master, copyOf(transfer))
  }
}

const copyOf = (transfer: Transfer): Transfer => ({ ...transfer, bytes: [...transfer.bytes] })
