import { describe, expect, test } from 'vitest'
import { Fpscr } from './softfloat-number.ts'
import { FixedPoint, FloatOperation, softFloat } from './softfloat.ts'

type Name = keyof typeof FloatOperation

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')
const bitsOf = (value: number): number => new Uint32Array(new Float32Array([value]).buffer)[0]!
const singleOf = (bits: number): number => new Float32Array(new Uint32Array([bits]).buffer)[0]!

/** Bits of the result and the flags raised, in hexadecimal. */
function run(name: Name, operands: number[], fpscr = 0): string {
  const [a = 0, b = 0, c = 0] = operands
  const outcome = softFloat(FloatOperation[name], a, b, c, fpscr)
  return `${hex(outcome.result)} ${hex(outcome.fpscr & ~fpscr).slice(6)}`
}

const NEAREST = 0
const UP = 1 << 22
const DOWN = 2 << 22
const ZERO = 3 << 22
const { flushToZero, defaultNaN, alternativeHalfPrecision: ahp } = Fpscr

/**
 * Operation, rounding mode, operands, result, flags: from an x86-64's SSE and FMA units under fesetround() and
 * fetestexcept(), one for each combination of operation, mode and flags among 4000 random cases.
 */
const vectors = `
  add 0 c566e8de 3f930000 84f71560 c566d67e 00
  add 0 ad6edaaa 6ce35c81 c2840000 6ce35c81 10
  add 0 7f7fffff 75c6fa28 bf000001 7f800000 14
  add 1 7f800000 40720000 c1060000 7f800000 00
  add 1 a03a1ebd 7991814f 91079be4 7991814f 10
  add 2 3f000040 3d800200 00ffffff 3f100080 00
  add 2 edb81e47 368e763f 2251b6e7 edb81e47 10
  add 2 836bc949 ff7fffff 00000001 ff800000 14
  add 3 c0bb1224 bd8d0000 10c061d6 c0bd4624 00
  add 3 42710000 00800001 7cbce067 42710000 10
  subtract 0 ff800000 f06b5c50 e293a7be ff800000 00
  subtract 0 ea34bd0b c8e20b85 c1ff0000 ea34bd0b 10
  subtract 1 3f800800 c2f70000 b8a44d12 42f90020 00
  subtract 1 c2800080 00ffffff 9a89a69b c2800080 10
  subtract 1 7db843ec ff7fffff f16a7929 7f800000 14
  subtract 2 80ffffff 80800001 6c955d48 807ffffe 00
  subtract 2 9f7f734e b5902754 92dd86c6 35902753 10
  subtract 2 b421b098 7f7fffff 1391577a ff800000 14
  subtract 3 ff800000 3e100000 868849ea ff800000 00
  subtract 3 c58dd718 93cc4785 3d801000 c58dd717 10
  multiply 0 e5f3106b 3f800000 d0271cf8 e5f3106b 00
  multiply 0 0a0792a2 c6cd962d c709d93f 9159bfe7 10
  multiply 0 d2b09db6 772ba741 eedd8f5e ff800000 14
  multiply 0 b9e8f587 853f3ea0 9fbf67f6 002b820b 18
  multiply 1 c1080000 c2000040 80800000 43880044 00
  multiply 1 b99adb7a 7a473b1c 00000000 f47108ba 10
  multiply 1 7d58a2f2 6d5d7f95 be9f0000 7f800000 14
  multiply 1 864c4756 00ffffff fb006df4 80000000 18
  multiply 2 8ac0a06a 80000000 bfa30000 00000000 00
  multiply 2 80ffffff 73e05677 c1e0bf93 b5605677 10
  multiply 2 fd8ef00f 47655445 795d5ec7 ff800000 14
  multiply 2 80800001 00800001 c2670000 80000001 18
  multiply 3 007fffff 40000000 dd50e61c 00fffffe 00
  multiply 3 8a2971c2 be802000 be801000 09299c1e 10
  multiply 3 eba89a3b eea8aa19 ff800000 7f7fffff 14
  multiply 3 80000001 898a5b49 420ec132 00000000 18
  divide 0 00000000 3bf4e858 c0350000 00000000 00
  divide 0 b7d5038c 80000000 5d97e261 7f800000 02
  divide 0 feabd37f f50934fa 3d890000 49204bd2 10
  divide 0 72e89aef 02bf00d4 f33563f1 7f800000 14
  divide 0 80ffffff 43b964ce b57399d5 8000b0c0 18
  divide 1 4619bc4c ff800000 33f65591 80000000 00
  divide 1 bf820000 00000000 c2000100 ff800000 02
  divide 1 bf800000 c0400000 828eeed3 3eaaaaab 10
  divide 1 415d0000 00800000 5056c5b1 7f800000 14
  divide 1 24a6dfa9 6b13fefb 3d772a4b 00000121 18
  divide 2 8aadbab4 7f800000 80000000 80000000 00
  divide 2 3e230000 f2e5f4d5 c1c20000 8ab575e4 10
  divide 2 4c8a3d4f 0a3a77da b9d11714 7f7fffff 14
  divide 2 9f6fbeac 72c5c0b9 c2abae7d 80000001 18
  divide 3 112d07f5 00800000 c0000200 502d07f5 00
  divide 3 3c100000 80000000 a01fa46a ff800000 02
  divide 3 bf119535 3e61c6a7 bc800080 c0251255 10
  divide 3 c1ae0000 80800000 34116f81 7f7fffff 14
  divide 3 93936187 73aeead3 ff7fffff 80000000 18
  squareRoot 0 7f800000 883a1156 007fffff 7f800000 00
  squareRoot 0 794b68de 7cc887b9 bc820000 5c6431de 10
  squareRoot 1 7f800000 b0c04efd 79c5bf5c 7f800000 00
  squareRoot 1 3c804000 3a8af8bd bf000008 3e001ffd 10
  squareRoot 2 7f800000 4203cca8 42002000 7f800000 00
  squareRoot 2 4cee2d2e bb039380 80ffffff 462e9aa5 10
  squareRoot 3 00000000 4012a360 3333ab40 00000000 00
  squareRoot 3 53ab9809 00800000 871a37aa 499433df 10
  fusedMultiplyAdd 0 3eaa0000 76f44b8d 7f800000 7f800000 00
  fusedMultiplyAdd 0 32650256 46f95f08 fc13b836 fc13b836 10
  fusedMultiplyAdd 0 e30b0f5d 75c8f98c be5d0000 ff800000 14
  fusedMultiplyAdd 0 3d1a0000 007fffff 00000001 0004d001 18
  fusedMultiplyAdd 1 ff800000 a56f1486 be800400 7f800000 00
  fusedMultiplyAdd 1 41e50000 42110000 85570d8c 4481b500 10
  fusedMultiplyAdd 1 f1cb037a 7d46066b 75518cf0 ff7fffff 14
  fusedMultiplyAdd 2 00000000 bc230000 40000000 40000000 00
  fusedMultiplyAdd 2 bc50338f bd210000 f7649bb2 f7649bb2 10
  fusedMultiplyAdd 2 7ceb5023 4b80e2a9 bc100000 7f7fffff 14
  fusedMultiplyAdd 2 80000001 00ffffff 00000000 80000001 18
  fusedMultiplyAdd 3 40210000 40000000 42ac0000 42b61000 00
  fusedMultiplyAdd 3 467825d6 738d1a31 be0b0000 7a88c63a 10
  fusedMultiplyAdd 3 fa407d32 472036dc bdf40000 ff7fffff 14
  fusedMultiplyAdd 3 b98b9a67 80ffffff 80000000 00001173 18
`

