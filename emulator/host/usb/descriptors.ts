/** USB 2.0, 9.6: what a device says of itself. Whatever is too short or has no sense is left out, never an error. */
const INTERFACE = 4
const ENDPOINT = 5
const CLASS_SPECIFIC = 0x24
const HID_CLASS = 0x21
const UNION = 6
const TRANSFER_TYPES = ['control', 'isochronous', 'bulk', 'interrupt'] as const

export interface DeviceDescriptor {
  readonly usbVersion: string
  readonly classCode: number
  readonly subclass: number
  readonly protocol: number
  readonly maxPacket0: number
  readonly vendorId: number
  readonly productId: number
  readonly release: string
  readonly manufacturerIndex: number
  readonly productIndex: number
  readonly serialNumberIndex: number
}

export interface EndpointDescriptor {
  readonly endpoint: number
  readonly direction: 'in' | 'out'
  readonly type: (typeof TRANSFER_TYPES)[number]
  readonly maxPacket: number
  readonly interval: number
}

export interface InterfaceDescriptor {
  readonly number: number
  readonly alternate: number
  readonly classCode: number
  readonly subclass: number
  readonly protocol: number
  readonly endpoints: readonly EndpointDescriptor[]
  /** Of CDC: the interfaces that work for it, of its union descriptor. */
  readonly subordinates: readonly number[]
  /** Of HID: bytes of its report descriptor. */
  readonly reportDescriptorBytes: number
}

export interface ConfigurationDescriptor {
  readonly totalBytes: number
  readonly value: number
  readonly isSelfPowered: boolean
  readonly canWakeUp: boolean
  readonly maxPowerMilliamps: number
  readonly interfaces: readonly InterfaceDescriptor[]
}

const word = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)

/** 0x0210 is 2.1. */
const decimal = (bcd: number): string =>
  `${(bcd >> 8).toString(16)}.${((bcd >> 4) & 0xf).toString(16)}${
    (bcd & 0xf) === 0 ? '' : (bcd & 0xf).toString(16)
  }`

/** Undefined where it is none. */
export function readDevice(bytes: Uint8Array): DeviceDescriptor | undefined {
  if (bytes.length < 18 || bytes[1] !== 1) return undefined
  const [, , , , classCode = 0, subclass = 0, protocol = 0, maxPacket0 = 0] = bytes
  return {
    usbVersion: decimal(word(bytes, 2)),
    classCode,
    subclass,
    protocol,
    maxPacket0,
    vendorId: word(bytes, 8),
    productId: word(bytes, 10),
    release: decimal(word(bytes, 12)),
    manufacturerIndex: bytes[14] ?? 0,
    productIndex: bytes[15] ?? 0,
    serialNumberIndex: bytes[16] ?? 0,
  }
}

/** Undefined where it is none; interfaces that are not whole are left out. */
export function readConfiguration(bytes: Uint8Array): ConfigurationDescriptor | undefined {
  if (bytes.length < 9 || bytes[1] !== 2) return undefined
  const attributes = bytes[7] ?? 0
  const interfaces: InterfaceDescriptor[] = []
  for (const one of descriptorsIn(bytes.subarray(bytes[0] ?? 9))) {
    const last = interfaces.pop()
    if (one[1] === INTERFACE && one.length >= 9) {
      if (last) interfaces.push(last)
      interfaces.push(interfaceOf(one))
    } else if (last) interfaces.push(withMore(last, one))
  }
  return {
    totalBytes: word(bytes, 2),
    value: bytes[5] ?? 0,
    isSelfPowered: (attributes & 0x40) !== 0,
    canWakeUp: (attributes & 0x20) !== 0,
    maxPowerMilliamps: 2 * (bytes[8] ?? 0),
    interfaces,
  }
}

/** UTF-16 without its header; undefined where it is no string. */
export function readString(bytes: Uint8Array): string | undefined {
  if (bytes.length < 2 || bytes[1] !== 3) return undefined
  let text = ''
  const end = Math.min(bytes.length, bytes[0] ?? 0)
  for (let at = 2; at + 1 < end; at += 2) text += String.fromCharCode(word(bytes, at))
  return text
}

function* descriptorsIn(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at + 2 <= bytes.length;) {
    const length = bytes[at] ?? 0
    if (length < 2 || at + length > bytes.length) return
    yield bytes.subarray(at, at + length)
    at += length
  }
}

const interfaceOf = (bytes: Uint8Array): InterfaceDescriptor => ({
  number: bytes[2] ?? 0,
  alternate: bytes[3] ?? 0,
  classCode: bytes[5] ?? 0,
  subclass: bytes[6] ?? 0,
  protocol: bytes[7] ?? 0,
  endpoints: [],
  subordinates: [],
  reportDescriptorBytes: 0,
})

function withMore(known: InterfaceDescriptor, bytes: Uint8Array): InterfaceDescriptor {
  if (bytes[1] === ENDPOINT && bytes.length >= 7) {
    const address = bytes[2] ?? 0
    const endpoint: EndpointDescriptor = {
      endpoint: address & 0xf,
      direction: address & 0x80 ? 'in' : 'out',
      type: TRANSFER_TYPES[(bytes[3] ?? 0) & 3] ?? 'control',
      maxPacket: word(bytes, 4) & 0x7ff,
      interval: bytes[6] ?? 0,
    }
    return { ...known, endpoints: [...known.endpoints, endpoint] }
  }
  if (bytes[1] === CLASS_SPECIFIC && bytes[2] === UNION && known.classCode === 2)
    return { ...known, subordinates: [...bytes.subarray(4)] }
  if (bytes[1] === HID_CLASS && known.classCode === 3 && bytes.length >= 9)
    return { ...known, reportDescriptorBytes: word(bytes, 7) }
  return known
}
