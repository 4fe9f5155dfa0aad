import type { Batch } from './instances.ts'

/** A batch, and where it is drawn: pixels of the page from the upper left corner of the canvas. */
export interface Placed {
  readonly batch: Batch
  /** Pixels of a cycle. */
  readonly scale: number
  /** Where the batch's origin is. */
  readonly shift: number
  readonly top: number
  readonly height: number
  /** Values at the lower and the upper edge; decades where it is logarithmic. */
  readonly low: number
  readonly high: number
  readonly isLogarithmic: boolean
  /** True changes are dots of so many pixels; 0 for none. */
  readonly dots: number
  /** Nothing is drawn outside. */
  readonly left: number
  readonly right: number
  readonly above: number
  readonly below: number
}

export interface Surface {
  /** Red, green, blue, alpha from 0 to 1, of each colour. */
  setColours(colours: Float32Array): void
  resize(width: number, height: number, pixelRatio: number): void
  /** Whatever may be drawn from now on: uploaded here, and never while the view moves. */
  load(batches: ReadonlySet<Batch>): void
  draw(all: readonly Placed[]): void
  destroy(): void
  /** Without WebGL. */
  readonly isPlain: boolean
}

export const LINE = 1.5

/** A value's height in a row: 0 at its lower edge, 1 at its upper. */
export const fractionOf = (
  value: number,
  { low, high, isLogarithmic }: Pick<Placed, 'low' | 'high' | 'isLogarithmic'>,
): number => {
  const at = isLogarithmic ? Math.log10(Math.max(value, 1)) : value
  return Math.min(Math.max((at - low) / (high - low), 0), 1)
}
