import { describe, expect, it } from 'vitest'
import { binOf, lowestOf } from './level-bins.ts'
import type { Folded, Detail } from './timeline.ts'
import { Timeline } from './timeline.ts'
import type { LevelStatistics, SpanStatistics, StateStatistics, Statistics } from './statistics.ts'
import { UNFOLDED } from './track.ts'

const generator = (seed: number): ((limit: number) => number) => {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

type Event =
  | { readonly what: 'level'; readonly cycle: number; readonly value: number }
  | { readonly what: 'state'; readonly cycle: number; readonly value: number }
  | { readonly what: 'begin'; readonly cycle: number; readonly name: string }
  | { readonly what: 'end'; readonly cycle: number; readonly begun: number }
  | { readonly what: 'mark'; readonly cycle: number; readonly name: string; readonly value: number }

const LEVEL = { id: 'level', name: 'board', group: 'current', unit: 'pA' }
const STATE = { id: 'state', name: 'part', group: 'parts', unit: '', first: 's0', idle: ['s0'] }
const SPANS = { id: 'spans', name: 'phases', group: 'phases', unit: '' }
const MARKS = { id: 'marks', name: 'console', group: 'console', unit: 'bytes' }

/** Bursts and pauses of every magnitude; the nth `begin` is ended by its number. */
const randomEvents = (seed: number, count: number): Event[] => {
  const random = generator(seed)
  const events: Event[] = []
  const open: number[] = []
  let [cycle, begun] = [0, 0]
  for (let i = 0; i < count; i++) {
    cycle += random(3) === 0 ? 0 : Math.floor(2 ** (random(2200) / 100))
    const kind = random(5)
    if (kind === 0)
      events.push({
        what: 'level',
        cycle,
        value: random(4) === 0 ? 0 : Math.floor(2 ** (random(3700) / 100)),
      })
    else if (kind === 1) events.push({ what: 'state', cycle, value: random(4) })
    else if (kind === 2)
      events.push({ what: 'mark', cycle, name: random(2) === 0 ? 'line' : 'dot', value: random(100) })
    else if (open.length < 4 && random(2) === 0) {
      events.push({ what: 'begin', cycle, name: `p${random(3)}` })
      open.push(begun++)
    } else if (open.length > 0)
      events.push({ what: 'end', cycle, begun: open.splice(random(open.length), 1)[0]! })
  }
  return events
}

/** Plays events to a timeline; `at` is called before each. */
const play = (timeline: Timeline, events: readonly Event[], numbers: number[] = []): Timeline => {
  const level = timeline.level(LEVEL)
  const state = timeline.state(STATE)
  const { spans } = timeline.spans(SPANS)
  const marks = timeline.marks(MARKS).spans
  for (const event of events) {
    timeline.advance(event.cycle)
    if (event.what === 'level') level.set(event.value, event.cycle)
    else if (event.what === 'state') state.enter(`s${event.value}`, event.cycle)
    else if (event.what === 'begin') numbers.push(spans.begin(event.name, event.cycle))
    else if (event.what === 'end') spans.end(numbers[event.begun]!, event.cycle)
    else marks.mark(event.name, event.cycle, { value: event.value })
  }
  return timeline
}

/** Cycle by event, in the plainest way: what the statistics of a stretch are. */
class Recording {
  constructor(readonly events: readonly Event[]) {}

  #values(what: 'level' | 'state'): { begin: number; end: number; value: number }[] {
    const changes = this.events.flatMap((event) => (event.what === what ? [event] : []))
    const held = [{ begin: 0, end: Infinity, value: 0 }]
    for (const { cycle, value } of changes) {
      held.at(-1)!.end = cycle
      held.push({ begin: cycle, end: Infinity, value })
    }
    const lasting = held.filter(({ begin, end }) => end > begin)
    // Neighbours of the same value are one.
    return lasting.reduce<typeof held>((merged, one) => {
      const last = merged.at(-1)
      if (last?.value === one.value) last.end = one.end
      else merged.push({ ...one })
      return merged
    }, [])
  }

  steps(what: 'level' | 'state', from: number, to: number) {
    const all = this.#values(what)
    const within = all
      .map(({ begin, end, value }) => ({ begin, cycles: Math.min(end, to) - Math.max(begin, from), value }))
      .filter(({ cycles }) => cycles > 0)
    return {
      sum: within.reduce((sum, { value, cycles }) => sum + BigInt(value) * BigInt(cycles), 0n),
      minimum: Math.min(...within.map(({ value }) => value)),
      maximum: Math.max(...within.map(({ value }) => value)),
      busyCycles: within.reduce((sum, { value, cycles }) => sum + (value === 0 ? 0 : cycles), 0),
      changes: within.filter(({ begin }) => begin > 0 && begin >= from).length,
      within,
    }
  }

  spans() {
    const begun: { name: string; begin: number; end: number; depth: number; value?: number }[] = []
    for (const event of this.events) {
      if (event.what === 'begin') {
        const taken = new Set(begun.filter(({ end }) => end === Infinity).map(({ depth }) => depth))
        const depth = [0, 1, 2, 3, 4].find((one) => !taken.has(one))!
        begun.push({ name: event.name, begin: event.cycle, end: Infinity, depth })
      } else if (event.what === 'end') begun[event.begun]!.end = event.cycle
    }
    return begun
  }

  marks() {
    return this.events.flatMap((event) =>
      event.what === 'mark'
        ? [{ name: event.name, begin: event.cycle, end: event.cycle, depth: 0, value: event.value }]
        : [],
    )
  }

  figures(spans: ReturnType<Recording['spans']>, from: number, to: number) {
    const over = ({ begin, end }: { begin: number; end: number }) => Math.max(end, begin + 1)
    const names = new Map<string, { count: number; cycles: number[]; covered: number; values: number[] }>()
    for (const span of spans) {
      const key = `${span.depth} ${span.name}`
      const known = names.get(key) ?? { count: 0, cycles: [], covered: 0, values: [] }
      names.set(key, known)
      known.covered += Math.max(Math.min(span.end, to) - Math.max(span.begin, from), 0)
      if (over(span) <= from || over(span) > to) continue
      known.count += 1
      known.cycles.push(span.end - span.begin)
      if (span.value !== undefined) known.values.push(span.value)
    }
    const edges = [...new Set([from, to, ...spans.flatMap(({ begin, end }) => [begin, end])])]
      .filter((cycle) => cycle >= from && cycle <= to)
      .sort((a, b) => a - b)
    const busy = edges
      .slice(1)
      .map((end, i) => [edges[i]!, end] as const)
      .filter(([a, b]) => spans.some(({ begin, end }) => begin <= a && end >= b))
      .reduce((sum, [a, b]) => sum + b - a, 0)
    return { names, busy }
  }
}

