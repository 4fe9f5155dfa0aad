import type { StepPixel } from '../steps.ts'
import type { LevelTrack } from '../tracks.ts'
import type { Source } from './source.ts'
import { eachPiece } from './pieces.ts'

/** The average never leaves minimum and maximum. Between two pieces that have one value each, the change is true. */
export interface LevelDrawing {
  readonly kind: 'level'
  readonly begins: Float64Array
  readonly ends: Float64Array
  readonly minimum: Float64Array
  readonly average: Float64Array
  readonly maximum: Float64Array
}

export function levelDrawing(sources: readonly Source<LevelTrack>[], column: number): LevelDrawing {
  const [begins, ends, minimum, average, maximum] = [[], [], [], [], []] as number[][] &
    [number[], number[], number[], number[], number[]]
  const pixel: StepPixel = { minimum: 0, maximum: 0, average: 0, last: 0 }
  for (const { track, from, to } of sources)
    eachPiece(track.steps, from, to, column, (begin, end) => {
      track.steps.pixel(begin, end, pixel)
      const last = begins.length - 1
      if (
        ends[last] === begin &&
        minimum[last] === pixel.minimum &&
        maximum[last] === pixel.maximum &&
        average[last] === pixel.average
      ) {
        ends[last] = end
        return
      }
      begins.push(begin)
      ends.push(end)
      minimum.push(pixel.minimum)
      average.push(pixel.average)
      maximum.push(pixel.maximum)
    })
  return {
    kind: 'level',
    begins: Float64Array.from(begins),
    ends: Float64Array.from(ends),
    minimum: Float64Array.from(minimum),
    average: Float64Array.from(average),
    maximum: Float64Array.from(maximum),
  }
}
