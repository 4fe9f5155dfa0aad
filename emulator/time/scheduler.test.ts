import { describe, expect, it } from 'vitest'
import { Scheduler } from './scheduler.ts'

describe('Scheduler', () => {
  it('orders by cycle, then priority, then insertion', () => {
    const scheduler = new Scheduler()
    const log: string[] = []
    const add = (due: number, name: string, priority = 0) =>
      scheduler.at(due, name, () => log.push(name), priority)
    add(20, 'late')
    add(10, 'second')
    add(10, 'third')
    add(10, 'first', -1)
    add(10, 'fourth', 1)
    scheduler.now = 20
    scheduler.runDue()
    expect(log).toEqual(['first', 'second', 'third', 'fourth', 'late'])
  })

  it('tells a callback how late it is', () => {
    const scheduler = new Scheduler()
    let late = -1
    scheduler.at(100, 'x', (cycles) => (late = cycles))
    scheduler.now = 107
    scheduler.runDue()
    expect(late).toBe(7)
  })

  it('runs what callbacks add when it is already due, and leaves what is not', () => {
    const scheduler = new Scheduler()
    const log: number[] = []
    scheduler.at(10, 'a', () => {
      log.push(10)
      scheduler.at(12, 'b', () => log.push(12))
      scheduler.at(30, 'c', () => log.push(30))
    })
    scheduler.now = 15
    scheduler.runDue()
    expect(log).toEqual([10, 12])
    expect(scheduler.nextDue).toBe(30)
  })

  it('forgets cancelled events, also when they are cancelled twice or are not there', () => {
    const scheduler = new Scheduler()
    const event = scheduler.at(5, 'never', () => expect.unreachable())
    scheduler.cancel(event)
    scheduler.cancel(event)
    scheduler.cancel(undefined)
    expect(scheduler.nextDue).toBe(Infinity)
    scheduler.now = 10
    scheduler.runDue()
  })

  it('does not keep what is cancelled again and again, however far off it was', () => {
    const scheduler = new Scheduler()
    const before = process.memoryUsage().heapUsed
    const log: string[] = []
    let watchdog = scheduler.at(1e12, 'watchdog', () => log.push('watchdog'))
    for (let i = 0; i < 1_000_000; i++) {
      scheduler.cancel(watchdog)
      watchdog = scheduler.at(1e12 + i, 'watchdog', () => log.push('watchdog'))
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64e6)
    scheduler.at(5, 'first', () => log.push('first'))
    scheduler.now = 2e12
    scheduler.runDue()
    expect(log).toEqual(['first', 'watchdog'])
    scheduler.cancel(watchdog)
    expect(scheduler.nextDue).toBe(Infinity)
  })

  it('announces only events that come in front of all others', () => {
    const scheduler = new Scheduler()
    const announced: number[] = []
    scheduler.onEarlier = (due) => announced.push(due)
    for (const due of [50, 60, 40, 40, 10]) scheduler.at(due, 'x', () => undefined)
    expect(announced).toEqual([50, 40, 10])
  })

  it('agrees with a sorted list on random events and cancellations', () => {
    let seed = 1
    const random = (limit: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * limit)
    }
    const scheduler = new Scheduler()
    const log: number[] = []
    const expected: { due: number; priority: number; id: number }[] = []
    for (let id = 0; id < 3000; id++) {
      const entry = { due: random(500), priority: random(3), id }
      const event = scheduler.at(entry.due, 'x', () => log.push(id), entry.priority)
      if (random(4) === 0) scheduler.cancel(event)
      else expected.push(entry)
    }
    expected.sort((a, b) => a.due - b.due || a.priority - b.priority || a.id - b.id)
    for (scheduler.now = 0; scheduler.now < 507; scheduler.now += 7) scheduler.runDue()
    expect(log).toEqual(expected.map(({ id }) => id))
  })
})
