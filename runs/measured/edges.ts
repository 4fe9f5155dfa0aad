import type { StateTrack, TimelineView } from '../export/timeline-view.ts'
import { HIGH } from '../export/wires.ts'
import type { Place } from './align.ts'

/** Pins of the run and of the measurement whose rising edges come at the same times. */
export interface MatchedEdges extends Place {
  readonly pin: string
  readonly channel: string
  readonly edges: number
}

const MOST_DRIFT = 0.02
/** A millisecond: what edges may lie beside a line through them. */
const FARTHEST = 64_000
const MOST_EDGES = 1000

/** The pair with the most edges in common; undefined where there is none. */
export function matchEdges(
  { tracks, from, to }: TimelineView,
  channels: readonly StateTrack[],
  end: number,
): MatchedEdges | undefined {
  let best: (MatchedEdges & { readonly error: number }) | undefined
  for (const channel of channels) {
    const seen = risingEdges(channel, 0, end)
    if (seen.length === 0) continue
    for (const pin of tracks) {
      if (pin.kind !== 'state' || !pin.info.id.startsWith('pin/')) continue
      const known = risingEdges(pin, from, to)
      for (let first = 0; first < known.length; first++) {
        const fit = fitted(seen, known.slice(first, first + seen.length))
        if (!fit || fit.edges < (best?.edges ?? 1)) continue
        if (best && fit.edges === best.edges && fit.error >= best.error) continue
        best = { ...fit, pin: pin.info.name, channel: channel.info.name }
      }
    }
  }
  return best
}

function risingEdges(track: StateTrack, from: number, to: number): readonly number[] {
  const edges: number[] = []
  let wasHigh: boolean | undefined
  for (const { begin, states } of track.pieces(from, to)) {
    const isHigh = states[0]?.state === HIGH
    if (isHigh && wasHigh === false) edges.push(begin)
    wasHigh = isHigh
    if (edges.length === MOST_EDGES) break
  }
  return edges
}

/** A line through as many as both have; one edge alone says nothing of the clocks. */
function fitted(
  seen: readonly number[],
  known: readonly number[],
): (Place & { readonly edges: number; readonly error: number }) | undefined {
  const count = Math.min(seen.length, known.length)
  const [first = 0] = seen
  if (count === 0) return undefined
  if (count === 1) return { offset: (known[0] ?? 0) - first, scale: 1, edges: 1, error: 0 }
  const mean = (values: readonly number[]): number =>
    values.slice(0, count).reduce((sum, one) => sum + one, 0) / count
  const [middle, height] = [mean(seen), mean(known)]
  let [spread, product] = [0, 0]
  for (let i = 0; i < count; i++) {
    spread += ((seen[i] ?? 0) - middle) ** 2
    product += ((seen[i] ?? 0) - middle) * ((known[i] ?? 0) - height)
  }
  const scale = product / spread
  const offset = height - scale * middle
  const error = Math.max(
    ...seen.slice(0, count).map((at, i) => Math.abs((known[i] ?? 0) - offset - scale * at)),
  )
  return Math.abs(scale - 1) > MOST_DRIFT || error > FARTHEST
    ? undefined
    : { offset, scale, edges: count, error }
}
