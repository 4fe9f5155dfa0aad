import { noReading } from './readings.ts'
import { describe, expect, it } from 'vitest'
import { LabelRuns } from '../trace/labels.ts'
import type { LabelOver } from '../trace/labels.ts'
import { RoundFold } from './rounds.ts'

const short = (label: LabelOver): string => (label.kind === 'one' ? label.label : label.kind)

/**
 * Each letter of `phases` is a phase of one second, of `labels` the label of a second, a blank where there is none.
 * @returns what each round was labelled
 */
const labelled = (phases: string, labels: string): string[] => {
  const runs = LabelRuns.of(Array.from(labels, (label) => label.trim()))
  const told: string[] = []
  const fold = new RoundFold({
    labelOver: (begin, end) => runs.over(Math.floor(begin), Math.ceil(end) - 1),
    onLabel: { round: (label) => told.push(short(label)), span: () => undefined },
  })
  Array.from(phases).forEach((name, at) =>
    fold.add({ name, beginCycle: at, endCycle: at + 1, depth: 0, counts: noReading }),
  )
  return [...told, short(fold.lastLabel)]
}

describe('windows one after the other', () => {
  it.each([
    // s collects, i infers, o prints
    ['sssiosssio', 'wwwwwwwwww', ['w', 'w']],
    ['sssiosssio', 'wwwwwrrrrr', ['w', 'r']],
    ['sssiosssio', 'wwwrrrrrrr', ['w', 'r']], // changes while it infers: of no window
    ['sssiosssio', 'wwrrrrrrrr', ['several', 'r']],
    ['sssiosssio', 'wwwwwwwwrr', ['w', 'w']],
    ['sssiosssio', 'wwwwwwwrrr', ['w', 'several']],
    ['sssiosssio', '   wwwwwww', ['none', 'w']],
    ['sssiosssio', ' wwwwwwwww', ['several', 'w']],
    ['sssiosssio', 'wwwwww www', ['w', 'several']],
    ['sssiosssio', 'wrwwwwwwww', ['several', 'w']], // the same at both ends
    ['sssiosssios', 'wwwwwrrrrrr', ['w', 'r', 'none']], // the run ended before the last window did
    ['ssssiosssio', 'wwwwwwrrrrr', ['w', 'several']], // four passes at first: later windows may be as long
  ])('%s under %s', (phases, labels, expected) => {
    expect(labelled(phases, labels)).toEqual(expected)
  })
})

describe('windows that overlap', () => {
  it.each([
    // A window of four passes, then one with every pass, and one with every second.
    ['ssssisisisisi', 'wwwwwwwwwwwww', ['w', 'w', 'w', 'w', 'w']],
    ['ssssisisisisisi', 'wwwwwrrrrrrrrrr', ['w', 'several', 'several', 'several', 'r', 'r']],
    ['ssssissississi', 'wwwwwwwwrrrrrr', ['w', 'w', 'several', 'r']],
    ['ssssisisisisi', 'www rrrrrrrrr', ['several', 'several', 'several', 'several', 'r']],
    ['ssssisisisisi', 'wwww  rrrrrrr', ['w', 'several', 'several', 'several', 'several']],
    ['ssssisssssi', 'wwwwwrrrrrr', ['w', 'r']], // more passes than a window has
    ['ssssisssssi', 'wwwwwwrrrrr', ['w', 'several']],
  ])('%s under %s', (phases, labels, expected) => {
    expect(labelled(phases, labels)).toEqual(expected)
  })
})

describe('the phase that collects', () => {
  it.each([
    ['bssisssi', 'xwwwwwww', ['w', 'w']], // b happens once, before the first round
    ['bssississi', 'wrrrrrrrrr', ['r', 'r', 'r']],
    ['cssissicssi', 'xwwwwwwrwww', ['w', 'w', 'w']], // c, now and then, collects nothing
    ['sscissi', 'wwrwwww', ['w', 'w']],
    ['ssisiisi', 'wwwwwwww', ['w', 'w', 'w']],
  ])('%s under %s', (phases, labels, expected) => {
    expect(labelled(phases, labels)).toEqual(expected)
  })

  it('has a label only where it keeps it from begin to end', () => {
    const runs = LabelRuns.of(['a', 'a', 'b', 'b'])
    const told: string[] = []
    const fold = new RoundFold({
      labelOver: (begin, end) => runs.over(Math.floor(begin / 10), Math.floor((end - 1) / 10)),
      onLabel: { round: (label) => told.push(short(label)), span: () => undefined },
    })
    // One pass for a whole window each, the second across the change at 20.
    for (const [name, beginCycle, endCycle] of [
      ['s', 0, 14],
      ['i', 14, 15],
      ['s', 15, 28],
      ['i', 28, 29],
      ['s', 29, 38],
      ['i', 38, 39],
    ] as const)
      fold.add({ name, beginCycle, endCycle, depth: 0, counts: noReading })
    expect([...told, short(fold.lastLabel)]).toEqual(['a', 'several', 'b'])
  })
})
