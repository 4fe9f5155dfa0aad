import { describe, expect, test } from 'vitest'
import { Core } from '../engine/core.ts'
import { findEntry } from '../engine/decode.ts'
import { ExitReason } from '../exit-reasons.ts'
import { State } from '../layout.ts'
import { pipelineTiming, type TimingParameters } from '../timing/timing.ts'
import { expandImmediate } from './float-transfer.ts'

const RAM = 0x2000_0000
const PERIPHERAL = 0x4000_0000
const AT = 0x100
const BKPT = 0xbe00

/** A core with its host's memory at PERIPHERAL, which refuses from `faultFrom` on. */
class Bench {
  readonly accesses: string[] = []
  faultFrom = 0x4000_1000
  readonly core: Core

  constructor(timing: TimingParameters = pipelineTiming) {
    const access = (what: string, address: number, rest: string): number => {
      this.accesses.push(`${what} ${address.toString(16)} ${rest}`)
      if (address >= this.faultFrom) this.core.stop()
      return address
    }
    this.core = new Core(
      {
        read: (address, size, mode) => access('read', address, `${size} ${mode}`),
        write: (address, size, value, mode) =>
          void access('write', address, `${size} ${value.toString(16)} ${mode}`),
        readSpecial: () => 0,
        writeSpecial: () => undefined,
        changeProcessorState: () => undefined,
        sendEvent: () => undefined,
        awaitFlash: () => undefined,
        floatSlowly: () => 0,
        present: () => undefined,
        deadline: () => Infinity,
      },
      timing,
      { profile: false },
    )
    this.core.state.setWord(State.fpActive, 1)
    for (let n = 0; n < 32; n++) this.core.state.setSingle(n, 0x100 + n)
  }

  run(opcode: number, registers: Record<number, number> = {}): { reason: number; cycles: number } {
    const { core } = this
    const view = new DataView(core.flash.buffer, core.flash.byteOffset)
    view.setUint16(AT, opcode >>> 16, true)
    view.setUint16(AT + 2, opcode & 0xffff, true)
    view.setUint16(AT + 4, BKPT, true)
    core.decoder.invalidate(AT, 6)
    for (const [n, value] of Object.entries(registers)) core.state.setRegister(Number(n), value)
    core.state.pc = AT
    // What would be due in the middle of an instruction would interrupt it: up to the BKPT behind.
    const { reason, now } = core.run(0, 100)
    const isDone = reason === ExitReason.breakpoint && core.state.pc === AT + 4
    return { reason: isDone ? ExitReason.deadline : reason, cycles: now }
  }

  get ram(): DataView {
    return new DataView(this.core.ram.buffer, this.core.ram.byteOffset)
  }

  words(offset: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.ram.getUint32(offset + 4 * i, true))
  }

  singles(first: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.core.state.single(first + i))
  }
}

// Opcodes as GNU as assembles them for fpv4-sp-d16.
describe('multiple loads and stores', () => {
  test('VSTMIA r0!, {s1-s3} writes three words and marks them touched, in 1 + 3 cycles', () => {
    const bench = new Bench()
    expect(bench.run(0xece0_0a03, { 0: RAM + 0x40 })).toEqual({ reason: ExitReason.deadline, cycles: 4 })
    expect(bench.words(0x3c, 5)).toEqual([0, 0x101, 0x102, 0x103, 0])
    expect(bench.core.state.register(0)).toBe(RAM + 0x4c)
    expect([...bench.core.touched.subarray(15, 20)]).toEqual([0, 1, 1, 1, 0])
  })

  test('VPUSH {s16-s19} and VPOP {d8-d9} meet', () => {
    const bench = new Bench()
    bench.run(0xed2d_8a04, { 13: RAM + 0x80 })
    expect(bench.core.state.register(13)).toBe(RAM + 0x70)
    for (let n = 16; n < 20; n++) bench.core.state.setSingle(n, 0)
    expect(bench.run(0xecbd_8b04).cycles).toBe(5)
    expect(bench.singles(16, 4)).toEqual([0x110, 0x111, 0x112, 0x113])
    expect(bench.core.state.register(13)).toBe(RAM + 0x80)
  })

  test('FLDMIAX r0!, {d1-d2} moves the base a word further', () => {
    const bench = new Bench()
    expect(bench.run(0xecb0_1b05, { 0: RAM }).cycles).toBe(5)
    expect(bench.core.state.register(0)).toBe(RAM + 20)
    expect(bench.singles(1, 6)).toEqual([0x101, 0, 0, 0, 0, 0x106])
  })

  test('from flash the first word of each line waits', () => {
    const bench = new Bench({ ...pipelineTiming, flashReadWait: 2 })
    new DataView(bench.core.flash.buffer, bench.core.flash.byteOffset).setUint32(0x2004, 0x1234, true)
    expect(bench.run(0xecd0_0a03, { 0: 0x2000 }).cycles).toBe(4 + 2)
    expect(bench.singles(1, 3)).toEqual([-1, 0x1234, -1])
    expect(bench.run(0xecd0_0a03, { 0: 0x2008 }).cycles).toBe(4 + 2)
    expect(bench.run(0xecd0_0a03, { 0: 0x2008 }).cycles).toBe(4 + 2 * 2)
  })

  // What the host does then is in unfinished-instruction.test.ts.
  test('of peripherals are left to the host before anything is done, as each word has its cycle', () => {
    const bench = new Bench()
    expect(bench.run(0xecd0_0a03, { 0: PERIPHERAL })).toEqual({ reason: ExitReason.underWay, cycles: 0 })
    expect([bench.accesses, bench.core.state.pc, bench.core.state.instructions]).toEqual([[], AT, 0])
  })

  test('past the end of RAM the host is asked', () => {
    const bench = new Bench()
    bench.faultFrom = RAM + 0x4_0000
    const { reason } = bench.run(0xecd0_0a03, { 0: RAM + 0x4_0000 - 4 })
    expect(reason).toBe(ExitReason.fault)
    expect(bench.accesses).toEqual(['read 20040000 4 aligned'])
  })

  test('an unaligned base is left to the host, which faults it', () => {
    const bench = new Bench()
    bench.faultFrom = 0
    expect(bench.run(0xecd0_0a03, { 0: RAM + 2 }).reason).toBe(ExitReason.fault)
    expect(bench.accesses).toEqual(['read 20000002 4 aligned'])
  })
})

