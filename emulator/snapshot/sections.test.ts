import { expect, test } from 'vitest'
import { restoreSections, saveSections } from './sections.ts'
import type { SectionSource } from './sections.ts'

class Counter implements SectionSource {
  count = 0

  constructor(readonly stateVersion: number) {}

  save(): number {
    return this.count
  }

  restore(count: number): void {
    this.count = count
  }
}

const modules = (version = 1) => {
  const [timer, radio] = [new Counter(1), new Counter(version)]
  return { timer, radio, all: new Map<string, SectionSource>(Object.entries({ timer, radio })) }
}

test('each module has its section under its version', () => {
  const from = modules(3)
  from.timer.count = 5
  from.radio.count = 7
  const saved = saveSections(from.all)
  expect(saved).toEqual({ timer: { version: 1, state: 5 }, radio: { version: 3, state: 7 } })
  const to = modules(3)
  restoreSections(to.all, saved)
  expect([to.timer.count, to.radio.count]).toEqual([5, 7])
})

test('another version, a section that is missing or not known: named, and nothing is restored', () => {
  const from = modules()
  from.timer.count = 5
  const saved = saveSections(from.all)
  const refused = (sections: typeof saved, to = modules()): string => {
    let message = ''
    try {
      restoreSections(to.all, sections)
    } catch (error) {
      message = (error as Error).message
    }
    expect(to.timer.count).toBe(0)
    return message
  }
  expect(refused(saved, modules(2))).toBe(
    "the snapshot's section radio has version 1, and this one reads version 2",
  )
  expect(refused({ timer: { version: 1, state: 5 } })).toBe('the snapshot has no section radio')
  expect(refused({ ...saved, pump: { version: 1, state: 0 } })).toBe(
    'the snapshot has a section pump that is not known here',
  )
})
