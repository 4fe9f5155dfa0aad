import { useEffect } from 'preact/hooks'
import { Segments } from '../../design/controls.tsx'
import { TipLayer } from '../../design/tip.tsx'
import { offer } from '../../state/commands.ts'
import type { OpenRun } from '../../state/open-run.ts'
import { NotYetRun } from '../not-yet-run.tsx'
import { currentTab, showTab, tabs, type Tab } from './address.ts'
import styles from './costs.module.css'
import { AnnotatedTab } from './annotated/annotated.tsx'
import { CurrentTab } from './current.tsx'
import { FlameTab } from './flame/flame-tab.tsx'
import { FunctionsTab } from './functions.tsx'
import { OperatorsTab } from './operators.tsx'

/** Where cycles and charge go. */
export function CostsView({ run }: { readonly run: OpenRun }) {
  useEffect(
    () =>
      offer(
        tabs.map(([id, title], i) => ({
          id: `costs-${id}`,
          title,
          group: 'Costs',
          keys: `${i + 1}`,
          run: () => {
            showTab(id)
          },
        })),
      ),
    [],
  )
  const report = run.report.value
  const tab = currentTab()
  if (!report) return <NotYetRun run={run} />
  return (
    <div class={styles['costs']}>
      <h1 class="unseen">Costs</h1>
      <div class={styles['tabs']}>
        <Segments<Tab> label="Costs of" options={tabs} value={tab} onChange={showTab} />
      </div>
      {tab === 'operators' && <OperatorsTab report={report} />}
      {tab === 'functions' && <FunctionsTab report={report} />}
      {tab === 'flame' && <FlameTab report={report} run={run} />}
      {tab === 'annotated' && <AnnotatedTab report={report} run={run} />}
      {tab === 'current' && <CurrentTab report={report} />}
      <TipLayer />
    </div>
  )
}
