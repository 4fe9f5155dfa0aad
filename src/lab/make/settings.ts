import { pipelineTiming, type TimingParameters } from '../../../emulator/cpu/timing.ts'
import { openParameters, type ParameterName } from '../../fidelity/parameters.ts'

/** Of these more is cheaper: fewer misses of the cache, more of them hidden, fewer restarts, more overlap. */
export const moreIsCheaper: readonly ParameterName[] = [
  'fetchStandstill',
  'cacheBytes',
  'cacheWays',
  'cacheLineBytes',
  'cacheMissAhead',
  'floatMacOverlap',
]

/** Where code and data lie decides about these; the others are the processor's own. */
const ofMemory: readonly ParameterName[] = [
  'flashReadWait',
  'flashFetchWait',
  'cacheBytes',
  'cacheWays',
  'cacheLineBytes',
  'cacheMissCycles',
  'cacheMissAhead',
  'ramFetchRefill',
  'peripheralWait',
  'dmaContention',
  'loadOtherSlave',
]

type End = 'cheap' | 'dear'

function setting(processor: End, memory: End): TimingParameters {
  const ends = openParameters.map(({ name, range: [lowest, highest] }) => {
    const wanted = ofMemory.includes(name) ? memory : processor
    const low = (wanted === 'cheap') !== moreIsCheaper.includes(name)
    return [name, low ? lowest : highest] as const
  })
  return { ...pipelineTiming, ...Object.fromEntries(ends) }
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

export const settingsSentence =
  'Latency: from the fewest to the most cycles of five runs: as the timing model has it, and with every open timing ' +
  'parameter at the end of its range at once: all cheap, all dear, the processor’s cheap and the memory’s dear, the ' +
  'other way round. More is cheaper for cacheBytes, cacheWays, cacheLineBytes, cacheMissAhead and floatMacOverlap, less for all others. ' +
  'Wider than one parameter at a time; two figures compared in a ratio share their parameters.'
