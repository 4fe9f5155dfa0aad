import { describe, expect, it } from 'vitest'
import { missingHalf, softDeviceIn } from './halves.ts'
import { rawFirmware } from './testing.ts'

const SVC_10 = [0x10, 0xdf]
const RETURN = [0x70, 0x47]
const SVC_60_AND_RETURN = [0x60, 0xdf, ...RETURN]

/** The MBR's and a SoftDevice's place, with the information that it has: nRF5 SDK, nrf_sdm.h. */
function softDevice(end: number, { id = 140, version = 7_003_000, size = 0x18 } = {}): Uint8Array {
  const bytes = new Uint8Array(end).fill(0xff)
  bytes.set(rawFirmware(0))
  const view = new DataView(bytes.buffer)
  const words = [size, 0x51b1_e5db, end, 0x0123, id, version]
  words.forEach((word, i) => view.setUint32(0x3000 + 4 * i, word, true))
  return bytes
}

const app = (address: number, code: readonly number[] = []) => ({
  address,
  bytes: rawFirmware(address, code),
})

describe('a SoftDevice', () => {
  it('says what it is', () => {
    expect(softDeviceIn([{ address: 0, bytes: softDevice(0x2_7000) }])).toEqual({
      name: 'S140 7.3.0',
      end: 0x2_7000,
    })
    const old = softDevice(0x2_6000, { size: 0x10 })
    expect(softDeviceIn([{ address: 0, bytes: old }])).toEqual({ name: 'SoftDevice', end: 0x2_6000 })
  })

  it.each([
    ['is none without its mark', rawFirmware(0)],
    ['is none that ends nowhere', softDevice(0x2_7000, {}).map((byte, i) => (i === 0x300b ? 0x7f : byte))],
    ['is none that is cut off', softDevice(0x2_7000).subarray(0, 0x3006)],
  ])('%s', (_, bytes) => {
    expect(softDeviceIn([{ address: 0, bytes }])).toBeUndefined()
  })
})

describe('what is missing', () => {
  const sd = { address: 0, bytes: softDevice(0x2_7000) }

  it.each([
    ['of firmware at reset', [app(0)], 0, undefined],
    ['of a SoftDevice with its application', [sd, app(0x2_7000, SVC_10)], 0, undefined],
    [
      'of a SoftDevice alone',
      [sd],
      0,
      /^the SoftDevice S140 7\.3\.0 starts an application at 0x27000, and none is there/,
    ],
    [
      'where the application is of another SoftDevice',
      [sd, app(0x2_8000)],
      0,
      /starts an application at 0x27000, where none is; what is behind it is at 0x28000/,
    ],
    [
      'of a SoftDevice with its bootloader alone',
      [sd, app(0xf_4000), { address: 0x1000_1014, bytes: Uint8Array.from([0, 0x40, 0x0f, 0]) }],
      0,
      /^the SoftDevice S140 7\.3\.0 starts an application at 0x27000, and none is there/,
    ],
    [
      'of one that calls a SoftDevice',
      [app(0x2_6000, SVC_10)],
      0x2_6000,
      /^this application calls a SoftDevice \(svc 0x10\) and is linked at 0x26000, behind S140 6; none is there/,
    ],
    ['of one that has its functions', [app(0x2_7000, SVC_60_AND_RETURN)], 0x2_7000, /\(svc 0x60\)/],
    [
      'of one behind a SoftDevice that calls none',
      [app(0x2_7000)],
      0x2_7000,
      /behind S140 7, which is not there/,
    ],
    [
      'of one behind a bootloader',
      [app(0x1_0000)],
      0x1_0000,
      /linked at 0x10000, behind a bootloader that is not there/,
    ],
    [
      'where UICR names a bootloader',
      [app(0), { address: 0x1000_1014, bytes: Uint8Array.from([0, 0x40, 0x0f, 0]) }],
      0,
      /^UICR says that a bootloader is at 0xf4000, and none is there/,
    ],
  ])('%s', (_, segments, vectorTable, expected) => {
    const missing = missingHalf({ segments, vectorTable })
    if (expected === undefined) expect(missing).toBeUndefined()
    else expect(missing).toMatch(expected)
  })

  it.each([
    ['that code leads to', SVC_10, /\(svc 0x10\)/],
    ['in the weights of a model', [...RETURN, 0, 0, ...SVC_10], undefined],
    // bl to what is behind the return
    ['in what is called', [0x00, 0xf0, 0x01, 0xf8, ...RETURN, ...SVC_10], /\(svc 0x10\)/],
    // ldr r0, [pc, #4]; bx r0; nop; .word 0x10111
    ['behind a pointer', [1, 0x48, 0, 0x47, 0, 0xbf, 0x11, 1, 1, 0, ...SVC_10], /\(svc 0x10\)/],
    // it eq; bxeq lr
    ['behind a return on a condition', [0x08, 0xbf, ...RETURN, ...SVC_10], /\(svc 0x10\)/],
  ])('an enabling call without a return %s', (_, code, expected) => {
    // The handlers of rawFirmware begin two bytes apart: the first branches over those of the others.
    const bytes = [0x01, 0xe0, ...RETURN, ...RETURN, ...code]
    const missing = missingHalf({ segments: [app(0x1_0000, bytes)], vectorTable: 0x1_0000 }, true)
    if (expected === undefined) expect(missing).toBeUndefined()
    else expect(missing).toMatch(expected)
  })

  it('is a SoftDevice whatever bootloader is thought of, and no bootloader that is meant to be missing', () => {
    expect(missingHalf({ segments: [app(0x2_7000, SVC_10)], vectorTable: 0x2_7000 }, true)).toMatch(
      /calls a SoftDevice/,
    )
    expect(missingHalf({ segments: [app(0x1_0000)], vectorTable: 0x1_0000 }, true)).toBeUndefined()
  })
})
