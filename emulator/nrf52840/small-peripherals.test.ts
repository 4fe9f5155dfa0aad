import { describe, expect, it } from 'vitest'
import { encryptBlock } from './aes.ts'
import { createTestBench } from './testing.ts'

const RNG = 0x4000_d000
const TEMP = 0x4000_c000
const ECB = 0x4000_e000
const VALRDY = RNG + 0x100

const hexBytes = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16))

describe('RNG', () => {
  const bytes = (seed: number, corrected: number): { values: number[]; cycles: number[] } => {
    const { write, read, runUntil } = createTestBench({ seed })
    write(RNG + 0x504, corrected)
    write(RNG, 1)
    const values: number[] = []
    const cycles: number[] = []
    for (let i = 0; i < 100; i++) {
      cycles.push(runUntil(VALRDY))
      values.push(read(RNG + 0x508))
      write(VALRDY, 0)
    }
    return { values, cycles }
  }

  it('takes 128 us to start, then 30 us a byte, or 120 us with bias correction', () => {
    expect(bytes(0, 0).cycles.slice(0, 3)).toEqual([158, 188, 218].map((us) => us * 64))
    expect(bytes(0, 1).cycles.slice(0, 3)).toEqual([248, 368, 488].map((us) => us * 64))
  })

  it('repeats itself with the same seed only', () => {
    expect(bytes(7, 0).values).toEqual(bytes(7, 0).values)
    expect(bytes(7, 0).values).not.toEqual(bytes(8, 0).values)
    expect(new Set(bytes(7, 0).values).size).toBeGreaterThan(70)
  })

  it('stops after one byte by shortcut', () => {
    const { write, runUntil, scheduler } = createTestBench()
    write(RNG + 0x200, 1)
    write(RNG, 1)
    runUntil(VALRDY)
    expect(scheduler.nextDue).toBe(Infinity)
  })
})

describe('TEMP', () => {
  it('measures in quarters of a degree in 36 us, below zero too', () => {
    for (const [celsius, register] of [
      [25, 100],
      [25.25, 101],
      [-10, 0xffff_ffd8],
    ] as const) {
      const { write, read, runUntil } = createTestBench({ temperature: () => celsius })
      write(TEMP, 1)
      expect(runUntil(TEMP + 0x100)).toBe(36 * 64)
      expect(read(TEMP + 0x508)).toBe(register)
    }
  })
})

describe('ECB', () => {
  const key = '000102030405060708090a0b0c0d0e0f'
  const clear = '00112233445566778899aabbccddeeff'
  const cipher = '69c4e0d86a7b0430d8cdb78070b4c55a'

  it('is AES-128: FIPS 197 appendix C.1 and appendix B', () => {
    expect(encryptBlock(hexBytes(key), hexBytes(clear))).toEqual(hexBytes(cipher))
    const other = encryptBlock(
      hexBytes('2b7e151628aed2a6abf7158809cf4f3c'),
      hexBytes('3243f6a8885a308d313198a2e0370734'),
    )
    expect(other).toEqual(hexBytes('3925841d02dc09fbdc118597196a0b32'))
  })

  it('encrypts the block after the key and puts it behind', () => {
    const { ram, write, runUntil } = createTestBench()
    ram.set(hexBytes(key + clear), 0x100)
    write(ECB + 0x504, 0x2000_0100)
    write(ECB, 1)
    expect(runUntil(ECB + 0x100)).toBe(461)
    expect(ram.slice(0x120, 0x130)).toEqual(hexBytes(cipher))
  })

  it('does nothing with a pointer outside RAM', () => {
    const { chip, write, read, run } = createTestBench()
    write(ECB + 0x504, 0x2003_fff0)
    write(ECB, 1)
    run(10_000)
    expect(read(ECB + 0x100)).toBe(0)
    expect(chip.problems.size).toBe(1)
  })
})

describe('NFCT without a field', () => {
  const NFCT = 0x4000_5000

  it('senses and finds nothing, is activated in half a millisecond, and is disabled', () => {
    const { read, write, runUntil, scheduler, chip } = createTestBench()
    write(NFCT + 0x200, 3)
    write(NFCT + 8, 1)
    expect([read(NFCT + 0x410), read(NFCT + 0x43c), scheduler.nextDue]).toEqual([0, 0, Infinity])
    write(NFCT, 1)
    expect(read(NFCT + 0x410)).toBe(2)
    expect(runUntil(NFCT + 0x100)).toBe(500 * 64)
    expect(read(NFCT + 0x410)).toBe(3)
    write(NFCT + 0x1c, 1)
    expect([...chip.problems.keys()]).toEqual(['NFCT: TASKS_ENABLERXDATA waits for a field: there is none'])
    write(NFCT + 4, 1)
    expect(read(NFCT + 0x410)).toBe(0)
  })
})
