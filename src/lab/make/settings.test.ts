import { expect, it } from 'vitest'
import { cacheTogether, endOfCache } from '../../fidelity/memory/combinations.ts'
import { openParameters } from '../../../runs/open-parameters/parameters.ts'
import { moreIsCheaper, settingsSentence, timingSettings } from './settings.ts'

/** Whoever opens a parameter says here which end is the cheap one. */
const lessIsCheaper = [
  ['refillCompare', 'refillReturn', 'refillIndirect', 'refillPop', 'refillLoadPc', 'fetchRestart'],
  ['storeAfterLoad', 'loadToAddress', 'nopAfterLoad', 'loadMultipleExtra'],
  ['floatStore', 'flashReadWait', 'flashFetchWait', 'ramFetchRefill'],
  ['peripheralWait', 'dmaContention', 'loadOtherSlave', 'lazyPreservation', 'exceptionReturnRefill'],
  ['multipleContinue'],
].flat()

it('every open parameter has a cheap end, and every setting is at ends', () => {
  const alone = openParameters.filter(({ name }) => !cacheTogether.parameters.includes(name))
  const open = alone.map(({ name }) => name).sort()
  expect([...lessIsCheaper, ...moreIsCheaper].sort()).toEqual(open)
  const [cheap, dear] = timingSettings
  expect(cheap).toMatchObject(endOfCache('cheap'))
  expect(dear).toMatchObject(endOfCache('dear'))
  for (const { name, range } of alone) {
    const ends = moreIsCheaper.includes(name) ? [range[1], range[0]] : range
    expect([name, cheap?.[name], dear?.[name]]).toEqual([name, ...ends])
    for (const setting of timingSettings) expect(range).toContain(setting[name])
  }
})

it('the sentence of the report names what the list has', () => {
  const [, named = ''] = /More is cheaper for (.*?), less for all others/.exec(settingsSentence) ?? []
  expect(named.split(/, | and /)).toEqual([...moreIsCheaper])
})