const expectStatistics = (
  timeline: Timeline,
  recording: Recording,
  from: number,
  to: number,
  detail?: Detail,
) => {
  const of = (id: string): Statistics => {
    const found = timeline.statistics(id, from, to, detail)
    if (found.kind === 'folded') throw new Error(`${id} is folded`)
    return found
  }
  const level = of('level') as LevelStatistics
  const { within, ...steps } = recording.steps('level', from, to)
  expect(level).toMatchObject({ ...steps, cycles: to - from })
  const bins = new Map<number, number>()
  for (const { value, cycles } of within) bins.set(binOf(value), (bins.get(binOf(value)) ?? 0) + cycles)
  expect(new Map(level.histogram.map((bin) => [binOf(bin.from), bin.cycles]))).toEqual(bins)
  const state = of('state') as StateStatistics
  const { within: states, changes, busyCycles } = recording.steps('state', from, to)
  const spent: Record<string, number> = {}
  for (const { value, cycles } of states) spent[`s${value}`] = (spent[`s${value}`] ?? 0) + cycles
  expect(Object.fromEntries(state.states.map(({ state, cycles }) => [state, cycles]))).toEqual(spent)
  expect([state.cycles, state.changes, state.busyCycles]).toEqual([to - from, changes, busyCycles])
  for (const [id, spans] of [
    ['spans', recording.spans()],
    ['marks', recording.marks()],
  ] as const) {
    const { names, busy } = recording.figures(spans, from, to)
    const found = of(id) as SpanStatistics
    expect(found.busyCycles).toBe(busy)
    const expected = [...names]
      .filter(([, { count, covered }]) => count > 0 || covered > 0)
      .map(([key, { count, cycles, covered, values }]) => [
        key,
        [count, covered, sum(cycles), Math.min(...cycles), Math.max(...cycles)],
        [values.length, sum(values), Math.min(...values), Math.max(...values)],
      ])
    expect(
      found.names.map((one) => [
        `${one.depth} ${one.name}`,
        [one.count, one.coveredCycles, one.cycles, one.shortest, one.longest],
        [one.values, one.valueSum, one.least, one.most],
      ]),
    ).toEqual(expected)
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const SMALL = { steps: { recent: 16, buckets: 16 }, spans: { recent: 16, buckets: 16 } }

describe('statistics of random stretches', () => {
  it.each([1, 2, 3, 4, 5, 6])('are those of all events, however far folded, seed %i', (seed) => {
    const events = randomEvents(seed, 2500)
    const recording = new Recording(events)
    const folded = play(new Timeline(SMALL), events)
    const end = events.at(-1)!.cycle
    folded.advance(end)
    // Again from where a snapshot was, about every hundred events.
    let asked = 0
    const detail: Detail = {
      stretch: (from, to) => {
        asked += 1
        let first = events.findLastIndex(({ cycle }, i) => i % 100 === 0 && cycle <= from)
        while (first > 0 && events[first - 1]!.cycle > from) first -= 1
        const numbers: number[] = []
        const before = new Timeline(UNFOLDED)
        before.advance(events[first]!.cycle)
        play(before, events.slice(0, first), numbers)
        before.advance(events[first - 1]?.cycle ?? 0)
        const again = new Timeline(UNFOLDED)
        again.beginWith(structuredClone(before.present()))
        const last = events.findIndex(({ cycle }) => cycle > to)
        play(again, events.slice(first, last < 0 ? undefined : last), numbers)
        again.advance(to)
        return again
      },
    }
    const random = generator(seed + 100)
    for (let i = 0; i < 60; i++) {
      const span = Math.floor(2 ** (random(Math.floor(100 * Math.log2(end))) / 100)) + 1
      const from = random(Math.max(end - span, 1))
      expectStatistics(folded, recording, from, Math.min(from + span, end), detail)
    }
    expectStatistics(folded, recording, 0, end, detail)
    expect(asked).toBeGreaterThan(20)
    // Of all tracks together, with one more recording of each end.
    const ids = [...folded.tracks.keys()]
    for (let i = 0; i < 20; i++) {
      const from = random(end >> 1)
      const to = from + 1 + random((end >> 1) - 1)
      const before = asked
      const each = folded.statisticsOfEach(ids, from, to, detail)
      expect(asked - before).toBeLessThanOrEqual(2)
      expect(each).toEqual(ids.map((id) => folded.statistics(id, from, to, detail)))
    }
  })

  it('are never guessed: without detail a stretch that ends in a bucket says so, and which is known', () => {
    const events = randomEvents(7, 2000)
    const recording = new Recording(events)
    const folded = play(new Timeline(SMALL), events)
    const end = events.at(-1)!.cycle
    const found = folded.statistics('level', 12_345_677, end) as Folded
    expect(found.kind).toBe('folded')
    expect(found.from).toBeGreaterThan(12_345_677)
    const { sum, minimum, maximum } = recording.steps('level', found.from, found.to)
    expect(folded.statistics('level', found.from, found.to)).toMatchObject({ sum, minimum, maximum })
    expect(() => folded.statistics('level', 5, end + 1)).toThrow(RangeError)
    expect(() => folded.statistics('level', 5, 5)).toThrow(RangeError)
    expect(() => folded.statistics('nothing', 0, 5)).toThrow('no track nothing')
  })

  it('are the same after going on elsewhere', () => {
    const events = randomEvents(8, 3000)
    const whole = play(new Timeline(SMALL), events)
    const numbers: number[] = []
    const first = play(new Timeline(SMALL), events.slice(0, 1700), numbers)
    const saved = structuredClone(first.save())
    play(first, events.slice(1700, 1900), [...numbers])
    const second = new Timeline(SMALL)
    second.restore(saved)
    play(second, events.slice(1700), numbers)
    expect(second.save()).toEqual(whole.save())
  })
})

describe('a day', () => {
  const DAY = 24 * 3600 * 64_000_000
  /** Two ampere: the largest a level may be, near enough. */
  const LARGEST = 2e12

  it('takes no more memory than an hour, and its charge is exact', () => {
    const timeline = new Timeline()
    const level = timeline.level(LEVEL)
    const { spans } = timeline.spans(SPANS)
    const random = generator(9)
    let expected = 0n
    let [cycle, value] = [0, 0]
    const bytes: number[] = []
    // A change each second.
    for (let i = 0; i < 86_400; i++) {
      const next = cycle + 63_000_000 + random(2_000_000)
      expected += BigInt(value) * BigInt(next - cycle)
      cycle = next
      value = i % 2 === 0 ? 1_000_000 + random(1000) : LARGEST - random(1000)
      level.set(value, cycle)
      spans.end(spans.begin(`operator ${i % 30}`, cycle), cycle + 40_000, { value: i % 7 })
      if (i % 3600 === 3599) bytes.push(timeline.bytes)
    }
    timeline.advance(cycle)
    expect(cycle).toBeGreaterThan(0.99 * DAY)
    expect(bytes.at(-1)).toBe(bytes[1])
    expect(bytes.at(-1)).toBeLessThan(6e6)
    const { sum } = timeline.statistics('level', 0, cycle) as LevelStatistics
    expect(sum).toBe(expected)
    expect(sum > 2n ** 80n).toBe(true)
    expect((timeline.statistics('spans', 0, cycle) as SpanStatistics).count).toBe(86_399)
  })
})

describe('bins of a histogram', () => {
  it('are a quarter of an octave apart, and every level is in the one that begins at or below it', () => {
    for (const level of [0, 1, 65_535, 65_536, 81_919, 81_920, 1e6, 5.8e9, 2 ** 39, 2 ** 40, 2 ** 45])
      for (const one of [level, level + 1]) {
        const bin = binOf(one)
        expect(lowestOf(bin)).toBeLessThanOrEqual(one)
        if (one < 2 ** 40) expect(lowestOf(bin + 1)).toBeGreaterThan(one)
      }
    expect(lowestOf(binOf(1.1e6)) / lowestOf(binOf(1.1e6) - 1)).toBeCloseTo(8 / 7, 9)
  })
})