describe('single loads and stores', () => {
  test('VLDR d1, [r0, #-8]: low word in S2, high word in S3', () => {
    const bench = new Bench()
    bench.ram.setUint32(0x10, 0x1111, true)
    bench.ram.setUint32(0x14, 0x2222, true)
    expect(bench.run(0xed10_1b02, { 0: RAM + 0x18 }).cycles).toBe(3)
    expect(bench.singles(1, 4)).toEqual([0x101, 0x1111, 0x2222, 0x104])
  })

  test('VLDR d1 that faults on its second word changes nothing', () => {
    const bench = new Bench()
    bench.faultFrom = RAM + 0x4_0000
    expect(bench.run(0xed10_1b02, { 0: RAM + 0x4_0004 }).reason).toBe(ExitReason.fault)
    expect(bench.singles(2, 2)).toEqual([0x102, 0x103])
  })

  test('VLDR s5, [pc, #8]: from the word-aligned PC', () => {
    const bench = new Bench()
    new DataView(bench.core.flash.buffer, bench.core.flash.byteOffset).setUint32(AT + 12, 0x777, true)
    bench.run(0xeddf_2a02)
    expect(bench.core.state.single(5)).toBe(0x777)
  })

  test('VSTR d15, [r0]', () => {
    const bench = new Bench()
    bench.run(0xed80_fb00, { 0: RAM })
    expect(bench.words(0, 3)).toEqual([0x11e, 0x11f, 0])
  })
})

describe('moves', () => {
  test('VMOV.32 d3[1], r4 and VMOV r1, r2, d3', () => {
    const bench = new Bench()
    bench.run(0xee23_4b10, { 4: 0xabc })
    expect(bench.run(0xec52_1b13).cycles).toBe(2)
    expect([bench.core.state.register(1), bench.core.state.register(2)]).toEqual([0x106, 0xabc])
  })

  test('VMSR keeps the bits that FPSCR has, VMRS APSR_nzcv copies four', () => {
    const bench = new Bench()
    bench.run(0xeee1_3a10, { 3: 0xffff_ffff })
    expect(bench.core.state.fpscr).toBe(0xf7c0_009f)
    for (const nzcv of [0x1, 0x2, 0x4, 0x8, 0xf, 0]) {
      bench.core.state.fpscr = nzcv * 2 ** 28
      bench.run(0xeef1_fa10)
      expect(bench.core.state.apsr).toBe(nzcv * 2 ** 28)
    }
  })

  test.each([
    [0x70, 1],
    [0xc4, -0.15625],
    [0x00, 2],
    [0x3f, 31],
    [0x40, 0.125],
  ])('VFPExpandImm(%i) is %d', (imm8, value) => {
    expect(expandImmediate(imm8)).toBe(new Uint32Array(new Float32Array([value]).buffer)[0])
  })
})

test.each([
  ['VADD.F64 d0, d1, d2', 0xee31_0b02],
  ['VMOV.F64 d0, d1', 0xeeb0_0b41],
  ['VCVT.F64.F32 d0, s0', 0xeeb7_0ac0],
  ['VMOV d16, r1, r2', 0xec42_1b30],
  ['VLDR d16, [r0]', 0xedd0_0b00],
  ['VLDM with P = U = W = 0', 0xec10_0a01],
  ['VMRS r0, FPSID', 0xeef0_0a10],
  ['VMAXNM.F32, of FPv5', 0xfe80_0a00],
])('%s is no instruction of this FPU', (_, opcode) => {
  expect(findEntry(opcode >>> 0, 32)).toBeUndefined()
})

test('without an active floating-point context the interpreter returns first', () => {
  const bench = new Bench()
  bench.core.state.setWord(State.fpActive, 0)
  expect(bench.run(0xeef0_3a44).reason).toBe(ExitReason.floatingPoint)
  expect(bench.core.state.single(7)).toBe(0x107)
})
