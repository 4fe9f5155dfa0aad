import { describe, expect, it } from 'vitest'
import { alignAt, alignByShape } from './align.ts'
import { correlation, correlations, regression } from './correlation.ts'
import { Cumulative } from './cumulative.ts'

const SECOND = 64_000_000

/** Numbers that look like chance, the same each time. */
const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

/** Bursts on a floor, at no regular times. */
function bursts(seconds: number, seed = 1): Cumulative {
  const next = random(seed)
  const pieces = []
  for (let begin = 0; begin < seconds * SECOND;) {
    const [gap, burst] = [(0.02 + 0.3 * next()) * SECOND, (0.002 + 0.02 * next()) * SECOND]
    const piece = (from: number, length: number, average: number) => ({
      begin: from,
      end: from + length,
      minimum: average,
      average,
      maximum: average,
    })
    pieces.push(piece(begin, gap, 1000), piece(begin + gap, burst, 5000 + 4000 * next()))
    begin += gap + burst
  }
  return Cumulative.of(pieces)
}

/** Sampled by a clock that runs differently, from another moment on, through gain, offset and noise. */
function sampled(
  level: Cumulative,
  { begin = 0, scale = 1, gain = 1, offset = 0, noise = 0, seconds = 10, rate = 10_000 },
): Cumulative {
  const next = random(9)
  const step = SECOND / rate
  return Cumulative.of(
    Array.from({ length: Math.floor(seconds * rate) }, (_, i) => {
      const from = begin * SECOND + scale * i * step
      const average = gain * level.average(from, from + scale * step) + offset + noise * (next() + next() - 1)
      return { begin: i * step, end: (i + 1) * step, minimum: average, average, maximum: average }
    }),
  )
}

describe('a measurement is laid over the run', () => {
  const run = bursts(20)
  it.each([
    { begin: 3.3, scale: 1 },
    { begin: 0, scale: 1.000_04, seconds: 15 },
    { begin: 5.25, scale: 0.985, gain: 1.2, offset: -300, noise: 400 },
    { begin: 1.111, scale: 1.012, gain: 0.5, offset: 2000, noise: 100, rate: 1000 },
    { begin: -2, scale: 1.0003, seconds: 12 },
  ])('by its shape: %o', (changes) => {
    const found = alignByShape(run, sampled(run, changes))!
    expect(Math.abs(found.offset / SECOND - changes.begin)).toBeLessThan(2e-4)
    expect(Math.abs(found.scale - changes.scale)).toBeLessThan(2e-5)
    expect(found.rival).toBeUndefined()
  })

  it('from a moment that is known, and its clock is found alone', () => {
    const found = alignAt(run, sampled(run, { begin: 4, scale: 1.008, noise: 200 }), 4 * SECOND)
    expect(found.offset).toBe(4 * SECOND)
    expect(found.isScaleKnown).toBe(true)
    expect(Math.abs(found.scale - 1.008)).toBeLessThan(1e-5)
  })

  it('nowhere where it is of something else', () => {
    expect(alignByShape(run, bursts(10, 77))).toBeUndefined()
    const flat = Cumulative.of([{ begin: 0, end: 9 * SECOND, minimum: 5, average: 5, maximum: 5 }])
    expect(alignByShape(run, flat)).toBeUndefined()
    expect(alignAt(run, flat, SECOND)).toMatchObject({ scale: 1, isScaleKnown: false })
  })

  it('with a word where it fits elsewhere as well', () => {
    const period = Array.from({ length: 40 }, (_, i) => [
      { begin: i * SECOND, end: (i + 0.9) * SECOND, minimum: 1, average: 1, maximum: 1 },
      { begin: (i + 0.9) * SECOND, end: (i + 1) * SECOND, minimum: 9, average: 9, maximum: 9 },
    ]).flat()
    const level = Cumulative.of(period)
    const found = alignByShape(level, sampled(level, { begin: 7, seconds: 10 }))!
    expect(found.rival).toBeDefined()
    expect((found.offset / SECOND) % 1).toBeCloseTo(0, 3)
  })
})

