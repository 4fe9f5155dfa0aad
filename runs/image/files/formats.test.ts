import '../../../src/files/host.ts'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { parseImage, parseImages } from '../image.ts'
import { bundled, unbundled } from './bundle.ts'
import { crc16 } from './dfu-package.ts'
import { hexOf, rawFirmware, uf2Blocks, uf2Of } from './testing.ts'

const NANO = { behindBootloader: { address: 0x1_0000, board: 'Nano' } }
const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const zip = (entries: Record<string, Uint8Array>): Uint8Array => zipSync(entries)

describe('a raw binary', () => {
  it.each([
    [0, 'at reset'],
    [0x1000, 'behind the MBR'],
    [0x1_0000, "behind the Arduino Nano 33 BLE's bootloader"],
    [0x2_6000, 'behind the SoftDevice S140 6'],
    [0x2_7000, 'behind the SoftDevice S140 7'],
  ])('goes to 0x%s, where its vector table fits', (address, what) => {
    const image = parseImage(rawFirmware(address), 'app.bin')
    expect(image).toMatchObject({ format: 'bin', vectorTable: address })
    expect(image.notes[0]).toContain(`goes to 0x${address.toString(16)}, ${what}: its vector table`)
  })

  it("goes to the board's own place before others", () => {
    const long = new Uint8Array(0x3_0000)
    long.set(rawFirmware(0x2_7000))
    expect(parseImage(long, 'app.bin', NANO).vectorTable).toBe(0x1_0000)
    expect(parseImage(long, 'app.bin', NANO).notes).toEqual([
      'goes to 0x10000, where the bootloader of Nano looks: its vector table fits there; --at ADDRESS puts it elsewhere',
    ])
    expect(parseImage(long, 'app.bin').vectorTable).toBe(0x2_7000)
    const elsewhere = parseImage(rawFirmware(0x2_7000), 'app.bin', NANO)
    expect(elsewhere.vectorTable).toBe(0x2_7000)
    expect(elsewhere.notes[0]).toContain('and not at 0x10000, where the bootloader of Nano looks')
  })

  it('goes where it is told, and is found behind a header', () => {
    const image = parseImage(rawFirmware(0x4_0000), 'app.bin', { at: 0x4_0000 })
    expect([image.vectorTable, image.notes]).toEqual([0x4_0000, []])
    const signed = new Uint8Array(0x400)
    signed.set(rawFirmware(0xc200), 0x200)
    expect(parseImage(signed, 'signed.bin')).toMatchObject({ vectorTable: 0xc200 })
  })

  it('is known by its contents too', () => {
    expect(parseImage(rawFirmware(0), 'firmware').format).toBe('bin')
  })

  it.each([
    [
      'fits nowhere',
      rawFirmware(0x5_0000),
      {},
      /its reset handler at 0x50100 is inside it at none of 0x0, 0x1000/,
    ],
    ['has no vector table', text('x'.repeat(600)), {}, /begins with no vector table.*--at/],
    ['is told to go where nothing is', rawFirmware(0), { at: 0x3000_0000 }, /--at 0x30000000: .* outside/],
    ['is told to go over the end', rawFirmware(0), { at: 0xf_ff00 }, /--at 0xfff00: .* outside/],
    ['is told a place where its table is none', rawFirmware(0x1_0000), { at: 0 }, /no vector table/],
    ['is empty', new Uint8Array(), {}, /the file is empty/],
  ])('that %s', (_, bytes, choices, message) => {
    expect(() => parseImage(bytes, 'app.bin', choices)).toThrow(message)
  })
})

it.each([
  ['a HEX file', hexOf(0, rawFirmware(0)), 'an Intel HEX file'],
  ['a UF2 file', uf2Of(uf2Blocks(0, rawFirmware(0))), 'a UF2 file'],
])('--at is refused for %s', (_, bytes, what) => {
  expect(() => parseImage(bytes, 'x', { at: 0 })).toThrow(`--at 0x0 is for a raw binary, and this is ${what}`)
})

