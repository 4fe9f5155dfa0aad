import { cacheGeometry, flashLineMask } from '../../emulator/cpu/timing/instruction-cache.ts'
import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { openParameters, type ParameterName } from './parameters.ts'

interface Bounds {
  readonly lowest: number
  readonly highest: number
  /** Why there is nothing beyond; empty for what is merely a slip. */
  readonly because: string
}

/** A parameter of the pipeline is a few cycles. */
const MOST_CYCLES = 40
const aFew: Bounds = {
  lowest: 0,
  highest: MOST_CYCLES,
  because: 'a parameter of the pipeline is a few cycles',
}
const atLeast = (lowest: number, because: string): Bounds => ({ ...aFew, lowest, because })
const onOrOff = (because: string): Bounds => ({ lowest: 0, highest: 1, because })

/** Beyond these a Cortex-M4 cannot be, whatever its sources leave open. */
const bounds: Partial<Record<ParameterName, Bounds>> = {
  pipelinedLoad: onOrOff('a load takes two cycles, of which pipelining saves one (TRM 3.3.2)'),
  ifThen: onOrOff('IT takes a cycle or is folded'),
  floatOutOfOrder: onOrOff('0 is off, 1 is on'),
  floatMacOverlap: { lowest: 0, highest: 2, because: 'VMLA takes three cycles, of which it issues in one' },
  floatMove: atLeast(1, 'no instruction but IT and NOP takes none'),
  floatStore: atLeast(1, 'no instruction but IT and NOP takes none'),
  floatDivideCycles: atLeast(1, 'no instruction but IT and NOP takes none'),
  exceptionEntry: atLeast(8, 'eight words are stacked, one a cycle'),
  exceptionReturn: atLeast(8, 'eight words are unstacked, one a cycle'),
  floatFrame: atLeast(17, 'seventeen words are stacked, one a cycle'),
  lazyPreservation: atLeast(17, 'seventeen words are stacked, one a cycle'),
  cacheBytes: { lowest: 1, highest: 2 ** 20, because: 'flash has 1 MB' },
  cacheLineBytes: { lowest: 4, highest: 4096, because: 'a line is a word or more' },
  flashReadLineBytes: { lowest: 4, highest: 4096, because: 'a line is a word or more' },
}

/** Why a value cannot be; undefined where it can. */
export function impossible(name: ParameterName, value: number): string | undefined {
  const { lowest, highest, because } = bounds[name] ?? aFew
  if (Number.isInteger(value) && value >= lowest && value <= highest) return undefined
  return `a whole number from ${lowest} to ${highest}: ${because}`
}

/** The same of parameters that must fit together: a cache of lines, ways and sets. */
export function impossibleTogether(timing: TimingParameters): string | undefined {
  try {
    cacheGeometry(timing)
    flashLineMask(timing)
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
  return undefined
}

/** What the sources allow: the range of an open parameter, the one value of a settled one. */
export function allowedRange(
  name: ParameterName,
  defaults: TimingParameters,
): readonly [lowest: number, highest: number] {
  return openParameters.find((one) => one.name === name)?.range ?? [defaults[name], defaults[name]]
}

/**
 * Open parameters that still leave something open under these. Without waits the shape of the cache is all one; a value
 * beyond what the sources allow is somebody's own, and stays.
 */
export function openUnder(timing: TimingParameters): typeof openParameters {
  const idle = new Set<ParameterName>([
    ...(timing.flashReadWait === 0 ? (['flashReadLineBytes'] as const) : []),
    ...(timing.cacheMissCycles === 0 ? (['cacheMissAhead', 'cacheLineBytes'] as const) : []),
  ])
  const isAllowed = (name: ParameterName, [lowest, highest]: readonly [number, number]): boolean =>
    timing[name] >= lowest && timing[name] <= highest
  return openParameters.filter(({ name, range }) => !idle.has(name) && isAllowed(name, range))
}