describe('rounding modes and flags, as another FPU has them', () => {
  const lines = vectors.split('\n').filter((line) => line !== '')
  test.each(lines)('%s', (line) => {
    const [name = '', mode = '', a = '', b = '', c = '', result = '', flags = ''] = line.trim().split(' ')
    const operands = [a, b, c].map((text) => Number.parseInt(text, 16))
    expect(run(name as Name, operands, Number(mode) << 22)).toBe(`${result} ${flags}`)
  })
})

describe('rounding to nearest, as JavaScript rounds', () => {
  let seed = 1
  const word = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return ((seed >>> 16) | (Math.imul(seed, 0x9e37_79b9) & 0xffff_0000)) >>> 0
  }
  const cases: [Name, (a: number, b: number) => number][] = [
    ['add', (a, b) => a + b],
    ['subtract', (a, b) => a - b],
    ['multiply', (a, b) => a * b],
    ['divide', (a, b) => a / b],
    ['squareRoot', (a) => Math.sqrt(a)],
    ['fixedToSingle', (a) => bitsOf(a) | 0],
  ]
  test.each(cases)('%s', (name, exact) => {
    for (let i = 0; i < 5000; i++) {
      const [a, b] = [word(), name === 'fixedToSingle' ? 0 : word()]
      const expected = Math.fround(exact(singleOf(a), singleOf(b)))
      if (Number.isNaN(singleOf(a)) || Number.isNaN(singleOf(b)) || Number.isNaN(expected)) continue
      expect(run(name, [a, b]).slice(0, 8)).toBe(hex(bitsOf(expected)))
    }
  })
})