describe('UF2', () => {
  const app = rawFirmware(0x1_0000)
  const ours = uf2Blocks(0x1_0000, app)

  it('has its blocks put together, in any order', () => {
    const image = parseImage(uf2Of([...ours].reverse().map((one, i) => ({ ...one, number: 1 - i }))), 'a.uf2')
    expect(image).toMatchObject({ format: 'uf2', vectorTable: 0x1_0000, notes: [] })
    expect(image.segments.map(({ bytes }) => bytes.length)).toEqual([512])
    expect(image.segments[0]?.bytes).toEqual(app)
  })

  it('without a family is taken', () => {
    const blocks = ours.map(({ address, bytes }) => ({ address, bytes }))
    expect(parseImage(uf2Of(blocks), 'a.uf2').vectorTable).toBe(0x1_0000)
  })

  it('for several chips: those blocks that are for this one', () => {
    const other = uf2Blocks(0x1000_0000, new Uint8Array(512), 0xe48b_ff56)
    const image = parseImage(uf2Of([...other, ...ours]), 'a.uf2')
    expect(image.segments.map(({ address }) => address)).toEqual([0x1_0000])
    expect(image.notes).toEqual(['2 blocks for RP2040 (family 0xe48bff56) are left out'])
    // Two files behind one another, each counted by itself.
    const apart = [...other, ...ours].map((one, i) => ({ ...one, number: i % 2, count: 2 }))
    expect(parseImage(uf2Of(apart), 'a.uf2').vectorTable).toBe(0x1_0000)
  })

  it.each([
    [
      'for another chip',
      uf2Of(uf2Blocks(0x1000_0000, app, 0xe48b_ff56)),
      /for RP2040 \(family 0xe48bff56\), not for the nRF52840/,
    ],
    [
      'for an unknown chip',
      uf2Of(uf2Blocks(0, app, 0x1234_5678)),
      /for an unknown chip \(family 0x12345678\)/,
    ],
    ['cut in a block', uf2Of(ours).subarray(0, 700), /ends 188 bytes into block 2: it is cut short/],
    [
      'that lacks a block',
      uf2Of(ours).subarray(0, 512),
      /says 2 blocks and has 1: number 1, counted from 0, is missing/,
    ],
    [
      'with a huge count',
      uf2Of(ours.map((one) => ({ ...one, count: 0xffff_ffff }))),
      /says 4294967295 blocks and has 2/,
    ],
    [
      'with counts that differ',
      uf2Of(ours.map((one, i) => ({ ...one, count: 2 + i }))),
      /block 2 of the UF2 file says 3 blocks/,
    ],
    ['with a number past its count', uf2Of(ours.map((one) => ({ ...one, number: 7 }))), /number 7 of 2/],
    [
      'with more in a block than fits',
      uf2Of(ours.map((one) => ({ ...one, length: 477 }))),
      /says that 477 bytes are in it/,
    ],
    [
      'that overlaps itself',
      uf2Of(ours.map((one, i) => ({ ...one, address: 0x1_0000 + 128 * i }))),
      /blocks 1 and 2 .* both have bytes for 0x10080/,
    ],
    ['of comments alone', uf2Of(ours.map((one) => ({ ...one, flags: 1 }))), /without a block for flash/],
    ['outside flash', uf2Of(uf2Blocks(0x0800_0000, app)), /in flash of an STM32 or GD32/],
  ])('%s', (_, bytes, message) => {
    expect(() => parseImage(bytes, 'a.uf2')).toThrow(message)
  })

  it.each([
    ['its beginning', 0],
    ['its second word', 4],
    ['its end', 508],
  ])('with a block damaged at %s', (_, at) => {
    const bytes = uf2Of(ours)
    bytes[512 + at]! ^= 1
    expect(() => parseImage(bytes, 'a.uf2')).toThrow(
      /block 2 of the UF2 file does not (begin|end) as a block does/,
    )
  })
})

