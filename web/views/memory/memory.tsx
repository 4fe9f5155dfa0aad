import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { RunReport } from '../../../runs/report/run-report.ts'
import { bytes } from '../../../runs/report/show/format.ts'
import { memoryRows } from '../../../runs/report/show/words/memory.ts'
import type { MemoryAnswer } from '../../../runs/session/memory/protocol.ts'
import { Figure, Figures, Panel } from '../../design/surfaces.tsx'
import { TipLayer } from '../../design/tip.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import { NotYetRun } from '../not-yet-run.tsx'
import { Arenas } from './arenas.tsx'
import { Holdings } from './holdings.tsx'
import styles from './memory.module.css'
import { Ram } from './ram.tsx'

/** Flash and RAM: what takes it, and how much of it was ever used. */
export function MemoryView({ run }: { readonly run: OpenRun }) {
  const answer = useSignal<MemoryAnswer | undefined>(undefined)
  useEffect(() => {
    run.link.call.memoryMap().then(
      (found) => (answer.value = found),
      (cause: unknown) =>
        (answer.value = { kind: 'unknown', why: cause instanceof Error ? cause.message : String(cause) }),
    )
  }, [run])
  const report = run.report.value
  if (!report) return <NotYetRun run={run} />
  return (
    <div class={styles['memory']}>
      <h1 class="unseen">Memory</h1>
      <Panel title="Memory" aside={<span class="soft">high water seen by watching every write</span>}>
        <Summary report={report} />
      </Panel>
      <Holdings memory={report.memory} answer={answer.value} />
      <Ram report={report} />
      <Arenas report={report} answer={answer.value} />
      <TipLayer />
    </div>
  )
}

const Summary = ({ report: { memory } }: { readonly report: RunReport }) => (
  <Figures>
    {memoryRows(memory).map(([name, used, detail]) => (
      <Figure key={name} name={name} value={bytes(used).replace(/ B$/, '')} unit="B" note={detail} />
    ))}
    {memory.staticRamBytes === null && (
      <Figure name="static RAM" value="unknown" note="a HEX file does not say" />
    )}
  </Figures>
)
