/** Firmware of a few bytes, in the formats that it comes in. */

const words = (...values: readonly number[]): number[] =>
  values.flatMap((value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24])

/** A vector table of 64 words that is linked at an address, and 256 bytes of code, which `code` begins. */
export function rawFirmware(address: number, code: readonly number[] = []): Uint8Array {
  const handlers = address + 0x100
  const table = words(0x2004_0000, handlers + 1, handlers + 3, handlers + 5, ...new Array<number>(60).fill(0))
  const bytes = Uint8Array.from([...table, ...new Array<number>(256).fill(0)])
  bytes.set(code, 0x100)
  return bytes
}

export interface TestBlock {
  readonly address: number
  readonly bytes: Uint8Array
  readonly family?: number
  readonly flags?: number
  readonly number?: number
  readonly count?: number
  readonly length?: number
}

export function uf2Of(blocks: readonly TestBlock[]): Uint8Array {
  const file = new Uint8Array(512 * blocks.length)
  const view = new DataView(file.buffer)
  blocks.forEach((block, i) => {
    const { address, bytes, family, number = i, count = blocks.length, length = bytes.length } = block
    const flags = block.flags ?? (family === undefined ? 0 : 0x2000)
    const header = [0x0a32_4655, 0x9e5d_5157, flags, address, length, number, count, family ?? 0]
    header.forEach((word, at) => view.setUint32(512 * i + 4 * at, word, true))
    file.set(bytes.subarray(0, 476), 512 * i + 32)
    view.setUint32(512 * i + 508, 0x0ab1_6f30, true)
  })
  return file
}

/** In blocks of 256 bytes, as boards take them. */
export const uf2Blocks = (address: number, bytes: Uint8Array, family = 0xada5_2840): readonly TestBlock[] =>
  Array.from({ length: Math.ceil(bytes.length / 256) }, (_, i) => ({
    address: address + 256 * i,
    bytes: bytes.subarray(256 * i, 256 * (i + 1)),
    family,
  }))

export function hexOf(address: number, bytes: Uint8Array): Uint8Array {
  const record = (kind: number, at: number, data: readonly number[]): string => {
    const line = [data.length, (at >> 8) & 255, at & 255, kind, ...data]
    const sum = line.reduce((a, b) => a + b, 0)
    return `:${[...line, -sum & 255].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')}`
  }
  const lines = []
  for (let i = 0; i < bytes.length; i += 16) {
    const at = address + i
    lines.push(
      record(4, 0, [at >>> 24, (at >>> 16) & 255]),
      record(0, at & 0xffff, [...bytes.subarray(i, i + 16)]),
    )
  }
  return new TextEncoder().encode([...lines, ':00000001FF', ''].join('\n'))
}