describe('a DFU package', () => {
  const app = rawFirmware(0x2_6000)
  const manifest = (parts: unknown): Uint8Array => text(JSON.stringify({ manifest: parts }))
  const application = { bin_file: 'app.bin', dat_file: 'app.dat' }

  it("is its application, put as a raw binary is; checked by Adafruit's checksum", () => {
    const data = { firmware_crc16: crc16(app), softdevice_req: [0xb6] }
    const bytes = zip({
      'manifest.json': manifest({ application: { ...application, init_packet_data: data } }),
      'app.bin': app,
      'app.dat': text('x'),
    })
    const image = parseImage(bytes, 'p.zip')
    expect(image).toMatchObject({ format: 'dfu', vectorTable: 0x2_6000 })
    expect(image.notes[0]).toMatch(/^goes to 0x26000/)
    expect(crc16(text('123456789'))).toBe(0x29b1) // CRC-16/CCITT-FALSE, check value
  })

  it.each([
    ['without a manifest', { 'app.bin': app }, /a zip without manifest.json/],
    ['with a manifest that is none', { 'manifest.json': text('{') }, /cannot be read/],
    ['with a list for a manifest', { 'manifest.json': text('[1]') }, /cannot be read/],
    [
      'of another kind',
      { 'manifest.json': text('{"name":"extension"}') },
      /no DFU package: its manifest.json lists no manifest/,
    ],
    ['without its binary', { 'manifest.json': manifest({ application }) }, /has no app.bin/],
    ['that names none', { 'manifest.json': manifest({ application: {} }) }, /names no bin_file/],
    ['of nothing', { 'manifest.json': manifest({}) }, /without an application/],
    [
      'of a SoftDevice and bootloader alone',
      { 'manifest.json': manifest({ softdevice_bootloader: application }), 'app.bin': app },
      /of a SoftDevice with a bootloader alone, which runs nothing without the MBR/,
    ],
    [
      'whose checksum is another',
      {
        'manifest.json': manifest({
          application: { ...application, init_packet_data: { firmware_crc16: 1 } },
        }),
        'app.bin': app,
      },
      /app.bin in the DFU package is damaged/,
    ],
    [
      'that would be huge',
      { 'manifest.json': manifest({ application }), 'app.bin': new Uint8Array(1 << 24) },
      /would be 16777216 bytes: too much/,
    ],
    [
      'with a manifest that would be huge',
      { 'manifest.json': new Uint8Array(1 << 24) },
      /would be 16777216 bytes/,
    ],
  ])('%s', (_, entries, message) => {
    expect(() => parseImage(zip(entries), 'p.zip')).toThrow(message)
  })

  it('that is cut', () => {
    const bytes = zip({ 'manifest.json': manifest({ application }), 'app.bin': app })
    for (const length of [3, 30, bytes.length >> 1, bytes.length - 5])
      expect(() => parseImage(bytes.subarray(0, length), 'p.zip')).toThrow(/^p\.zip: /)
  })

  it('that says itself smaller than it is gets no more room', () => {
    const bytes = zip({ 'manifest.json': manifest({ application }), 'app.bin': new Uint8Array(1 << 22) })
    // The uncompressed size, in the central directory's last entry and the local header.
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let at = 0; at + 4 <= bytes.length; at++) {
      if (view.getUint32(at, true) === 0x0201_4b50 && view.getUint32(at + 24, true) === 1 << 22)
        view.setUint32(at + 24, 600, true)
      if (view.getUint32(at, true) === 0x0403_4b50 && view.getUint32(at + 22, true) === 1 << 22)
        view.setUint32(at + 22, 600, true)
    }
    expect(() => parseImage(bytes, 'p.zip')).toThrow(/^p\.zip/)
  })
})

describe('several files', () => {
  const low = { file: 'low.hex', bytes: hexOf(0, rawFirmware(0)) }
  const high = { file: 'high.hex', bytes: hexOf(0x1_0000, rawFirmware(0x1_0000)) }

  it('are one image, and as one file the same', () => {
    const image = parseImages([low, high])
    expect(image).toMatchObject({ file: 'low.hex + high.hex', format: 'several', vectorTable: 0 })
    expect(image.segments.map(({ address }) => address)).toEqual([0, 0x1_0000])
    expect(image.parts.map(({ file, format }) => [file, format])).toEqual([
      ['low.hex', 'hex'],
      ['high.hex', 'hex'],
    ])
    const { file, bytes } = bundled([low, high])
    expect(parseImage(bytes, file)).toEqual(image)
    expect(bundled([low, high]).bytes).toEqual(bytes)
  })

  it('keep where a raw binary goes', () => {
    const files = [low, { file: 'app.bin', bytes: rawFirmware(0x4_0000), at: 0x4_0000 }]
    const image = parseImage(bundled(files).bytes, 'x')
    expect(image.segments.map(({ address }) => address)).toEqual([0, 0x4_0000])
    expect(unbundled(bundled(files).bytes, 'x')).toEqual(
      files.map(({ at, ...one }: { file: string; bytes: Uint8Array; at?: number }) => ({ ...one, at })),
    )
    const alone = bundled([{ file: 'app.bin', bytes: rawFirmware(0x4_0000), at: 0x4_0000 }])
    expect(parseImage(alone.bytes, alone.file)).toMatchObject({
      file: 'app.bin',
      format: 'bin',
      vectorTable: 0x4_0000,
    })
    expect(bundled([low])).toBe(low)
  })

  it('may have the same bytes twice, and no others', () => {
    const merged = { file: 'merged.hex', bytes: hexOf(0, rawFirmware(0)) }
    expect(parseImages([low, merged]).segments.map(({ bytes }) => bytes.length)).toEqual([512])
    const other = rawFirmware(0)
    other[0x180] = 1
    const differing = { file: 'other.hex', bytes: hexOf(0, other) }
    expect(() => parseImages([low, differing])).toThrow(
      'low.hex and other.hex both have bytes for 0x0..0x200, and differ at 0x180.',
    )
  })

  it('damaged as one are refused', () => {
    const { bytes } = bundled([low, high])
    expect(() => parseImage(bytes.subarray(0, bytes.length - 30), 'x')).toThrow(/^x: /)
    const hostile = zip({ 'boardless-firmware.json': text('[{"file":"a"},{"file":5}]'), 0: low.bytes })
    expect(() => parseImage(hostile, 'x')).toThrow('x: the firmware in it is damaged.')
    const lacking = zip({ 'boardless-firmware.json': text('[{"file":"a"},{"file":"b"}]'), 0: low.bytes })
    expect(() => parseImage(lacking, 'x')).toThrow('x: the firmware in it is damaged.')
  })
})
