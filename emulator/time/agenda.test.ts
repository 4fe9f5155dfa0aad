import { expect, test } from 'vitest'
import { Agenda } from './agenda.ts'
import { Scheduler } from './scheduler.ts'
import { Timeline } from './timeline.ts'

const make = () => {
  const scheduler = new Scheduler()
  const time = new Timeline(scheduler)
  const log: string[] = []
  const agenda = new Agenda<string>(
    (callback) => time.alarm('one of many', callback),
    (item) => log.push(`${item} ${time.now}`),
  )
  const runTo = (cycle: number): void => {
    scheduler.now = cycle
    scheduler.runDue()
  }
  return { scheduler, agenda, log, runTo }
}

test('several calls are pending at once, and can be taken back together', () => {
  const { agenda, log, runTo } = make()
  agenda.at(20, 'b')
  agenda.at(10, 'a')
  agenda.at(20, 'c')
  runTo(15)
  expect(log).toEqual(['a 10'])
  agenda.cancel()
  agenda.at(18, 'd')
  runTo(30)
  expect(log).toEqual(['a 10', 'd 18'])
})

test('what is pending goes on elsewhere, in the same order', () => {
  const first = make()
  for (const item of ['a', 'b', 'c']) first.agenda.at(item === 'a' ? 10 : 20, item)
  first.runTo(10)
  const saved = [first.scheduler.save(), first.agenda.save()] as const
  const second = make()
  second.agenda.at(12, 'not of the snapshot')
  second.scheduler.restore(saved[0])
  second.agenda.restore([...saved[1]].reverse())
  first.runTo(20)
  second.runTo(20)
  expect(first.log).toEqual(['a 10', 'b 20', 'c 20'])
  expect(second.log).toEqual(['b 20', 'c 20'])
})
