import { bytesAsText, unpackTwoWire } from './bytes.ts'
import type { Cycles } from '../cpu/bus.ts'
import type { Plain } from '../snapshot/saved.ts'
import type { Span } from './span.ts'
import type { SpanTrack } from './tracks.ts'

/** A transfer on I2C. */
export interface TwoWireTransfer {
  readonly address: number
  readonly direction: 'read' | 'write'
  /** The first byte written to the slave, here or in the write just before without a STOP in between. */
  readonly register: number | undefined
  /** The first of them, without the register. */
  readonly bytes: readonly number[]
  /** All, with the register where it was written here. */
  readonly count: number
}

/** Of a span of a track that is `decoded` as I2C; undefined while it is open. */
export const twoWireTransfer = (
  track: SpanTrack,
  { kind, data, value = 0 }: Span,
): TwoWireTransfer | undefined => {
  const named = track.spans.names[kind]?.data
  if (typeof data !== 'string' || !named) return undefined
  const { address, direction } = named as unknown as Pick<TwoWireTransfer, 'address' | 'direction'>
  return { address, direction, ...unpackTwoWire(data), count: value }
}

/** Data of a transfer on SPI: the first bytes. */
export interface SpiData {
  readonly out: readonly number[]
  readonly in: readonly number[]
}

/** A sample that the firmware fetched. */
export interface SampleData {
  /** When the sensor took it. */
  readonly takenCycle: Cycles
  /** In the channel's unit. */
  readonly value: number
}

/** Data of a span, with what its track keeps in few words spelt out. */
export const spanData = (track: SpanTrack, span: Span): Plain => {
  const { data, kind, value = 0 } = span
  if (track.info.amounts && Array.isArray(data)) return amountsByName(track.info.amounts, data as number[])
  if (track.info.decoded === 'i2c') {
    const transfer = twoWireTransfer(track, span)
    return transfer && { ...transfer }
  }
  if (track.info.decoded !== 'samples' || typeof data !== 'number') return data
  const { sensitivity } = track.spans.names[kind]?.data as { readonly sensitivity: number }
  return { takenCycle: data, value: value * sensitivity } satisfies SampleData
}

/** Without those that are 0. */
const amountsByName = (
  names: readonly string[],
  amounts: readonly number[],
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    names.map((name, i) => [name, amounts[i] ?? 0] as const).filter(([, amount]) => amount !== 0),
  )

/** What a span or mark says: its text, or its data in words; nothing where it has neither. */
export const spanText = (track: SpanTrack, span: Span): string => {
  const { text, data, value } = span
  if (text !== undefined || data === undefined) return text ?? ''
  if (track.info.decoded === 'i2c') return twoWireText(twoWireTransfer(track, span))
  if (track.info.decoded !== 'spi') return ''
  const { out, in: answer } = data as unknown as SpiData
  return `out${bytesAsText(out, value)}, in${bytesAsText(answer, value)}`
}

const twoWireText = (transfer: TwoWireTransfer | undefined): string => {
  if (!transfer) return ''
  const { address, direction, register, bytes, count } = transfer
  const isRegisterWritten = direction === 'write' && count > 0
  const at = register === undefined ? '' : ` register ${hex(register)}`
  return `${hex(address)} ${direction}${at}${bytesAsText(bytes, count - (isRegisterWritten ? 1 : 0))}`
}

const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`
