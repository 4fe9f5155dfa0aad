import { expect, test } from 'vitest'
import { Alarm } from './alarm.ts'
import { Scheduler } from './scheduler.ts'

const three = (scheduler: Scheduler, log: string[]): readonly Alarm[] =>
  ['a', 'b', 'c'].map(
    (name, i) =>
      new Alarm(scheduler, name, (late) => log.push(`${name}+${late}`), { priority: i === 2 ? -1 : 0 }),
  )

const runTo = (scheduler: Scheduler, cycle: number): void => {
  scheduler.now = cycle
  scheduler.runDue()
}

test('an alarm is put off and taken back', () => {
  const scheduler = new Scheduler()
  const log: string[] = []
  const [a, b] = three(scheduler, log)
  a!.at(10)
  a!.at(20)
  b!.at(15)
  b!.cancel()
  expect([a!.due, b!.isSet]).toEqual([20, false])
  runTo(scheduler, 30)
  expect(log).toEqual(['a+10'])
  expect(a!.isSet).toBe(false)
})

test('restored elsewhere, calls come in the same order, those that a new machine had pending do not', () => {
  const make = (): { scheduler: Scheduler; log: string[]; alarms: readonly Alarm[] } => {
    const [scheduler, log] = [new Scheduler(), [] as string[]]
    return { scheduler, log, alarms: three(scheduler, log) }
  }
  const first = make()
  first.alarms[1]!.at(10)
  first.alarms[0]!.at(10)
  first.alarms[2]!.at(10)
  first.scheduler.now = 5
  const saved = [first.scheduler.save(), first.alarms.map((alarm) => alarm.save())] as const
  const second = make()
  second.alarms[0]!.at(7)
  second.scheduler.at(8, 'boot', () => second.log.push('boot'))
  second.scheduler.restore(saved[0])
  // In any order: their own decides.
  ;[0, 2, 1].forEach((i) => second.alarms[i]!.restore(saved[1][i]!))
  for (const { scheduler } of [first, second]) runTo(scheduler, 11)
  expect(second.log).toEqual(first.log)
  expect(second.log).toEqual(['c+1', 'b+1', 'a+1'])
})

test('a pending call that nobody saves is named', () => {
  const scheduler = new Scheduler()
  scheduler.at(3, 'stray', () => undefined)
  expect(() => scheduler.save()).toThrow('nobody saves the pending call stray')
})
