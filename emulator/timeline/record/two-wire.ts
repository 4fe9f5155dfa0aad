import { hex } from '../../memory/unmodelled.ts'
import type { TwoWireListener } from '../../nrf52840/listeners.ts'
import type { Saved } from '../../snapshot/saved.ts'
import type { Spans } from '../spans.ts'
import { bytesAsText, MOST_BYTES } from './bytes.ts'
import type { RecordingContext } from './source.ts'

/** From a start to the next or to STOP. */
interface Transfer {
  readonly span: number
  readonly address: number
  readonly direction: 'read' | 'write'
  /** The first byte written to the slave, here or in the write just before without a STOP in between. */
  readonly register: number | undefined
  readonly bytes: readonly number[]
  readonly count: number
  readonly isSilent: boolean
}

export type SavedTwoWire = readonly { readonly master: string; readonly transfer: Transfer }[]

/**
 * Transfers on I2C, decoded: address, direction, register and bytes. That the first byte written is the number of a
 * register is how nearly all slaves work, and a guess.
 */
export class TwoWireRecorder implements TwoWireListener, Saved<SavedTwoWire> {
  readonly #transfers = new Map<string, Transfer>()

  constructor(private readonly context: RecordingContext) {}

  start(master: string, address: number, direction: 'read' | 'write'): void {
    const before = this.#end(master)
    const follows = before?.address === address && direction === 'read'
    const span = this.#spans(master).begin(nameOf(address, direction), this.context.now)
    this.#transfers.set(master, {
      span,
      address,
      direction,
      register: follows ? before.register : undefined,
      bytes: [],
      count: 0,
      isSilent: false,
    })
  }

  addressed(master: string, acknowledged: boolean): void {
    const transfer = this.#transfers.get(master)
    if (transfer && !acknowledged) this.#transfers.set(master, { ...transfer, isSilent: true })
  }

  byte(master: string, value: number): void {
    const transfer = this.#transfers.get(master)
    if (!transfer) return
    const { direction, bytes, count } = transfer
    const isRegister = direction === 'write' && count === 0
    this.#transfers.set(master, {
      ...transfer,
      register: isRegister ? value : transfer.register,
      bytes: isRegister || bytes.length >= MOST_BYTES ? bytes : [...bytes, value],
      count: count + 1,
    })
  }

  stop(master: string): void {
    this.#end(master)
  }

  /** @returns the transfer that was under way */
  #end(master: string): Transfer | undefined {
    const transfer = this.#transfers.get(master)
    if (!transfer) return undefined
    this.#transfers.delete(master)
    const { span, address, direction, register, bytes, count, isSilent } = transfer
    const name = nameOf(address, direction)
    const at = register === undefined ? '' : ` register ${hex(register, 2)}`
    const moved = count - (direction === 'write' && count > 0 ? 1 : 0)
    this.#spans(master).end(span, this.context.now, {
      ...(isSilent && { name: `${name}, not acknowledged` }),
      value: count,
      text: isSilent ? `${name}: not acknowledged` : `${name}${at}${bytesAsText(bytes, moved)}`,
      data: { address, direction, register, bytes },
    })
    return transfer
  }

  #spans(master: string): Spans {
    const { timeline } = this.context
    return timeline.marks({ id: `bus/${master}`, name: `${master}, I2C`, group: 'buses', unit: 'bytes' })
      .spans
  }

  save(): SavedTwoWire {
    return [...this.#transfers].map(([master, transfer]) => ({ master, transfer }))
  }

  restore(saved: SavedTwoWire): void {
    this.#transfers.clear()
    for (const { master, transfer } of saved) this.#transfers.set(master, transfer)
  }
}

const nameOf = (address: number, direction: 'read' | 'write'): string => `${hex(address, 2)} ${direction}`