const QUIET_1 = 0x7fc0_0001
const QUIET_2 = 0xffc0_0002
const SIGNALLING_1 = 0x7f80_0001
const SIGNALLING_2 = 0xff80_0002
const ONE = 0x3f80_0000
const INFINITY = 0x7f80_0000
const SMALLEST = 1

describe('NaNs: FPProcessNaNs() and FPProcessNaNs3()', () => {
  test.each<[string, Name, number[], number, string]>([
    ['the first quiet one', 'add', [QUIET_2, QUIET_1], 0, 'ffc00002 00'],
    ['a signalling one before it, quieted', 'multiply', [QUIET_1, SIGNALLING_2], 0, 'ffc00002 01'],
    ['of a subtraction keeps its sign', 'subtract', [ONE, QUIET_1], 0, '7fc00001 00'],
    ['the default one when asked for', 'divide', [QUIET_2, ONE], defaultNaN, '7fc00000 00'],
    ['signalling, and the default one', 'squareRoot', [SIGNALLING_2], defaultNaN, '7fc00000 01'],
    ['the addend before the factors', 'fusedMultiplyAdd', [QUIET_1, ONE, QUIET_2], 0, 'ffc00002 00'],
    ['a signalling factor', 'fusedMultiplyAdd', [ONE, SIGNALLING_1, QUIET_2], 0, '7fc00001 01'],
    ['quiet addend to infinity times zero', 'fusedMultiplyAdd', [INFINITY, 0, QUIET_2], 0, '7fc00000 01'],
    ['signalling addend to the same', 'fusedMultiplyAdd', [0, INFINITY, SIGNALLING_2], 0, 'ffc00002 01'],
    ['infinity less infinity', 'subtract', [INFINITY, INFINITY], 0, '7fc00000 01'],
    ['zero by zero', 'divide', [0, 0x8000_0000], 0, '7fc00000 01'],
    ['root of less than zero', 'squareRoot', [0xbf80_0000], 0, '7fc00000 01'],
    ['a subnormal operand beside one is flushed too', 'add', [QUIET_1, SMALLEST], flushToZero, '7fc00001 80'],
  ])('%s', (_, name, operands, fpscr, expected) => {
    expect(run(name, operands, fpscr)).toBe(expected)
  })
})

