import { describe, expect, test } from 'vitest'
import { Core } from '../engine/core.ts'
import { State } from '../layout.ts'
import { Fpscr } from './softfloat-number.ts'
import { FixedPoint, FloatOperation, softFloat } from './softfloat.ts'
import { oneCycleTiming } from '../timing/timing.ts'

const refuse = (): never => {
  throw new Error('these instructions do not call out')
}

/** Runs one instruction, and counts how often it needs the slow path. */
class Bench {
  slow = 0
  readonly core: Core = new Core(
    {
      read: refuse,
      write: refuse,
      readSpecial: refuse,
      writeSpecial: refuse,
      changeProcessorState: refuse,
      sendEvent: refuse,
      awaitFlash: refuse,
      present: () => undefined,
      deadline: () => Infinity,
      floatSlowly: (operation, a, b, c) => {
        this.slow += 1
        const outcome = softFloat(operation, a, b, c, this.core.state.fpscr)
        this.core.state.fpscr = outcome.fpscr
        return outcome.result
      },
    },
    oneCycleTiming,
    { profile: false },
  )

  constructor(opcode: number) {
    const view = new DataView(this.core.flash.buffer, this.core.flash.byteOffset)
    view.setUint16(0, opcode >>> 16, true)
    view.setUint16(2, opcode & 0xffff, true)
    this.core.state.setWord(State.fpActive, 1)
  }

  /** S0, S1, S2 and FPSCR before; S0 and FPSCR after. */
  run(s0: number, s1: number, s2: number, fpscr: number): string {
    const { state } = this.core
    state.setSingle(0, s0)
    state.setSingle(1, s1)
    state.setSingle(2, s2)
    state.fpscr = fpscr
    state.pc = 0
    this.core.run(0, 1)
    return `${hex(state.single(0))} ${hex(state.fpscr)}`
  }
}

const hex = (value: number): string => (value >>> 0).toString(16)
const bitsOf = (value: number): number => new Uint32Array(new Float32Array([value]).buffer)[0]!

let seed = 7
function below(limit: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((seed / 2 ** 32) * limit)
}
const word = (): number => ((below(0x1_0000) << 16) | below(0x1_0000)) >>> 0

const special = [0, 1, 0x7f_ffff, 0x80_0000, 0x80_0001, 0x3f80_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7fc0_0001]
const single = (exponent: number, fraction: number): number =>
  (below(2) * 0x8000_0000 + exponent * 0x80_0000 + fraction) >>> 0

/** Ties, cancellation, the edges of the range, integers. */
function operand(centre: number): number {
  switch (below(6)) {
    case 0:
      return ((special[below(special.length)] ?? 0) | (below(2) << 31)) >>> 0
    case 1:
      return word()
    case 2:
      return single(centre + below(3), (1 << below(23)) | (1 << below(23)))
    case 3:
      return single(127 + below(10), (below(64) << 17) & 0x7f_ffff)
    default:
      return single(centre + below(30) - 15, word() & 0x7f_ffff)
  }
}

const modes = [0, Fpscr.inexact, Fpscr.inexact, Fpscr.flushToZero, Fpscr.defaultNaN | Fpscr.inexact, 2 << 22]

type Operands = [a: number, b: number, c: number]
const { unsigned, half, toNearest, towardsZero } = FixedPoint
const op = FloatOperation

/** Assembly; opcode as GNU as gives it; the plain operation on S0, S1 and S2. */
const instructions: [string, number, number, (s0: number, s1: number, s2: number) => Operands][] = [
  ['vadd.f32 s0, s1, s2', 0xee30_0a81, op.add, (_, n, m) => [n, m, 0]],
  ['vsub.f32 s0, s1, s2', 0xee30_0ac1, op.subtract, (_, n, m) => [n, m, 0]],
  ['vmul.f32 s0, s1, s2', 0xee20_0a81, op.multiply, (_, n, m) => [n, m, 0]],
  ['vdiv.f32 s0, s1, s2', 0xee80_0a81, op.divide, (_, n, m) => [n, m, 0]],
  ['vsqrt.f32 s0, s1', 0xeeb1_0ae0, op.squareRoot, (_, m) => [m, 0, 0]],
  ['vfma.f32 s0, s1, s2', 0xeea0_0a81, op.fusedMultiplyAdd, (d, n, m) => [n, m, d]],
  ['vcvt.f32.s32 s0, s1', 0xeeb8_0ae0, op.fixedToSingle, (_, m) => [m, 0, 0]],
  ['vcvt.f32.u32 s0, s1', 0xeeb8_0a60, op.fixedToSingle, (_, m) => [m, 0, unsigned]],
  ['vcvt.s32.f32 s0, s1', 0xeebd_0ae0, op.singleToFixed, (_, m) => [m, 0, towardsZero]],
  ['vcvt.u32.f32 s0, s1', 0xeebc_0ae0, op.singleToFixed, (_, m) => [m, 0, unsigned | towardsZero]],
  ['vcvtr.s32.f32 s0, s1', 0xeebd_0a60, op.singleToFixed, (_, m) => [m, 0, 0]],
  ['vcvtr.u32.f32 s0, s1', 0xeebc_0a60, op.singleToFixed, (_, m) => [m, 0, unsigned]],
  ['vcvt.f32.s32 s0, s0, #7', 0xeeba_0aec, op.fixedToSingle, (d) => [d, 7, toNearest]],
  ['vcvt.f32.u16 s0, s0, #16', 0xeebb_0a40, op.fixedToSingle, (d) => [d, 16, unsigned | half | toNearest]],
  ['vcvt.s16.f32 s0, s0, #15', 0xeebe_0a60, op.singleToFixed, (d) => [d, 15, half | towardsZero]],
  ['vcvt.u32.f32 s0, s0, #32', 0xeebf_0ac0, op.singleToFixed, (d) => [d, 32, unsigned | towardsZero]],
]

