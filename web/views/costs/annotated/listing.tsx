import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Annotation } from '../../../../runs/annotate/annotation.ts'
import { count, grouped, percent } from '../../../../runs/report/show/format.ts'
import type { SourceBlock } from '../../../../runs/session/costs/protocol.ts'
import { Segments } from '../../../design/controls.tsx'
import { Figure, Figures } from '../../../design/surfaces.tsx'
import type { OpenRun } from '../../../state/open-run.ts'
import costs from '../costs.module.css'
import { Legend, ReasonsBar } from '../reasons-bar.tsx'
import styles from './annotated.module.css'
import { Instructions } from './instructions.tsx'
import { GiveSources } from './give-sources.tsx'
import { Lines } from './lines.tsx'
import { sourceRows } from './rows.ts'

type Pane = 'both' | 'source' | 'instructions'

/** Source beside instructions; a line that is chosen is chosen in both. */
export function Listing({
  annotation,
  blocks,
  run,
  begin = 'both',
}: {
  readonly annotation: Annotation
  readonly blocks: readonly SourceBlock[]
  readonly run: OpenRun
  readonly begin?: Pane
}) {
  const rows = useMemo(() => sourceRows(annotation, blocks), [annotation, blocks])
  const line = useSignal<string | undefined>(undefined)
  const pane = useSignal<Pane>(begin)
  return (
    <>
      <Head annotation={annotation} />
      <div class={costs['tools']}>
        <Segments<Pane>
          label="Panes"
          value={pane.value}
          options={[
            ['both', 'Both'],
            ['source', 'Source'],
            ['instructions', 'Instructions'],
          ]}
          onChange={(value) => (pane.value = value)}
        />
        <Legend all={annotation.function.reasons ? [annotation.function.reasons] : []} />
        <span class={costs['grow']} />
        <GiveSources annotation={annotation} run={run} />
      </div>
      <div class={styles['panes']} data-pane={pane.value}>
        {pane.value !== 'instructions' && <Lines rows={rows} line={line} />}
        {pane.value !== 'source' && <Instructions annotation={annotation} line={line} />}
      </div>
    </>
  )
}

function Head({ annotation: { function: one, run } }: { readonly annotation: Annotation }) {
  return (
    <div class={costs['lead']}>
      <p class={costs['breaking']}>
        <strong>{one.name}</strong>{' '}
        <span class="soft mono">
          0x{one.address.toString(16)} to 0x{(one.address + one.bytes).toString(16)}
        </span>
      </p>
      <Figures>
        <Figure
          name="Cycles"
          value={grouped(one.cycles)}
          note={`${percent(one.shareOfRun)} of the run’s ${grouped(run.awakeCycles)} awake`}
        />
        <Figure
          name="Entered"
          value={count(one.entries ?? 0, 'time')}
          note={one.entries ? `${grouped(one.cycles / one.entries, 1)} cycles each time` : undefined}
        />
        <Figure
          name="Instructions"
          value={grouped(one.instructions)}
          note={
            one.instructions === 0
              ? 'it never ran'
              : `${(one.cycles / one.instructions).toFixed(2)} cycles each`
          }
        />
      </Figures>
      {one.reasons && <ReasonsBar reasons={one.reasons} />}
    </div>
  )
}
