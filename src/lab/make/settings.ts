import { pipelineTiming, type TimingParameters } from '../../../emulator/cpu/timing/timing.ts'
import { endOfCache, cacheTogether } from '../../fidelity/memory/combinations.ts'
import { openParameters, type ParameterName } from '../../../runs/open-parameters/parameters.ts'

/** Of these more is cheaper: fewer reads of flash, fewer restarts, more overlap. */
export const moreIsCheaper: readonly ParameterName[] = [
  'fetchStandstill',
  'flashReadLineBytes',
  'floatMacOverlap',
]

/** Where code and data lie decides about these; the others are the processor's own. */
const ofMemory: readonly ParameterName[] = [
  'flashReadWait',
  'flashFetchWait',
  'flashReadLineBytes',
  'ramFetchRefill',
  'peripheralWait',
  'dmaContention',
  'loadOtherSlave',
]

type End = 'cheap' | 'dear'

function setting(processor: End, memory: End): TimingParameters {
  const alone = openParameters.filter(({ name }) => !cacheTogether.parameters.includes(name))
  const ends = alone.map(({ name, range: [lowest, highest] }) => {
    const wanted = ofMemory.includes(name) ? memory : processor
    const low = (wanted === 'cheap') !== moreIsCheaper.includes(name)
    return [name, low ? lowest : highest] as const
  })
  return { ...pipelineTiming, ...Object.fromEntries(ends), ...endOfCache(memory) }
}

/**
 * Every open parameter at one end of its range at once: all cheap, all dear, and the processor's against the memory's.
 * Latency.settings has the cycles of each, in this order.
 */
export const timingSettings: readonly TimingParameters[] = [
  setting('cheap', 'cheap'),
  setting('dear', 'dear'),
  setting('cheap', 'dear'),
  setting('dear', 'cheap'),
]

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`

export const settingsSentence =
  'Latency: from the fewest to the most cycles of five runs: as the timing model has it, and with every open timing ' +
  'parameter at the end of its range at once: all cheap, all dear, the processor’s cheap and the memory’s dear, the ' +
  `other way round. More is cheaper for ${listed(moreIsCheaper)}, less for all others; the instruction cache is the ` +
  'cheapest or the dearest of the combinations that its evidence leaves open. What these corners enclose is ' +
  'what grows steadily with each parameter; where less or more of one is cheaper by the code (where it lies in the ' +
  'cache), a setting between them can lie outside, as `run --uncertainty` may show, which moves one at a time. ' +
  'Two figures compared in a ratio share their parameters.'