const CASES = 6000

describe('the fast paths give what the plain operation gives', () => {
  test.each(instructions)('%s', (_, opcode, operation, operandsOf) => {
    const bench = new Bench(opcode)
    const differences: string[] = []
    for (let i = 0; i < CASES; i++) {
      const centre = 20 + below(215)
      const [s0, s1, s2] = [operand(centre), operand(centre), operand(127)]
      const fpscr = modes[below(modes.length)] ?? 0
      const { result, fpscr: after } = softFloat(operation, ...operandsOf(s0, s1, s2), fpscr)
      const [ours, plain] = [bench.run(s0, s1, s2, fpscr), `${hex(result)} ${hex(after)}`]
      if (ours !== plain) differences.push(`${[s0, s1, s2, fpscr].map(hex).join(' ')}: ${ours}, not ${plain}`)
    }
    expect(differences).toEqual([])
    expect(bench.slow).toBeLessThan(CASES)
  })

  test.each([
    ['vcmp.f32 s1, s2', 0xeef4_0a41, op.compare],
    ['vcmpe.f32 s1, s2', 0xeef4_0ac1, op.compareSignalling],
  ])('%s', (_, opcode, operation) => {
    const bench = new Bench(opcode)
    const differences: string[] = []
    for (let i = 0; i < CASES; i++) {
      const s1 = operand(127)
      const s2 = below(4) === 0 ? s1 : operand(127)
      const fpscr = modes[below(modes.length)] ?? 0
      const { fpscr: after } = softFloat(operation, s1, s2, 0, fpscr)
      const [ours, plain] = [bench.run(0, s1, s2, fpscr), `0 ${hex(after)}`]
      if (ours !== plain) differences.push(`${[s1, s2, fpscr].map(hex).join(' ')}: ${ours}, not ${plain}`)
    }
    expect(differences).toEqual([])
  })
})

describe('ordinary numbers never leave the fast path', () => {
  const fractions = [0.1, -3.75, 1e-6, 12345.678, -0.3333, 7, 1e9]
  test.each(instructions.slice(0, 6))('%s', (_, opcode) => {
    const bench = new Bench(opcode)
    for (const a of fractions)
      for (const b of fractions)
        for (const fpscr of [0, Fpscr.inexact, Fpscr.flushToZero, Fpscr.defaultNaN])
          bench.run(bitsOf(a * b), bitsOf(Math.abs(a)), bitsOf(b), fpscr)
    expect(bench.slow).toBe(0)
  })

  test('nor do zeros', () => {
    for (const opcode of [0xee30_0a81, 0xee20_0a81, 0xeea0_0a81, 0xeef4_0a41]) {
      const bench = new Bench(opcode)
      for (const fpscr of [0, Fpscr.inexact]) bench.run(0, 0, bitsOf(2), fpscr)
      expect(bench.slow).toBe(0)
    }
  })
})

test('VFMA rounds once where f64 arithmetic rounds twice', () => {
  const bench = new Bench(0xeea0_0a81)
  // 1 + 2^-24 lies midway; 2^-60 more or less decides, and is lost in f64.
  const twoTo = (exponent: number): number => bitsOf(2 ** exponent)
  const [midwayA, midwayB] = [bitsOf(1 + 2 ** -12), bitsOf(1 + 2 ** -12)]
  const before = [Fpscr.inexact, 0]
  for (const fpscr of before) {
    // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24: a tie but for the addend
    expect(bench.run(twoTo(-60), midwayA, midwayB, fpscr)).toBe(`${hex(bitsOf(1 + 2 ** -11 + 2 ** -23))} 10`)
    expect(bench.run(0, midwayA, midwayB, fpscr)).toBe(`${hex(bitsOf(1 + 2 ** -11))} 10`)
    expect(bench.run(twoTo(-60) | 0x8000_0000, midwayA, midwayB, fpscr)).toBe(
      `${hex(bitsOf(1 + 2 ** -11))} 10`,
    )
  }
  expect(bench.slow).toBe(0)
})
