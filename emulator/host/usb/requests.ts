import type { ControlRequest } from './bus.ts'

const NOTHING = new Uint8Array()
const TO_DEVICE = 0x00
const FROM_DEVICE = 0x80
const CLASS_INTERFACE = 0x21
const STANDARD_INTERFACE = 0x81
const ENDPOINT = 0x02

const setup = (type: number, request: number, value: number, index: number, length: number): Uint8Array =>
  Uint8Array.of(
    ...[type, request],
    ...[value, index, length].flatMap((word) => [word & 0xff, (word >>> 8) & 0xff]),
  )

const bare = (purpose: string, type: number, request: number, value: number, index = 0): ControlRequest => ({
  purpose,
  setup: setup(type, request, value, index, 0),
  data: NOTHING,
})

/** US English, where a device has its strings in several languages. */
export const LANGUAGE = 0x409

export const getDescriptor = (
  purpose: string,
  kind: number,
  index: number,
  length: number,
  language = 0,
): ControlRequest => ({
  purpose,
  setup: setup(FROM_DEVICE, 6, (kind << 8) | index, language, length),
  data: NOTHING,
})

export const setAddress = (address: number): ControlRequest => bare('address', TO_DEVICE, 5, address)

export const setConfiguration = (value: number): ControlRequest => bare('configure', TO_DEVICE, 9, value)

export const clearHalt = (endpoint: number, direction: 'in' | 'out'): ControlRequest =>
  bare(`halt ${direction} ${endpoint}`, ENDPOINT, 1, 0, endpoint | (direction === 'in' ? 0x80 : 0))

/** 8 data bits, no parity, 1 stop bit. CDC PSTN 6.3.10. */
export const setLineCoding = (number: number, baud: number): ControlRequest => {
  const data = Uint8Array.of(baud & 0xff, (baud >> 8) & 0xff, (baud >> 16) & 0xff, baud >>> 24, 0, 0, 8)
  return { purpose: 'line coding', setup: setup(CLASS_INTERFACE, 0x20, 0, number, data.length), data }
}

/** DTR and RTS: CDC PSTN 6.3.12. */
export const setControlLineState = (number: number, lines: number): ControlRequest =>
  bare('line state', CLASS_INTERFACE, 0x22, lines, number)

/** Reports come when something has changed: HID 7.2.4. */
export const setIdle = (number: number): ControlRequest =>
  bare(`idle ${number}`, CLASS_INTERFACE, 0x0a, 0, number)

export const getReportDescriptor = (number: number, length: number): ControlRequest => ({
  purpose: `report descriptor ${number}`,
  setup: setup(STANDARD_INTERFACE, 6, 0x2200, number, length),
  data: NOTHING,
})
