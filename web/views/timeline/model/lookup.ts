import type { Drawing } from '../../../../emulator/timeline/drawn/drawn.ts'

/** Index of the last of ascending values that is at or before one; -1 where none is. */
export function lastAtOrBefore(values: Float64Array, value: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] ?? Infinity) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Of a drawing, what is at a cycle. */
export type Found =
  | {
      readonly kind: 'level'
      readonly begin: number
      readonly end: number
      readonly minimum: number
      readonly average: number
      readonly maximum: number
    }
  | {
      readonly kind: 'state'
      readonly begin: number
      readonly end: number
      readonly state: string
      readonly busy: number
      readonly isWhole: boolean
    }
  | {
      readonly kind: 'span'
      readonly begin: number
      readonly end: number
      readonly name: string
      readonly text: string
      readonly value: number
    }
  | {
      readonly kind: 'folded'
      readonly begin: number
      readonly end: number
      readonly name: string
      readonly count: number
      readonly share: number
    }
  | {
      readonly kind: 'lines'
      readonly begin: number
      readonly end: number
      readonly values: readonly (readonly [name: string, minimum: number, average: number, maximum: number])[]
    }

/**
 * @param reach cycles around, in which a mark is close enough
 * @param depth of the spans that are meant
 */
export function findAt(drawing: Drawing, cycle: number, reach: number, depth: number): Found | undefined {
  if (drawing.kind === 'level') {
    const i = lastAtOrBefore(drawing.begins, cycle)
    if (i < 0 || cycle >= (drawing.ends[i] ?? 0)) return undefined
    const [begin = 0, end = 0] = [drawing.begins[i], drawing.ends[i]]
    const [minimum = 0, average = 0, maximum = 0] = [
      drawing.minimum[i],
      drawing.average[i],
      drawing.maximum[i],
    ]
    return { kind: 'level', begin, end, minimum, average, maximum }
  }
  if (drawing.kind === 'state') {
    const i = lastAtOrBefore(drawing.begins, cycle)
    if (i < 0 || cycle >= (drawing.ends[i] ?? 0)) return undefined
    const [begin = 0, end = 0] = [drawing.begins[i], drawing.ends[i]]
    const state = drawing.states[drawing.state[i] ?? 0] ?? ''
    return { kind: 'state', begin, end, state, busy: drawing.busy[i] ?? 0, isWhole: drawing.whole[i] === 1 }
  }
  if (drawing.kind === 'lines') {
    const found = drawing.lines.flatMap((line) => {
      const i = lastAtOrBefore(line.begins, cycle)
      return i < 0 ? [] : [{ line, i }]
    })
    if (found.length === 0) return undefined
    return {
      kind: 'lines',
      begin: Math.max(...found.map(({ line, i }) => line.begins[i] ?? 0)),
      end: Math.min(...found.map(({ line, i }) => line.ends[i] ?? 0)),
      values: found.map(
        ({ line, i }) =>
          [line.name, line.minimum[i] ?? 0, line.average[i] ?? 0, line.maximum[i] ?? 0] as const,
      ),
    }
  }
  return spanAt(drawing, cycle, reach, depth)
}

type Spans = Extract<Drawing, { readonly kind: 'spans' | 'marks' }>

function spanAt(drawing: Spans, cycle: number, reach: number, depth: number): Found | undefined {
  const { begins, ends, folded, names } = drawing
  let [nearest, distance] = [-1, Infinity]
  for (let i = lastAtOrBefore(begins, cycle + reach); i >= 0; i--) {
    const [begin = 0, end = 0] = [begins[i], ends[i]]
    const away = cycle < begin ? begin - cycle : Math.max(cycle - end, 0)
    if (drawing.depth[i] === depth && away <= (begin === end || away === 0 ? reach : 0) && away < distance) {
      nearest = i
      distance = away
    }
    // Those of one depth do not overlap: the first that ends before is the last to look at.
    if (drawing.depth[i] === depth && end < cycle - reach) break
  }
  if (nearest >= 0)
    return {
      kind: 'span',
      begin: begins[nearest] ?? 0,
      end: ends[nearest] ?? 0,
      name: names[drawing.name[nearest] ?? 0] ?? '',
      text: drawing.texts[nearest] ?? '',
      value: drawing.value[nearest] ?? NaN,
    }
  for (let i = lastAtOrBefore(folded.begins, cycle); i >= 0 && cycle < (folded.ends[i] ?? 0); i--)
    if (folded.depth[i] === depth)
      return {
        kind: 'folded',
        begin: folded.begins[i] ?? 0,
        end: folded.ends[i] ?? 0,
        name: names[folded.name[i] ?? 0] ?? '',
        count: folded.count[i] ?? 0,
        share: folded.share[i] ?? 0,
      }
  return undefined
}

/** The true edge nearest to a cycle, no further than `reach`. */
export function edgeNear(drawing: Drawing, cycle: number, reach: number): number | undefined {
  let found: number | undefined
  const offer = (edge: number | undefined): void => {
    if (edge === undefined || Math.abs(edge - cycle) > reach) return
    if (found === undefined || Math.abs(edge - cycle) < Math.abs(found - cycle)) found = edge
  }
  if (drawing.kind === 'lines') {
    for (const { begins } of drawing.lines) {
      const i = lastAtOrBefore(begins, cycle)
      offer(begins[i])
      offer(begins[i + 1])
    }
    return found
  }
  const { begins, ends } = drawing
  const i = lastAtOrBefore(begins, cycle)
  for (let k = Math.max(i - 16, 0); k <= i + 1 && k < begins.length; k++) {
    if (isTrueEdge(drawing, k)) offer(begins[k])
    if (drawing.kind !== 'level' && drawing.kind !== 'state') offer(ends[k])
  }
  return found
}

/** The next true edge after a cycle, or the last before. */
export function nextEdge(drawing: Drawing, cycle: number, direction: 1 | -1): number | undefined {
  if (drawing.kind === 'lines') return undefined
  const { begins } = drawing
  const isSpans = drawing.kind === 'spans' || drawing.kind === 'marks'
  const edges = isSpans ? Float64Array.from([...begins, ...drawing.ends]).sort() : begins
  let i = direction > 0 ? lastAtOrBefore(edges, cycle) + 1 : lastAtOrBefore(edges, cycle - 1e-6)
  for (; i >= 0 && i < edges.length; i += direction) {
    const edge = edges[i] ?? 0
    if (edge !== cycle && (isSpans || isTrueEdge(drawing, i))) return edge
  }
  return undefined
}

/** Between two pieces of one value each something changes; elsewhere pieces end where columns do. */
function isTrueEdge(drawing: Drawing, i: number): boolean {
  if (drawing.kind === 'level')
    return (
      i > 0 &&
      drawing.minimum[i] === drawing.maximum[i] &&
      drawing.minimum[i - 1] === drawing.maximum[i - 1] &&
      drawing.average[i] !== drawing.average[i - 1]
    )
  if (drawing.kind === 'state')
    return (
      i > 0 &&
      drawing.whole[i] === 1 &&
      drawing.whole[i - 1] === 1 &&
      drawing.state[i] !== drawing.state[i - 1]
    )
  return true
}
