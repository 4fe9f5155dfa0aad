import { describe, expect, test } from 'vitest'
import { Log } from './log.ts'
import { PagedFloats } from './paged-floats.ts'
import { Tally } from './tally.ts'

const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

describe('PagedFloats', () => {
  test('shares the pages that were not written, and gives back what was saved', () => {
    const floats = new PagedFloats(1000, 7)
    floats.set(999, 1.5)
    const first = floats.save()
    expect(floats.save()).toBe(first)
    floats.set(70, -3)
    const second = floats.save()
    expect(second.filter((page, i) => page !== first[i])).toHaveLength(1)
    expect([...second.flatMap((page) => [...page])]).toEqual(
      Array.from({ length: 1000 }, (_, i) => (i === 70 ? -3 : i === 999 ? 1.5 : 7)),
    )
    floats.restore(first)
    expect([floats.get(70), floats.get(999)]).toEqual([7, 1.5])
    expect(floats.save()).toBe(first)
  })

  test('refuses another number of values', () => {
    expect(() => new PagedFloats(10).restore(new PagedFloats(11).save())).toThrow('10 numbers were expected')
  })
})

describe('Tally', () => {
  test('agrees with a map, saved and restored in between', () => {
    const next = random(1)
    let tally = new Tally()
    const map = new Map<number, number>()
    for (let i = 0; i < 20_000; i++) {
      const key = Math.floor(2 ** (40 * next()))
      const amount = Math.floor(100 * next())
      tally.add(key, amount)
      map.set(key, (map.get(key) ?? 0) + amount)
      if (i % 999 !== 0) continue
      const saved = tally.save()
      tally.add(5, 1e6)
      tally = new Tally()
      tally.restore(saved)
    }
    const ordered = (entries: Iterable<[number, number]>) => [...entries].sort(([a], [b]) => a - b)
    expect(ordered(tally.entries())).toEqual(ordered(map))
    expect(tally.size).toBe(map.size)
    tally.merge((key) => key % 8)
    expect(tally.size).toBe(8)
    const sum = (entries: Iterable<[number, number]>) => [...entries].reduce((all, [, one]) => all + one, 0)
    expect(sum(tally.entries())).toBe(sum(map))
  })

  test('shares its pages when it has many keys and few of them change', () => {
    const tally = new Tally()
    for (let i = 0; i < 4000; i++) tally.add(i, 1)
    const first = tally.save()
    tally.add(17, 1)
    const second = tally.save()
    expect(second.keys).toBe(first.keys)
    expect(second.amounts.filter((page, i) => page !== first.amounts[i])).toHaveLength(1)
  })
})

describe('Log', () => {
  test('is a list, of which a snapshot keeps its own length', () => {
    const log = new Log<number>()
    for (let i = 0; i < 700; i++) log.push(i)
    const saved = log.save()
    for (let i = 700; i < 1000; i++) log.push(i)
    const grown = log.save()
    expect(grown[0]).toBe(saved[0])
    expect([log.length, log.at(699), log.at(999), log.at(1000)]).toEqual([1000, 699, 999, undefined])
    log.restore(saved)
    expect(log.toArray()).toEqual(Array.from({ length: 700 }, (_, i) => i))
    log.push(-1)
    expect(log.at(700)).toBe(-1)
    log.restore(grown)
    expect(log.at(700)).toBe(700)
  })
})
