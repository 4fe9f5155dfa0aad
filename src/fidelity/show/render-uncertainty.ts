import { grouped, percent } from '../../../runs/report/show/format.ts'
import { heading, number, spare, table, text, type Style } from '../../../runs/report/show/style.ts'
import { visible } from '../../../runs/report/show/visible.ts'
import { openParameters } from '../../../runs/open-parameters/parameters.ts'
import type { LatencyInterval, Uncertainty } from '../parameters/uncertainty.ts'

/** Each latency with its interval, for a terminal. */
export function renderUncertainty(found: Uncertainty, style: Style): string {
  const { latencies, parameters, together, timing, endedOtherwise } = visible(found)
  const columns = [
    text('latency, median'),
    number('cycles'),
    number('lowest'),
    number('highest'),
    spare(number('-')),
    spare(number('+')),
    spare(text('moved most by')),
  ]
  const varied = new Set<string>(parameters.map(({ name }) => name))
  const fixed = openParameters
    .filter(({ name }) => !varied.has(name))
    .map(({ name }) => `${name} ${timing[name]}`)
  const detail = [
    `${parameters.length} open parameters of the timing model at both ends of their ranges`,
    ...together.map(
      ({ name, parameters: one, settings }) =>
        `${one.length} of them, the ${name}’s, in ${settings.length} combinations`,
    ),
    ...(fixed.length === 0 ? [] : [`as chosen: ${fixed.join(', ')}`]),
  ].join('; ')
  const notes = endedOtherwise.map(
    ({ setting, end }) => `  ! with ${setting} the run ends otherwise: ${end}\n`,
  )
  return `${heading('Uncertainty', detail, style)}\n${table(columns, latencies.map(row), style)}\n${notes.join('')}`
}

function row({
  kind,
  name,
  cycles,
  lowestCycles,
  highestCycles,
  dominant,
}: LatencyInterval): readonly string[] {
  const share = (difference: number): string => (cycles === 0 ? '' : percent(difference / cycles))
  return [
    kind === 'operator' ? `  operator ${name}` : kind === 'phase' ? `phase ${name}` : name,
    grouped(cycles),
    grouped(lowestCycles),
    grouped(highestCycles),
    share(cycles - lowestCycles),
    share(highestCycles - cycles),
    dominant === null ? 'nothing' : `${nameOf(dominant.parameter)} (${grouped(dominant.cycles)})`,
  ]
}

const nameOf = (parameter: NonNullable<LatencyInterval['dominant']>['parameter']): string =>
  parameter === 'cache' ? 'the cache' : `timing.${parameter}`
