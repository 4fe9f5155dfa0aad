import { useEffect } from 'preact/hooks'
import { headerFacts } from '../../../runs/lab-report/header.ts'
import { printable } from '../../../runs/lab-report/format.ts'
import type { LabReport } from '../../../runs/lab-report/lab-report.ts'
import { grouped } from '../../../runs/report/show/format.ts'
import { Segments } from '../../design/controls.tsx'
import { Notice, Panel } from '../../design/surfaces.tsx'
import { TipLayer } from '../../design/tip.tsx'
import { offer } from '../../state/commands.ts'
import type { OpenRun } from '../../state/open-run.ts'
import { currentTab, showTab, tabs, type Tab } from './address.ts'
import { Claims } from './claims.tsx'
import { Configurations } from './configurations.tsx'
import { CommandLine, FactList, Prose } from './parts.tsx'
import { Recommendation } from './recommendation.tsx'
import { Techniques } from './techniques.tsx'
import styles from './lab.module.css'

/** What `boardless lab` made: what each optimisation bought, and what one would ship. */
export function LabView({ run }: { readonly run: OpenRun }) {
  useEffect(
    () =>
      offer(
        tabs.map(([id, title], i) => ({
          id: `lab-${id}`,
          title,
          group: 'Lab',
          keys: `${i + 1}`,
          run: () => {
            showTab(id)
          },
        })),
      ),
    [],
  )
  const lab = run.lab.value
  if (!lab) return <div aria-busy="true" />
  const { header, tool } = lab
  const tab = currentTab()
  return (
    <div class={styles['lab']}>
      <h1 class="unseen">Lab</h1>
      <div class={styles['head']}>
        <div>
          <p class={styles['lead']}>
            {printable(header.dataset.name)} on {printable(header.board)}
          </p>
          <p class="soft">
            {printable(header.chip)} at {grouped(header.clockHz / 1e6)} MHz, on an emulator: no board has been
            measured. {tool.name} {printable(tool.version)}.
          </p>
        </div>
        <div class={styles['tabs']}>
          <Segments<Tab> label="Of the lab" options={tabs} value={tab} onChange={showTab} />
        </div>
      </div>
      {header.quick && (
        <Notice kind="note">Made with --quick: fewer folds and seeds than the whole lab takes.</Notice>
      )}
      {tab === 'recommended' && (
        <>
          <Recommendation lab={lab} />
          {lab.configurations.length > 0 && <Configurations lab={lab} />}
        </>
      )}
      {tab === 'claims' && <Claims lab={lab} />}
      {tab === 'rows' && <Techniques lab={lab} />}
      {tab === 'made' && <MadeWith lab={lab} />}
      <TipLayer />
    </div>
  )
}

const MadeWith = ({ lab: { header, command } }: { readonly lab: LabReport }) => (
  <Panel title="Made with">
    <div class={styles['stack']}>
      <CommandLine line={command} />
      <FactList
        facts={[['board', header.board] as const, ...headerFacts(header)].map(([name, text]) => [
          name,
          text.split('\n').map((line, i) => (
            <p key={i}>
              <Prose text={line} />
            </p>
          )),
        ])}
      />
    </div>
  </Panel>
)
