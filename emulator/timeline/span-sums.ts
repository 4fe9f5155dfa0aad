import type { Cycles } from '../cpu/bus.ts'
import { effectiveEnd } from './span.ts'
import type { Span } from './span.ts'

/** Of the spans of one name at one depth that ended in a stretch, and of the part of the stretch that they covered. */
export interface SpanFigures {
  count: number
  /** Of whole spans, also of what lies before the stretch. */
  cycles: Cycles
  shortest: Cycles
  longest: Cycles
  coveredCycles: Cycles
  /** Of those that carry a value. */
  values: number
  valueSum: number
  least: number
  most: number
}

export const noFigures = (): SpanFigures => ({
  count: 0,
  cycles: 0,
  shortest: Infinity,
  longest: -Infinity,
  coveredCycles: 0,
  values: 0,
  valueSum: 0,
  least: Infinity,
  most: -Infinity,
})

/** Sums over spans in a stretch, while they are added up; kinds by number. */
export class SpanSums {
  busyCycles: Cycles = 0
  readonly byKind = new Map<number, SpanFigures>()

  of(kind: number): SpanFigures {
    let figures = this.byKind.get(kind)
    if (!figures) this.byKind.set(kind, (figures = noFigures()))
    return figures
  }

  /** @param spans by begin */
  addAll(spans: Iterable<Span>, from: Cycles, to: Cycles): void {
    let busyUntil = from
    for (const span of spans) {
      if (span.begin >= to) return
      const end = Math.min(span.end, to)
      const covered = end - Math.max(span.begin, from)
      if (covered > 0) this.of(span.kind).coveredCycles += covered
      this.busyCycles += Math.max(end - Math.max(span.begin, busyUntil), 0)
      busyUntil = Math.max(busyUntil, end)
      const over = effectiveEnd(span)
      if (from < over && over <= to) this.#count(span)
    }
  }

  #count({ begin, end, countsAs, value }: Span): void {
    const figures = this.of(countsAs)
    const cycles = end - begin
    figures.count += 1
    figures.cycles += cycles
    figures.shortest = Math.min(figures.shortest, cycles)
    figures.longest = Math.max(figures.longest, cycles)
    if (value === undefined) return
    figures.values += 1
    figures.valueSum += value
    figures.least = Math.min(figures.least, value)
    figures.most = Math.max(figures.most, value)
  }
}

export const addFigures = (to: SpanFigures, more: SpanFigures): void => {
  to.count += more.count
  to.cycles += more.cycles
  to.shortest = Math.min(to.shortest, more.shortest)
  to.longest = Math.max(to.longest, more.longest)
  to.coveredCycles += more.coveredCycles
  to.values += more.values
  to.valueSum += more.valueSum
  to.least = Math.min(to.least, more.least)
  to.most = Math.max(to.most, more.most)
}
