/** The overview in a `.ppk2`: minimum and maximum of as many samples as it takes for it to stay small. */

const MOST_ELEMENTS = 10_000
/** The program draws on a logarithmic axis, and keeps nothing below. */
const LEAST_NANOAMPS = 200

interface Point {
  /** Microseconds since the start: the middle of the samples' times. */
  x: number
  /** Nanoamperes. */
  y: number
}

export class Minimap {
  #minimum: Point[] = []
  #maximum: Point[] = []
  /** Samples that make an element. */
  #fold = 1
  /** Of the newest element, so far. */
  #inLast = 0

  add(microamps: number, microseconds: number): void {
    const nanoamps = Math.max(microamps * 1000, LEAST_NANOAMPS)
    if (this.#inLast === 0) {
      this.#minimum.push({ x: microseconds, y: nanoamps })
      this.#maximum.push({ x: microseconds, y: nanoamps })
      this.#inLast = 1
    } else {
      this.#inLast += 1
      const [minimum, maximum] = [this.#minimum.at(-1), this.#maximum.at(-1)]
      if (!minimum || !maximum) return
      minimum.y = Math.min(minimum.y, nanoamps)
      maximum.y = Math.max(maximum.y, nanoamps)
      minimum.x += (microseconds - minimum.x) / this.#inLast
      maximum.x = minimum.x
    }
    if (this.#inLast === this.#fold) this.#inLast = 0
    if (this.#minimum.length === MOST_ELEMENTS && this.#inLast === 0) this.#halve()
  }

  #halve(): void {
    this.#minimum = halves(this.#minimum, Math.min)
    this.#maximum = halves(this.#maximum, Math.max)
    this.#fold *= 2
  }

  json(): string {
    return JSON.stringify({
      lastElementFoldCount: this.#inLast,
      data: { length: this.#minimum.length, min: this.#minimum, max: this.#maximum },
      maxNumberOfElements: MOST_ELEMENTS,
      numberOfTimesToFold: this.#fold,
    })
  }
}

const halves = (points: readonly Point[], of: (a: number, b: number) => number): Point[] =>
  Array.from({ length: points.length / 2 }, (_, at) => {
    const [a, b] = [points[2 * at], points[2 * at + 1]]
    return { x: ((a?.x ?? 0) + (b?.x ?? 0)) / 2, y: of(a?.y ?? 0, b?.y ?? 0) }
  })