describe('zeros, flush-to-zero and tininess: FPUnpack() and FPRound()', () => {
  test.each<[string, Name, number[], number, string]>([
    ['cancellation is plus zero', 'add', [ONE, 0xbf80_0000], NEAREST, '00000000 00'],
    ['and minus zero rounding down', 'add', [ONE, 0xbf80_0000], DOWN, '80000000 00'],
    ['zeros of one sign keep it', 'add', [0x8000_0000, 0x8000_0000], UP, '80000000 00'],
    ['a subnormal operand is zero', 'multiply', [SMALLEST, 0x7f00_0000], flushToZero, '00000000 80'],
    [
      'a subnormal result is zero, and not inexact',
      'multiply',
      [0x0080_0000, 0xbf00_0000],
      flushToZero,
      '80000000 08',
    ],
    [
      'what would round up to normal is flushed',
      'multiply',
      [0x00ff_ffff, 0x3f00_0000],
      flushToZero,
      '00000000 08',
    ],
    // Tininess before rounding: 0x1.fffffep-127 rounds to 2^-126, and underflows.
    ['tiny before rounding', 'multiply', [0x00ff_ffff, 0x3f00_0000], NEAREST, '00800000 18'],
    ['not so if exact', 'multiply', [0x0100_0000, 0x3f00_0000], NEAREST, '00800000 00'],
    ['subnormal and exact is no underflow', 'multiply', [0x0080_0000, 0x3f00_0000], NEAREST, '00400000 00'],
  ])('%s', (_, name, operands, fpscr, expected) => {
    expect(run(name, operands, fpscr)).toBe(expected)
  })
})

describe('comparison: FPCompare()', () => {
  test.each<[string, Name, number[], number, number, number]>([
    ['equal', 'compare', [ONE, ONE], 0, 0b0110, 0],
    ['zeros are equal', 'compareSignalling', [0, 0x8000_0000], 0, 0b0110, 0],
    ['less', 'compare', [0xff7f_ffff, SMALLEST], 0, 0b1000, 0],
    ['greater', 'compare', [INFINITY, 0x7f7f_ffff], 0, 0b0010, 0],
    ['unordered', 'compare', [ONE, QUIET_1], 0, 0b0011, 0],
    ['unordered by a signalling NaN', 'compare', [SIGNALLING_1, ONE], 0, 0b0011, 1],
    ['unordered, and VCMPE minds', 'compareSignalling', [ONE, QUIET_1], 0, 0b0011, 1],
    ['flushed numbers are equal', 'compare', [SMALLEST, 0x8000_0002], flushToZero, 0b0110, 0x80],
  ])('%s', (_, name, [a = 0, b = 0], fpscr, nzcv, flags) => {
    const after = softFloat(FloatOperation[name], a, b, 0, fpscr | 0x5000_0000).fpscr
    expect(hex(after)).toBe(hex((nzcv << 28) | fpscr | flags))
  })
})

const { unsigned, half, toNearest, towardsZero } = FixedPoint

