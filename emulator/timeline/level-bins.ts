/** Levels below it are in bin 0. */
const LEAST = 2 ** 16
const OCTAVES = 24
const PER_OCTAVE = 4
/** From it on all are in the last octave, and the last of its bins. */
const LARGEST = LEAST * 2 ** OCTAVES

/** A quarter of each octave. */
const QUARTERS = Float64Array.from({ length: OCTAVES }, (_, octave) => 2 ** octave * (LEAST / PER_OCTAVE))

export const LEVEL_BINS = 1 + OCTAVES * PER_OCTAVE

/**
 * Which bin of a histogram a level is in. Four to an octave, at 4, 5, 6 and 7 quarters of a power of two, from 2^16 up:
 * in picoamperes from 66 nanoamperes to an ampere. Whole numbers only, so the same everywhere.
 */
export const binOf = (level: number): number => {
  if (level < LEAST) return 0
  const octave = level < LARGEST ? 31 - Math.clz32(level / LEAST) : OCTAVES - 1
  const quarter = Math.min(Math.floor(level / (QUARTERS[octave] ?? 1)) - PER_OCTAVE, 3)
  return 1 + octave * PER_OCTAVE + quarter
}

/** The lowest level of a bin. */
export const lowestOf = (bin: number): number => {
  if (bin === 0) return 0
  const octave = Math.floor((bin - 1) / PER_OCTAVE)
  return 2 ** octave * (LEAST / PER_OCTAVE) * (PER_OCTAVE + ((bin - 1) % PER_OCTAVE))
}
