/** Where the names of points go: beside their point, over nothing else, or nowhere. */

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface LabelRequest {
  readonly text: string
  /** The point that it names, pixels. */
  readonly x: number
  readonly y: number
}

export interface PlacedLabel extends LabelRequest {
  readonly box: Box
  /** From the point to the label, where that is not beside it. */
  readonly leader: readonly [number, number, number, number] | null
}

const HEIGHT = 14
const PADDING = 2

/** Of a wide proportional font at 11 pixels; nothing measures it where there is no browser. */
const widths: readonly (readonly [RegExp, number])[] = [
  [/[il.,:;'|! \u202f]/, 3.6],
  [/[A-Zmw_%@+\u2026]/, 8.2],
  [/[0-9]/, 7],
  [/[\u0250-\u{10ffff}]/u, 11],
]
const OTHER = 6.7

export const textWidth = (text: string, size = 11): number =>
  (Array.from(text).reduce((sum, letter) => sum + (widths.find(([of]) => of.test(letter))?.[1] ?? OTHER), 0) *
    size) /
  11

/** The text, or as much of its beginning as is so wide. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const letters = Array.from(text)
  while (letters.length > 1 && textWidth(`${letters.join('')}…`) > width) letters.pop()
  return `${letters.join('')}…`
}

/** Cut in the middle, where names differ least. */
export function cutMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const letters = Array.from(text)
  let kept = letters.length
  const shown = (): string =>
    [
      ...letters.slice(0, Math.ceil(kept / 2)),
      '…',
      ...letters.slice(letters.length - Math.floor(kept / 2)),
    ].join('')
  while (kept > 1 && textWidth(shown()) > width) kept--
  return shown()
}

/** In lines of that width, broken between words or the parts of a name; the last is cut in its middle. */
export function inLines(text: string, width: number, most: number): readonly string[] {
  const lines: string[] = []
  let parts = text.split(/(?<=::|[\s/_,])/)
  while (lines.length < most - 1 && textWidth(parts.join('')) > width) {
    const taken = parts.findLastIndex(
      (_, index) => textWidth(parts.slice(0, index).join('').trimEnd()) <= width,
    )
    if (taken <= 0) break
    lines.push(parts.slice(0, taken).join('').trimEnd())
    parts = parts.slice(taken)
  }
  return [...lines, cutMiddle(parts.join(''), width)]
}

const corners = [
  [0, -1],
  [1, 0],
  [-1, 0],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
] as const
const distances = [8, 14, 22, 32, 44, 58] as const
const FREE_DISTANCE = 14
/** For each square pixel of something else under a name: names have a halo, and far from its point a name says nothing. */
const COVERED = 0.35

/** In the order given: the first has the best place. Obstacles cost; other labels and the plot's edge forbid. */
export function placeLabels(
  requests: readonly LabelRequest[],
  obstacles: readonly Box[],
  plot: Box,
): readonly PlacedLabel[] {
  const placed: PlacedLabel[] = []
  for (const request of requests) {
    const candidates = distances.flatMap((distance) =>
      corners.map(([dx, dy], preference) => {
        const box = boxAt(request, dx, dy, distance)
        const leader = distance > FREE_DISTANCE ? leaderTo(request, box) : null
        const taken = placed.some((other) => overlap(box, other.box) > 0)
        const crossed = leader !== null && placed.some((other) => crosses(leader, other.box))
        const covered = obstacles.reduce((sum, obstacle) => sum + overlap(box, obstacle), 0)
        const cost = covered * COVERED + distance + preference
        return { box, leader, cost, allowed: !taken && !crossed && within(box, plot) }
      }),
    )
    const best = candidates
      .filter((one) => one.allowed)
      .reduce<(typeof candidates)[number] | null>((a, b) => (a === null || b.cost < a.cost ? b : a), null)
    if (best) placed.push({ ...request, box: best.box, leader: best.leader })
  }
  return placed
}

function boxAt({ x, y, text }: LabelRequest, dx: number, dy: number, distance: number): Box {
  const width = textWidth(text)
  const [cx, cy] = [x + dx * distance, y + dy * distance]
  return {
    left: dx > 0 ? cx : dx < 0 ? cx - width : cx - width / 2,
    top: dy > 0 ? cy - PADDING : dy < 0 ? cy - HEIGHT + PADDING : cy - HEIGHT / 2,
    width,
    height: HEIGHT,
  }
}

function leaderTo({ x, y }: LabelRequest, box: Box): readonly [number, number, number, number] {
  const toX = Math.min(Math.max(x, box.left), box.left + box.width)
  const toY = Math.min(Math.max(y, box.top + PADDING), box.top + box.height - PADDING)
  return [x, y, toX, toY]
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top))

const within = (box: Box, plot: Box): boolean =>
  box.left >= plot.left &&
  box.top >= plot.top &&
  box.left + box.width <= plot.left + plot.width &&
  box.top + box.height <= plot.top + plot.height

const STEPS = 12

const crosses = ([x1, y1, x2, y2]: readonly [number, number, number, number], box: Box): boolean =>
  segment(x1, y1, x2, y2, STEPS).some((dot) => overlap(dot, box) > 0)

/** A line as dots, which is what overlap can judge. */
export function segment(x1: number, y1: number, x2: number, y2: number, steps: number): readonly Box[] {
  return Array.from({ length: steps + 1 }, (_, index) => {
    const share = index / steps
    return { left: x1 + (x2 - x1) * share - 1, top: y1 + (y2 - y1) * share - 1, width: 2, height: 2 }
  })
}
