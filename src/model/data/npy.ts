/** NumPy's .npy, format 1.0 and 2.0: a header in Python's words, then the elements, C order, little-endian. */
import { UserError } from '../../../runs/errors.ts'

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Bytes of an element by its code. */
const widths: Readonly<Record<string, number>> = {
  '|i1': 1,
  '|u1': 1,
  '|b1': 1,
  '<i2': 2,
  '<u2': 2,
  '<i4': 4,
  '<u4': 4,
  '<f4': 4,
  '<i8': 8,
  '<f8': 8,
}

export interface NumpyArray {
  /** `|i1`, `<f4` ... */
  readonly code: string
  readonly shape: readonly number[]
  readonly data: Uint8Array
}

/** @throws UserError beginning with `name` */
export function readNpy(bytes: Uint8Array, name: string): NumpyArray {
  const fail = (what: string): never => {
    throw new UserError(`${name}: ${what}`)
  }
  if (!magic.every((byte, index) => bytes[index] === byte)) fail('not a .npy file: it does not begin as one')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const long = bytes[6] !== 1
  const start = long ? 12 : 10
  if (bytes.length < start) fail('the file ends within its header')
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true))
  if (bytes.length < end) fail('the file ends within its header')
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, end))
  const code = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? fail('its header names no type of elements')
  const width =
    widths[code] ??
    fail(`elements of type ${JSON.stringify(code)}; whole numbers and floats, little-endian, are read`)
  if (/'fortran_order':\s*True/.test(header)) fail('in Fortran order; save numpy.ascontiguousarray(array)')
  const dimensions = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? fail('its header names no shape')
  const shape = dimensions
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number)
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) fail(`a shape of (${dimensions})`)
  const size = shape.reduce((a, b) => a * b, width)
  const data = bytes.subarray(end)
  if (data.length !== size) fail(`${data.length} bytes of elements, its header says ${size}`)
  return { code, shape, data }
}

/** Every element as a number. */
export function numbersOf({ code, data }: NumpyArray): Float64Array {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const width = widths[code] ?? 1
  const read: Readonly<Record<string, (at: number) => number>> = {
    '|i1': (at) => view.getInt8(at),
    '|u1': (at) => view.getUint8(at),
    '|b1': (at) => view.getUint8(at),
    '<i2': (at) => view.getInt16(at, true),
    '<u2': (at) => view.getUint16(at, true),
    '<i4': (at) => view.getInt32(at, true),
    '<u4': (at) => view.getUint32(at, true),
    '<f4': (at) => view.getFloat32(at, true),
    '<i8': (at) => Number(view.getBigInt64(at, true)),
    '<f8': (at) => view.getFloat64(at, true),
  }
  const one = read[code] ?? (() => NaN)
  return Float64Array.from({ length: data.length / width }, (_, index) => one(index * width))
}

export function writeNpy({ code, shape, data }: NumpyArray): Uint8Array {
  const dimensions = shape.length === 1 ? `${shape[0] ?? 0},` : shape.join(', ')
  const plain = `{'descr': '${code}', 'fortran_order': False, 'shape': (${dimensions}), }`
  // Elements begin at a multiple of 64.
  const header = `${plain.padEnd(Math.ceil((10 + plain.length + 1) / 64) * 64 - 11)}\n`
  const bytes = new Uint8Array(10 + header.length + data.length)
  bytes.set([...magic, 1, 0, header.length & 0xff, header.length >> 8])
  bytes.set(new TextEncoder().encode(header), 10)
  bytes.set(data, 10 + header.length)
  return bytes
}
