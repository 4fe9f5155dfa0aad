import type { RunReport } from '../../../runs/report/run-report.ts'
import { bytes, grouped, percent } from '../../../runs/report/show/format.ts'
import { Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import styles from './memory.module.css'

const RAM_BYTES = 2 ** 18

interface Part {
  readonly name: string
  readonly bytes: number
  readonly colour: string
  readonly note: string
}

/** RAM as it was used at its most. */
export function Ram({ report: { memory, calls } }: { readonly report: RunReport }) {
  const { staticRamBytes, stack, heap, arenas } = memory
  if (staticRamBytes === null) return null
  const known = arenas.flatMap((arena) => (arena.bytes === null ? [] : [{ ...arena, bytes: arena.bytes }]))
  const parts: readonly Part[] = [
    {
      name: 'static',
      bytes: staticRamBytes,
      colour: 'var(--kind-1)',
      note:
        known.length > 0 ? `with ${known.map((one) => `${one.name}, ${bytes(one.bytes)}`).join('; ')}` : '',
    },
    ...(heap
      ? [
          {
            name: 'heap',
            bytes: heap.highWaterBytes,
            colour: 'var(--kind-3)',
            note: `high water of ${bytes(heap.bytes)}`,
          },
        ]
      : []),
    ...(stack
      ? [
          {
            name: 'stack',
            bytes: stack.highWaterBytes,
            colour: 'var(--kind-2)',
            note:
              stack.bytes === null
                ? 'high water, limit unknown: an estimate'
                : `high water of ${bytes(stack.bytes)}, ${percent(stack.highWaterBytes / stack.bytes)} of it`,
          },
        ]
      : []),
  ]
  const used = parts.reduce((sum, part) => sum + part.bytes, 0)
  return (
    <Panel
      flush
      title="RAM"
      aside={
        <span class="soft">
          {bytes(used)} of {bytes(RAM_BYTES)} at its most
        </span>
      }
    >
      <div class={styles['strip']} aria-hidden="true">
        {parts.map((part) => (
          <span
            key={part.name}
            style={{ width: `${(100 * part.bytes) / RAM_BYTES}%`, background: part.colour }}
          />
        ))}
      </div>
      <Table
        caption="RAM"
        rows={parts}
        keyOf={({ name }) => name}
        columns={[
          {
            title: 'Part',
            show: ({ name, colour }) => (
              <span class={styles['name']}>
                <span class={styles['dot']} style={{ background: colour }} aria-hidden="true" />
                {name}
              </span>
            ),
          },
          { title: 'Bytes', isNumber: true, show: (part) => grouped(part.bytes) },
          { title: 'of RAM', isNumber: true, show: (part) => percent(part.bytes / RAM_BYTES) },
          { title: 'Of it', isWide: true, show: ({ note }) => <span class="soft">{note}</span> },
        ]}
      />
      {stack && (
        <p class={`soft ${styles['foot'] ?? ''}`}>
          Which calls made the stack deepest is not known: writes below the stack are watched by address, and{' '}
          {calls === null
            ? 'calls were not recorded'
            : 'calls are recorded by cycles, without their stack pointers'}
          .
        </p>
      )}
    </Panel>
  )
}
