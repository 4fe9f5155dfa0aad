import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { MemoryReport } from '../../../runs/report/run-report.ts'
import { bytes, grouped, percent } from '../../../runs/report/show/format.ts'
import type { MemoryAnswer, MemoryItem } from '../../../runs/session/memory/protocol.ts'
import { wholeSection } from '../../../runs/session/memory/whole-section.ts'
import { Button, Segments } from '../../design/controls.tsx'
import { Notice, Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { address, remember } from '../../state/address.ts'
import styles from './memory.module.css'
import { areasOf, type Area, type Grouping, type Store } from './tree.ts'
import { Treemap } from './treemap.tsx'

/** A report alone has sections. */
const sectionItems = ({ sections }: MemoryReport): readonly MemoryItem[] =>
  sections.map((section) => wholeSection(section, ''))

const valueOf = <Value extends string>(key: string, among: readonly Value[]): Value =>
  among.find((one) => one === address.value.values[key]) ?? (among[0] as Value)

/** What takes flash and static RAM. */
export function Holdings({
  memory,
  answer,
}: {
  readonly memory: MemoryReport
  readonly answer: MemoryAnswer | undefined
}) {
  const store = valueOf<Store>('store', ['flash', 'ram'])
  const grouping = valueOf<Grouping>('by', ['section', 'file'])
  const items = answer?.kind === 'found' ? answer.items : sectionItems(memory)
  const all = useMemo(() => areasOf(items, store, grouping), [items, store, grouping])
  const path = useSignal<readonly string[]>([])
  const open = path.value.reduce<readonly Area[]>(
    (found, name) => {
      const next = found.at(-1)?.children.find((child) => child.name === name && child.children.length > 0)
      return next ? [...found, next] : found
    },
    [all],
  )
  const area = open.at(-1) ?? all
  const goTo = (areas: readonly Area[]): void => {
    path.value = areas.slice(1).map(({ name }) => name)
  }
  return (
    <Panel
      flush
      title="What takes it"
      aside={
        <span class={styles['choices']}>
          <Segments<Store>
            label="Store"
            value={store}
            options={[
              ['flash', 'Flash'],
              ['ram', 'Static RAM'],
            ]}
            onChange={(value) => {
              path.value = []
              remember({ store: value })
            }}
          />
          <Segments<Grouping>
            label="By"
            value={grouping}
            options={[
              ['section', 'Section'],
              ['file', 'Source file'],
            ]}
            onChange={(value) => {
              path.value = []
              remember({ by: value })
            }}
          />
        </span>
      }
    >
      {answer?.kind === 'unknown' && (
        <div class={styles['notice']}>
          <Notice kind="note">Symbols and source files are not known: {answer.why}.</Notice>
        </div>
      )}
      <nav class={styles['path']} aria-label="What is looked at">
        {open.map((one, i) => (
          <Button
            key={one.name}
            kind="quiet"
            disabled={i === open.length - 1}
            onClick={() => {
              goTo(open.slice(0, i + 1))
            }}
          >
            {one.name}
          </Button>
        ))}
        <span class="soft number">{bytes(area.bytes)}</span>
      </nav>
      <div
        class={styles['beside']}
        aria-busy={answer === undefined}
        data-waiting={answer === undefined ? '' : undefined}
      >
        <Treemap
          root={area}
          whole={all.bytes}
          onOpen={(next) => {
            goTo([...open, ...pathTo(area, next)])
          }}
        />
        <div class={styles['list']}>
          <Table
            caption={`What takes ${area.name}`}
            rows={area.children}
            keyOf={(one) => `${one.name} ${one.item?.address ?? ''}`}
            most={50}
            onChoose={(one) => {
              if (one.children.length > 0) goTo([...open, one])
            }}
            columns={[
              {
                title: 'Name',
                show: (one) => (
                  <span class={styles['name']} title={one.item?.file ?? undefined}>
                    <span class={styles['dot']} data-kind={one.kind} aria-hidden="true" />
                    {one.name}
                  </span>
                ),
                order: ({ name }) => name,
              },
              {
                title: 'Bytes',
                isNumber: true,
                show: (one) => grouped(one.bytes),
                order: (one) => one.bytes,
              },
              {
                title: 'Share',
                isNumber: true,
                show: (one) => percent(one.bytes / Math.max(all.bytes, 1)),
                order: (one) => one.bytes,
              },
            ]}
          />
        </div>
      </div>
    </Panel>
  )
}

/** From what holds it, down to an area. */
function pathTo(from: Area, to: Area): readonly Area[] {
  for (const child of from.children) {
    if (child === to) return [child]
    const below = pathTo(child, to)
    if (below.length > 0) return [child, ...below]
  }
  return []
}
