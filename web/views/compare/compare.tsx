import { useEffect } from 'preact/hooks'
import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import type { Comparison } from '../../../runs/compare/comparison.ts'
import { namesOf } from '../../../runs/compare/names.ts'
import { Button, Segments } from '../../design/controls.tsx'
import { Empty, Notice } from '../../design/surfaces.tsx'
import { TipLayer } from '../../design/tip.tsx'
import { offer } from '../../state/commands.ts'
import { first, running, swap } from '../../state/comparing.ts'
import type { OpenRun } from '../../state/open-run.ts'
import { useAnswer } from '../../state/use-answer.ts'
import { NotYetRun } from '../not-yet-run.tsx'
import { currentTab, showTab, tabs, type Tab } from './address.ts'
import styles from './compare.module.css'
import { Current } from './current.tsx'
import { Figures } from './figures.tsx'
import { Functions } from './functions.tsx'
import { Headline } from './headline.tsx'
import { Invite } from './invite.tsx'
import { Lines } from './lines.tsx'
import { Memory } from './memory.tsx'
import { Operators } from './operators.tsx'

/** Two runs side by side: the one in front is the second. */
export function CompareView({ run }: { readonly run: OpenRun }) {
  const other = first.value
  const under = running.value
  if (under) return <UnderWay {...under} />
  if (!other) return <Invite run={run} />
  for (const one of [other, run])
    if (!one.report.value)
      return (
        <>
          <p class={styles['waitingFor']}>To be compared: {one.facts.value?.title}</p>
          <NotYetRun run={one} />
        </>
      )
  return <Compared key={`${other.id} ${run.id}`} a={other} b={run} />
}

function UnderWay({ run, until }: { readonly run: OpenRun; readonly until: number }) {
  const share = Math.min((run.live.value?.cycle ?? 0) / until, 1)
  return (
    <Empty icon="compare" title={`${run.facts.value?.title ?? ''} runs`}>
      <p>As long as the other one did: {(until / CYCLES_PER_SECOND).toFixed(1)} s.</p>
      <progress class={styles['progress']} value={share} max={1} aria-label="How far it is" />
      <Button
        icon="pause"
        onClick={() => {
          void run.link.call.pause()
        }}
      >
        Stop here
      </Button>
    </Empty>
  )
}

type Answer =
  | { readonly kind: 'found'; readonly comparison: Comparison }
  | { readonly kind: 'failed'; readonly why: string }

function Compared({ a, b }: { readonly a: OpenRun; readonly b: OpenRun }) {
  const answer = useAnswer<Answer>(
    async () => ({ kind: 'found', comparison: await compare(a, b) }),
    (why) => ({ kind: 'failed', why }),
    [a.report.value, b.report.value],
  )
  useEffect(
    () =>
      offer([
        { id: 'compare-swap', title: 'Swap the two runs', group: 'Compare', keys: 's', run: swap },
        ...tabs.map(([id, title], i) => ({
          id: `compare-${id}`,
          title,
          group: 'Compare',
          keys: `${i + 1}`,
          run: () => {
            showTab(id)
          },
        })),
      ]),
    [],
  )
  if (!answer)
    return (
      <div aria-busy="true">
        <Empty icon="compare" title="Comparing">
          <p>Both runs are gone through to their ends.</p>
        </Empty>
      </div>
    )
  if (answer.kind === 'failed')
    return (
      <Empty icon="warning" title="They cannot be compared">
        <p>{answer.why}</p>
        <Button icon="compare" onClick={swap}>
          Swap
        </Button>
      </Empty>
    )
  const { comparison } = answer
  const tab = currentTab()
  return (
    <div class={styles['compare']}>
      <h1 class="unseen">Compare</h1>
      <Headline comparison={comparison} />
      <Undermined comparison={comparison} />
      {!comparison.isSame && (
        <>
          <div class={styles['tabs']}>
            <Segments<Tab> label="Compared by" options={tabs} value={tab} onChange={showTab} />
          </div>
          {tab === 'figures' && <Figures comparison={comparison} />}
          {tab === 'operators' && <Operators comparison={comparison} />}
          {tab === 'functions' && <Functions comparison={comparison} a={a} b={b} />}
          {tab === 'lines' && <Lines comparison={comparison} a={a} b={b} />}
          {tab === 'memory' && <Memory comparison={comparison} />}
          {tab === 'current' && <Current comparison={comparison} />}
        </>
      )}
      <TipLayer />
    </div>
  )
}

async function compare(a: OpenRun, b: OpenRun): Promise<Comparison> {
  const [before, after] = namesOf(a.facts.value?.title ?? '', b.facts.value?.title ?? '')
  return b.link.call.compareWith(await a.link.call.side(before), after)
}

/** What makes the figures those of two things. */
function Undermined({ comparison: { given, a, b } }: { readonly comparison: Comparison }) {
  const rows = given.filter(({ undermines }) => undermines !== null)
  return rows.length === 0 ? null : (
    <Notice kind="warn">
      <strong>They were not given the same</strong>
      <ul class={styles['plain']}>
        {rows.map(({ what, a: x, b: y, undermines }) => (
          <li key={what}>
            <strong>{what}</strong>: {undermines}.{' '}
            <span class="soft">
              {a.name}: {x}. {b.name}: {y}.
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  )
}
