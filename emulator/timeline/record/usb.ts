import type { UsbListener } from '../../nrf52840/listeners.ts'
import { bytesAsText } from '../bytes.ts'
import type { Spans } from '../spans.ts'
import type { RecordingContext } from './source.ts'

const TRACK = { id: 'bus/USBD', name: 'USBD, USB', group: 'buses', unit: 'bytes' }
/** Bytes of a packet that are shown. */
const SHOWN = 16

/** What went over USB, as marks: direction and endpoint, with how many bytes and the first of them. */
export class UsbRecorder implements UsbListener {
  constructor(private readonly context: RecordingContext) {}

  packet(kind: 'SETUP' | 'IN' | 'OUT', endpoint: number, bytes: Uint8Array): void {
    this.#spans.mark(`${kind} ${endpoint}`, this.context.now, {
      value: bytes.length,
      text: bytesAsText([...bytes.subarray(0, SHOWN)], bytes.length).replace(/^: /, ''),
    })
  }

  busReset(): void {
    this.#spans.mark('reset', this.context.now)
  }

  get #spans(): Spans {
    return this.context.timeline.marks(TRACK).spans
  }
}
