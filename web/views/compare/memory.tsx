import { useSignal } from '@preact/signals'
import type { Comparison, Pair, SymbolChange } from '../../../runs/compare/comparison.ts'
import { toneOf } from '../../../runs/compare/show/words.ts'
import { grouped } from '../../../runs/report/show/format.ts'
import { SearchField } from '../../design/controls.tsx'
import { Empty, Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { breakable } from '../costs/breakable.tsx'
import costs from '../costs/costs.module.css'
import { changeColumns } from './change.tsx'
import styles from './compare.module.css'

const MOST = 50

interface Bytes {
  readonly name: string
  readonly place: string
  readonly of: Pair
}

/** Flash and RAM as a whole, by section, and by what was added, removed, moved or changed its size. */
export function Memory({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, memory } = comparison
  const names = [a.name, b.name] as const
  const whole: readonly Bytes[] = [
    ...memory.figures.map(({ name, ...of }) => ({ name, place: '', of })),
    ...memory.sections.flatMap(({ name, flashBytes, ramBytes }) =>
      [
        { name, place: 'flash', of: flashBytes },
        { name, place: 'RAM', of: ramBytes },
      ].filter(({ of }) => (of.a ?? 0) + (of.b ?? 0) > 0),
    ),
  ]
  return (
    <>
      <Panel flush title="Memory" aside={<span class="soft">bytes</span>}>
        <Table
          caption="Memory by section"
          rows={whole}
          keyOf={({ name, place }) => `${name} ${place}`}
          columns={[
            {
              title: 'What',
              show: ({ name, place }) => (
                <>
                  {name} <span class="soft">{place}</span>
                </>
              ),
            },
            ...changeColumns<Bytes>({ names, of: ({ of }) => of, unitOf: () => 'B', rows: whole }),
          ]}
        />
      </Panel>
      <Symbols comparison={comparison} />
    </>
  )
}

function Symbols({ comparison }: { readonly comparison: Comparison }) {
  const wanted = useSignal('')
  const { a, b, memory, unknown } = comparison
  const { symbols, shifted } = memory
  if (symbols === null)
    return (
      <Empty icon="memory" title="Symbols are not known of both">
        {unknown.map((why) => (
          <p key={why}>{why}.</p>
        ))}
      </Empty>
    )
  const needle = wanted.value.trim().toLowerCase()
  const rows = symbols.filter(({ name }) => name.toLowerCase().includes(needle))
  const others =
    shifted === null || shifted === 0 ? '' : `; ${grouped(shifted)} others lie at other addresses`
  return (
    <Panel
      flush
      title="Symbols"
      aside={
        <span class="soft">
          {symbols.length} added, removed, moved or of another size{others}
        </span>
      }
    >
      <div class={costs['tools']}>
        <SearchField label="Symbols with this in their name" placeholder="Part of a name" value={wanted} />
      </div>
      {rows.length === 0 ? (
        <Empty
          icon="check"
          title={needle === '' ? 'No symbol changed' : `No symbol has ${wanted.value} in its name`}
        />
      ) : (
        <Table
          caption="Symbols that changed"
          rows={rows}
          keyOf={(one) => `${one.kind} ${one.name} ${one.section.a} ${one.section.b} ${one.file}`}
          most={MOST}
          columns={[
            {
              title: 'Symbol',
              show: ({ name, file }) => (
                <span class={costs['name']} title={file ?? undefined}>
                  {breakable(name)}
                </span>
              ),
              order: ({ name }) => name,
            },
            ...changeColumns<SymbolChange>({
              names: [a.name, b.name],
              of: ({ bytes }) => bytes,
              unitOf: () => 'B',
              rows,
              toneOf: ({ change, bytes }) => (change === 'moved' ? 'none' : toneOf(bytes.difference)),
            }),
            {
              title: 'What',
              isWide: true,
              show: ({ change, section }) => (
                <>
                  <span class={styles['mark']}>{change}</span>
                  <span class="mono soft">
                    {change === 'moved' ? `${section.a} → ${section.b}` : (section.b ?? section.a)}
                  </span>
                </>
              ),
            },
          ]}
        />
      )}
    </Panel>
  )
}
