import type { RunReport } from '../../../../runs/report/run-report.ts'
import { percent } from '../../../../runs/report/show/format.ts'
import type { AnnotationAnswer } from '../../../../runs/session/costs/protocol.ts'
import { inputClass } from '../../../design/controls.tsx'
import { Empty, Panel } from '../../../design/surfaces.tsx'
import type { OpenRun } from '../../../state/open-run.ts'
import { sourcesOf } from '../../../state/sources.ts'
import { useAnswer } from '../../../state/use-answer.ts'
import { chosenFunction, openFunction } from '../address.ts'
import costs from '../costs.module.css'
import { Listing } from './listing.tsx'

/** One function by line and instruction. */
export function AnnotatedTab({ report, run }: { readonly report: RunReport; readonly run: OpenRun }) {
  const address = chosenFunction() ?? report.functions[0]?.address
  const found = useAnswer<AnnotationAnswer>(
    () => (address === undefined ? undefined : run.link.call.annotate(address)),
    (why) => ({ kind: 'unknown', why }),
    [address, sourcesOf(run).value, report],
  )
  if (address === undefined)
    return (
      <Empty icon="costs" title="Functions were not profiled">
        <p>The run was made with --no-profile: cycles by instruction are not known.</p>
      </Empty>
    )
  return (
    <Panel flush title="By line and instruction" aside={<Choice report={report} address={address} />}>
      {found === undefined ? (
        <div class={costs['waiting']} aria-busy="true">
          <Empty icon="costs" title="Counting by instruction">
            {run.facts.value?.kind === 'recorded' && <p>The run is gone through to its end.</p>}
          </Empty>
        </div>
      ) : found.kind === 'unknown' ? (
        <Empty icon="costs" title="It is not known by instruction">
          <p>{sentence(found.why)}</p>
        </Empty>
      ) : (
        <Listing key={found.annotation.function.address} {...found} run={run} />
      )}
    </Panel>
  )
}

const sentence = (text: string): string =>
  `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`

const Choice = ({ report, address }: { readonly report: RunReport; readonly address: number }) => (
  <select
    class={`${inputClass} ${costs['choice'] ?? ''}`}
    aria-label="Function"
    value={String(address)}
    onChange={({ currentTarget }) => {
      openFunction(Number(currentTarget.value))
    }}
  >
    {report.functions.map(({ name, address: start, share }) => (
      <option key={start} value={String(start)}>
        {percent(share)} {name}
      </option>
    ))}
  </select>
)