/** A sensor that is read ten times a second, and every ten seconds an inference, never quite as long as the last. */
function readings(seconds: number): Cumulative {
  const next = random(5)
  const pieces = []
  const piece = (from: number, to: number, average: number) => ({
    begin: from * SECOND,
    end: to * SECOND,
    minimum: average,
    average,
    maximum: average,
  })
  for (let n = 1; n <= 10 * seconds; n++) {
    const busy = n % 100 === 0 ? 0.03 + 0.004 * next() : 0.0005
    pieces.push(piece((n - 1) / 10, n / 10 - busy, 5700), piece(n / 10 - busy, n / 10, 12_000))
  }
  return Cumulative.of(pieces)
}

/** As files of measurements are read: neighbours that are alike are one piece. */
function merged(level: Cumulative, step = SECOND / 10_000): Cumulative {
  const pieces: { begin: number; end: number; minimum: number; average: number; maximum: number }[] = []
  for (let begin = level.from; begin < level.to; begin += step) {
    const average = Math.round(level.average(begin, begin + step))
    const last = pieces.at(-1)
    if (last?.average === average) last.end = begin + step
    else pieces.push({ begin, end: begin + step, minimum: average, average, maximum: average })
  }
  return Cumulative.of(pieces)
}

it.each([0.37, 1.25, 2.6, 4.444, 5.55])(
  'what repeats ten times a second and every ten seconds is laid where all of it fits: from %s s on',
  (begin) => {
    const run = readings(30)
    const found = alignByShape(run, merged(sampled(run, { begin, seconds: 30 - begin })))!
    expect(found.rival).toBeDefined()
    expect(Math.abs(found.offset / SECOND - begin)).toBeLessThan(2e-4)
  },
)

describe('correlation', () => {
  const [a, b] = [Float64Array.from([1, 5, 2, 8, 3, 9, 4]), Float64Array.from([8, 3, 9])]
  const direct = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
    const n = x.length
    const mean = (v: ArrayLike<number>) => Array.from(v).reduce((s, one) => s + one, 0) / n
    const [mx, my] = [mean(x), mean(y)]
    let [xy, xx, yy] = [0, 0, 0]
    for (let i = 0; i < n; i++) {
      xy += (x[i]! - mx) * (y[i]! - my)
      xx += (x[i]! - mx) ** 2
      yy += (y[i]! - my) ** 2
    }
    return xy / Math.sqrt(xx * yy)
  }

  it('at every shift is what it is one by one', () => {
    const found = correlations(a, b, 3)
    expect(found.map(({ shift }) => shift)).toEqual([0, 1, 2, 3, 4])
    for (const { shift, overlap, correlation: alike } of found) {
      expect(overlap).toBe(3)
      expect(alike).toBeCloseTo(direct(a.slice(shift, shift + 3), b), 9)
    }
    for (const { shift, overlap, correlation: alike } of correlations(a, b, 2)) {
      const [from, to] = [Math.max(0, shift), Math.min(7, shift + 3)]
      expect(overlap).toBe(to - from)
      expect(alike).toBeCloseTo(direct(a.slice(from, to), b.slice(from - shift, to - shift)), 9)
    }
  })

  it('is that of a line, and 0 of what is flat', () => {
    expect(
      correlation(
        a,
        a.map((x) => 7 - 2 * x),
      ),
    ).toBeCloseTo(-1, 9)
    expect(
      correlation(
        a,
        a.map(() => 3),
      ),
    ).toBe(0)
    expect(
      regression(
        a,
        a.map((x) => 7 - 2 * x),
      ),
    ).toMatchObject({ slope: expect.closeTo(-2, 9) as number, intercept: expect.closeTo(7, 9) as number })
  })
})
