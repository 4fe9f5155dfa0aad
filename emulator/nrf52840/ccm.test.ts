import { describe, expect, it } from 'vitest'
import { createTestBench } from './testing.ts'

const CCM = 0x4000_f000
const [KSGEN, CRYPT] = [CCM, CCM + 4]
const [ENDKSGEN, ENDCRYPT, THIRD] = [CCM + 0x100, CCM + 0x104, CCM + 0x108]
const [SHORTS, STATUS, ENABLE, MODE] = [CCM + 0x200, CCM + 0x400, CCM + 0x500, CCM + 0x504]
const [CNFPTR, INPTR, OUTPTR] = [CCM + 0x508, CCM + 0x50c, CCM + 0x510]
const RAM = 0x2000_0000
const [KEY, IN, OUT] = [0x100, 0x200, 0x300]
const US = 64

const hexBytes = (text: string): number[] =>
  (text.match(/[0-9a-f]{2}/gi) ?? []).map((byte) => parseInt(byte, 16))
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** Session key and vector of Bluetooth Core 5, Vol 6, Part C, 1 (encryption sample data). */
const SESSION_KEY = '99ad1b5226a37e3e058e3b8e27c2c666'
const VECTOR = '24abdcbabebaafde'

function bench(direction: number, packet: string, mode = 0) {
  const one = createTestBench()
  one.ram.set(hexBytes(SESSION_KEY), KEY)
  one.ram[KEY + 24] = direction
  one.ram.set(hexBytes(VECTOR), KEY + 25)
  one.ram.set(hexBytes(packet), IN)
  one.write(ENABLE, 2)
  one.write(MODE, mode)
  one.write(CNFPTR, RAM + KEY)
  one.write(INPTR, RAM + IN)
  one.write(OUTPTR, RAM + OUT)
  return one
}

describe('CCM', () => {
  // LL_START_ENC_RSP of the central and of the peripheral, packet counter 0.
  it.each([
    [1, '0f0100' + '06', '0f0500' + '9fcda7f448'],
    [0, '070100' + '06', '070500' + 'a34c13a415'],
  ])('encrypts the sample packet of direction %i, and decrypts it again', (direction, clear, cipher) => {
    const one = bench(direction, clear)
    one.write(SHORTS, 1)
    one.write(KSGEN, 1)
    expect(one.runUntil(ENDKSGEN)).toBe(50 * US)
    expect(one.runUntil(ENDCRYPT)).toBe((50 + 8 * 4) * US)
    expect(hex(one.ram.slice(OUT, OUT + 8))).toBe(cipher)
    const back = bench(direction, cipher, 1)
    back.write(SHORTS, 1)
    back.write(KSGEN, 1)
    back.runUntil(ENDCRYPT)
    expect(hex(back.ram.slice(OUT, OUT + 4))).toBe(clear)
    expect(back.read(STATUS)).toBe(1)
  })

  it('fails the code of a packet that was changed', () => {
    const one = bench(1, '0f0500' + '9fcda7f449', 1)
    one.write(SHORTS, 1)
    one.write(KSGEN, 1)
    one.runUntil(ENDCRYPT)
    expect(one.read(STATUS)).toBe(0)
  })

  it('moves an empty packet as it is, and needs a key stream and its switch', () => {
    const one = bench(0, '0d0000')
    one.write(CRYPT, 1)
    expect([...one.chip.problems.keys()]).toEqual(['CCM: TASKS_CRYPT before a key stream was generated'])
    one.write(KSGEN, 1)
    one.runUntil(ENDKSGEN)
    one.write(CRYPT, 1)
    one.runUntil(ENDCRYPT)
    expect(hex(one.ram.slice(OUT, OUT + 3))).toBe('0d0000')
    one.write(ENABLE, 0)
    one.write(KSGEN, 1)
    expect([...one.chip.problems.keys()][1]).toContain('not switched on')
  })

  it('takes the AES module away from ECB', () => {
    const one = bench(0, '0d0000')
    one.write(0x4000_e504, RAM + 0x800)
    one.write(0x4000_e000, 1)
    one.write(KSGEN, 1)
    expect(one.read(0x4000_e104)).toBe(1)
  })

  it('goes on in another chip in the middle of a packet', () => {
    const one = bench(1, '0f010006')
    one.write(SHORTS, 1)
    one.write(KSGEN, 1)
    one.run(60 * US)
    const other = createTestBench()
    other.ram.set(one.ram)
    other.scheduler.restore(one.scheduler.save())
    other.chip.restore(one.chip.save())
    expect(other.runUntil(ENDCRYPT)).toBe((50 + 8 * 4) * US)
    expect(hex(other.ram.slice(OUT, OUT + 8))).toBe('0f05009fcda7f448')
  })
})

describe('AAR', () => {
  /** Key, random part and hash of Bluetooth Core 5, Vol 3, Part H, D.7. */
  const IRK = 'ec0234a357c8ad05341010a60a397d9b'
  const ADDRESS = 'aafb0d' + '948170'

  const resolve = (keys: readonly string[], address: string) => {
    const one = createTestBench()
    one.ram.set(hexBytes(keys.join('')), KEY)
    one.ram.set(hexBytes('000000' + address), IN)
    one.write(ENABLE, 3)
    one.write(MODE, keys.length)
    one.write(CNFPTR, RAM + KEY)
    one.write(OUTPTR, RAM + IN)
    one.write(KSGEN, 1)
    const cycle = one.runUntil(ENDKSGEN)
    return { ...one, cycle }
  }

  it('resolves the sample address with the key that made it, 1 us and 6 us a key', () => {
    const { cycle, read } = resolve(['00'.repeat(16), '11'.repeat(16), IRK, '22'.repeat(16)], ADDRESS)
    expect(cycle).toBe(19 * US)
    expect([ENDCRYPT, THIRD].map(read)).toEqual([1, 0])
    expect(read(STATUS)).toBe(2)
  })

  it('does not resolve it with others: eight take 49 us', () => {
    const { cycle, read } = resolve(Array<string>(8).fill('11'.repeat(16)), ADDRESS)
    expect(cycle).toBe(49 * US)
    expect([ENDCRYPT, THIRD].map(read)).toEqual([0, 1])
  })

  it('tells of pointers outside RAM', () => {
    const one = createTestBench()
    one.write(ENABLE, 3)
    one.write(CNFPTR, 0x1000)
    one.write(KSGEN, 1)
    expect([...one.chip.problems.keys()][0]).toContain('AAR: EasyDMA outside data RAM')
  })
})