describe('fixed point: FPToFixed() and FixedToFP()', () => {
  test.each<[string, Name, number[], number, string]>([
    ['2.5 to nearest even', 'singleToFixed', [bitsOf(2.5), 0, 0], NEAREST, '00000002 10'],
    ['2.5 up', 'singleToFixed', [bitsOf(2.5), 0, 0], UP, '00000003 10'],
    ['-2.5 down', 'singleToFixed', [bitsOf(-2.5), 0, 0], DOWN, 'fffffffd 10'],
    [
      '-2.5 towards zero whatever the mode',
      'singleToFixed',
      [bitsOf(-2.5), 0, towardsZero],
      DOWN,
      'fffffffe 10',
    ],
    [
      '1.5 with 15 fraction bits saturates',
      'singleToFixed',
      [bitsOf(1.5), 15, half | towardsZero],
      0,
      '00007fff 01',
    ],
    ['-1 with 15 fraction bits', 'singleToFixed', [bitsOf(-1), 15, half | towardsZero], 0, 'ffff8000 00'],
    ['-1 to unsigned saturates', 'singleToFixed', [bitsOf(-1), 0, unsigned], 0, '00000000 01'],
    ['-0.5 to unsigned is inexact only', 'singleToFixed', [bitsOf(-0.5), 0, unsigned], 0, '00000000 10'],
    ['2^31 saturates', 'singleToFixed', [bitsOf(2 ** 31), 0, 0], 0, '7fffffff 01'],
    ['2^31 unsigned', 'singleToFixed', [bitsOf(2 ** 31), 0, unsigned], 0, '80000000 00'],
    ['infinity', 'singleToFixed', [0xff80_0000, 0, 0], 0, '80000000 01'],
    ['NaN', 'singleToFixed', [QUIET_2, 0, unsigned], 0, '00000000 01'],
    ['a subnormal number flushed', 'singleToFixed', [SMALLEST, 0, 0], flushToZero, '00000000 80'],
    ['2^24 + 1 up', 'fixedToSingle', [0x0100_0001, 0, 0], UP, '4b800001 10'],
    [
      'the same to nearest whatever the mode',
      'fixedToSingle',
      [0x0100_0001, 0, toNearest],
      UP,
      '4b800000 10',
    ],
    [
      'low half-word with 8 fraction bits',
      'fixedToSingle',
      [0x1234_ff80, 8, half | toNearest],
      0,
      'bf000000 00',
    ],
    ['the same unsigned', 'fixedToSingle', [0x1234_ff80, 8, half | unsigned | toNearest], 0, '437f8000 00'],
    ['zero is plus zero', 'fixedToSingle', [0, 0, 0], DOWN, '00000000 00'],
  ])('%s', (_, name, operands, fpscr, expected) => {
    expect(run(name, operands, fpscr)).toBe(expected)
  })
})

describe('half precision: FPHalfToSingle() and FPSingleToHalf()', () => {
  test.each<[string, Name, number, number, string]>([
    ['1', 'halfToSingle', 0x3c00, 0, '3f800000 00'],
    ['subnormal numbers are never flushed', 'halfToSingle', 0x0001, flushToZero, '33800000 00'],
    ['infinity', 'halfToSingle', 0xfc00, 0, 'ff800000 00'],
    ['which is 65536 in the alternative format', 'halfToSingle', 0xfc00, ahp, 'c7800000 00'],
    ['NaN keeps its payload', 'halfToSingle', 0x7e01, 0, '7fc02000 00'],
    ['signalling NaN', 'halfToSingle', 0xfc01, 0, 'ffc02000 01'],
    ['largest', 'singleToHalf', 0x477f_e000, 0, '00007bff 00'],
    ['65520 is infinity', 'singleToHalf', 0x477f_f000, 0, '00007c00 14'],
    ['towards zero it is the largest', 'singleToHalf', 0x477f_f000, ZERO, '00007bff 10'],
    ['65536 towards zero overflows', 'singleToHalf', 0x4780_0000, ZERO, '00007bff 14'],
    ['or a number in the alternative format', 'singleToHalf', 0x477f_e000, ahp, '00007bff 00'],
    ['131072 saturates there', 'singleToHalf', 0xc800_0000, ahp, '0000ffff 01'],
    ['infinity too', 'singleToHalf', INFINITY, ahp, '00007fff 01'],
    ['NaN is zero there', 'singleToHalf', QUIET_2, ahp, '00008000 01'],
    ['NaN keeps the top of its payload', 'singleToHalf', 0x7fc0_2000, 0, '00007e01 00'],
    ['subnormal results are not flushed', 'singleToHalf', 0x3380_0000, flushToZero, '00000001 00'],
    ['subnormal operands are', 'singleToHalf', SMALLEST, flushToZero, '00000000 80'],
  ])('%s', (_, name, operand, fpscr, expected) => {
    expect(run(name, [operand], fpscr)).toBe(expected)
  })
})

test('an unknown operation is a mistake of the caller', () => {
  expect(() => softFloat(99, 0, 0, 0, 0)).toThrow(RangeError)
})
