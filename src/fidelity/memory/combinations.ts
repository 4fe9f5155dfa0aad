import { pipelineTiming, type TimingParameters } from '../../../emulator/cpu/timing/timing.ts'
import type { ParameterName } from '../../../runs/open-parameters/parameters.ts'
import { allFits, fits } from './joint.ts'
import { predicted, type CacheChoice } from './program.ts'
import { memoryPrograms } from './programs.ts'

/** Parameters whose values the evidence allows only in some combinations. */
export interface Together {
  readonly name: 'cache'
  readonly parameters: readonly ParameterName[]
  readonly settings: readonly CacheChoice[]
}

const sizes = (fit: { readonly choice: CacheChoice }): string =>
  `${fit.choice.cacheLineBytes} ${fit.choice.cacheMissCycles}`

/** Of the combinations that fit, for each line and miss those that hide least and most. */
function outermost(): readonly CacheChoice[] {
  const fitting = allFits().filter(fits)
  return [...new Set(fitting.map(sizes))].flatMap((size) => {
    const alike = fitting
      .filter((fit) => sizes(fit) === size)
      .map(({ choice }) => choice)
      .sort((a, b) => a.cacheMissAhead - b.cacheMissAhead)
    return [alike[0], alike.length > 1 ? alike.at(-1) : undefined].filter((one) => one !== undefined)
  })
}

export const cacheTogether: Together = {
  name: 'cache',
  parameters: ['cacheLineBytes', 'cacheMissCycles', 'cacheMissAhead'],
  settings: outermost(),
}

/** The combination at which the programs of the evidence take fewest cycles, or most. */
export function endOfCache(end: 'cheap' | 'dear'): CacheChoice {
  const total = (choice: CacheChoice): number =>
    memoryPrograms.reduce(
      (sum, program) => sum + predicted(program, choice, pipelineTiming.flashReadWait) / program.published,
      0,
    )
  const sorted = [...cacheTogether.settings].sort((a, b) => total(a) - total(b))
  const found = end === 'cheap' ? sorted[0] : sorted.at(-1)
  if (!found) throw new Error('no cache fits the evidence')
  return found
}

/** What goes together, where nobody has said how the cache is; else each parameter is for itself. */
export function togetherUnder(timing: TimingParameters): readonly Together[] {
  const names = ['cacheBytes', 'cacheWays', ...cacheTogether.parameters] as const
  return names.every((name) => timing[name] === pipelineTiming[name]) ? [cacheTogether] : []
}
