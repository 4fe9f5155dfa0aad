import type { Random } from './random.ts'

const interestingWords = [
  0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x1_0000,
  0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_ffff, 0xffff_fffe, 0xffff_ff80, 0xffff_8000, 0x7fff_7fff,
  0x8000_8000, 0x7f80_7f80, 0x8080_8080, 0x7f7f_7f7f, 0x0101_0101, 0xff00_ff00, 0x5555_5555, 0xaaaa_aaaa,
]

/** A core register's value: anything, with a leaning to where arithmetic turns. */
export function interestingWord(random: Random): number {
  switch (random.below(6)) {
    case 0:
      return random.pick(interestingWords)
    case 1:
      return (random.pick(interestingWords) + random.below(5) - 2) >>> 0
    case 2:
      return random.word() >>> random.below(32)
    case 3:
      return ((random.word() | 0) >> random.below(32)) >>> 0
    default:
      return random.word()
  }
}

const SIGN = 0x8000_0000
/** Zero, subnormals, smallest normal, 1, largest, infinity, quiet and signalling NaNs, integer limits, halves. */
const interestingSingles = [
  0, 1, 2, 0x0000_ffff, 0x0040_0000, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x00ff_ffff, 0x0100_0000,
  0x3effffff, 0x3f00_0000, 0x3f00_0001, 0x3f7f_ffff, 0x3f80_0000, 0x3f80_0001, 0x3fc0_0000, 0x4000_0000,
  0x4020_0000, 0x4b00_0000, 0x4b00_0001, 0x4b7f_ffff, 0x4b80_0000, 0x4eff_ffff, 0x4f00_0000, 0x4f7f_ffff,
  0x4f80_0000, 0x477f_e000, 0x477f_f000, 0x3880_0000, 0x387f_c000, 0x3380_0000, 0x3300_0000, 0x7f00_0000,
  0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001, 0x7fa0_0000, 0x7fbf_ffff, 0x7fc0_0000, 0x7fc0_0001, 0x7fff_ffff,
]

/** How the singles of one case lie to each other. */
export type SinglesFlavour = 'anything' | 'near' | 'special' | 'tiny' | 'huge' | 'sparse' | 'integers'
const flavours: readonly SinglesFlavour[] = [
  'anything',
  'near',
  'near',
  'special',
  'tiny',
  'huge',
  'sparse',
  'integers',
]

const single = (sign: number, exponent: number, fraction: number): number =>
  (((sign & 1) << 31) | ((exponent & 0xff) << 23) | (fraction & 0x7f_ffff)) >>> 0

/** Bits of 32 singles that meet each other in an interesting way: ties, cancellation, underflow, overflow. */
export function fillSingles(random: Random, to: Uint32Array, first: number): void {
  const flavour = random.pick(flavours)
  const centre = 64 + random.below(128)
  for (let i = 0; i < 32; i++)
    to[first + i] = oneSingle(random, random.oneIn(8) ? random.pick(flavours) : flavour, centre)
}

function oneSingle(random: Random, flavour: SinglesFlavour, centre: number): number {
  const sign = random.below(2)
  switch (flavour) {
    case 'anything':
      return random.word()
    case 'near':
      return single(sign, centre + random.below(5) - 2, sparseFraction(random))
    case 'special':
      return (random.pick(interestingSingles) | (sign ? SIGN : 0)) >>> 0
    case 'tiny':
      return single(sign, random.oneIn(2) ? 0 : random.below(40), random.word() >>> random.below(23))
    case 'huge':
      return single(sign, 215 + random.below(41), sparseFraction(random))
    case 'sparse':
      return single(sign, 103 + random.below(49), sparseFraction(random))
    case 'integers':
      return single(sign, 126 + random.below(36), random.word())
  }
}

/** Few bits set, or few clear: sums and products that end in a tie. */
function sparseFraction(random: Random): number {
  if (random.oneIn(3)) return random.word()
  let fraction = 0
  for (let bits = random.below(4); bits > 0; bits--) fraction |= 1 << random.below(23)
  return random.oneIn(3) ? ~fraction : fraction
}

/** Rounding modes, flush to zero, default NaN, alternative half precision, flags old and cumulative. */
export function fpscrValue(random: Random): number {
  if (random.oneIn(3)) return 0
  const modes = random.oneIn(2) ? random.word() & 0x07c0_0000 : (random.word() & 0x03) << 22
  return (modes | (random.word() & 0xf000_0000) | (random.oneIn(2) ? random.word() & 0x9f : 0)) >>> 0
}
