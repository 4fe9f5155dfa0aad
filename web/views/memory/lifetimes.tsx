import { bytes, grouped } from '../../../runs/report/show/format.ts'
import type { ModelLives, TensorLife } from '../../../runs/session/memory/protocol.ts'
import { Table } from '../../design/table.tsx'
import { tipFor } from '../../design/tip.tsx'
import styles from './memory.module.css'

/** Which tensors live while which operator runs, by the model. */
export function Lifetimes({
  model: { operators, tensors, liveBytes, unknown },
  plannedBytes,
}: {
  readonly model: ModelLives
  readonly plannedBytes: number | null
}) {
  const most = Math.max(...liveBytes, 1)
  const columns = `minmax(9rem, 16rem) repeat(${operators.length}, minmax(1.5rem, 1fr))`
  return (
    <div class={styles['lives']}>
      <h3>Tensors over the operators</h3>
      <p class="soft">
        At most {bytes(most)} live at once
        {plannedBytes === null
          ? ''
          : `; ${bytes(plannedBytes)} were planned: with alignment, and scratch buffers that kernels ask for and the model does not have`}
        . Where the planner put each is not read.
      </p>
      <div class={styles['gantt']} aria-hidden="true">
        <div class={styles['ganttRow']} style={{ gridTemplateColumns: columns }}>
          <span />
          {operators.map((name, i) => (
            <span key={i} class={styles['operator']} title={`${i} ${name}`}>
              {operators.length <= 12 ? `${i} ${name}` : i}
            </span>
          ))}
        </div>
        {tensors.map((tensor, row) => (
          <div key={row} class={styles['ganttRow']} style={{ gridTemplateColumns: columns }}>
            <span class={styles['tensor']} title={tensor.name}>
              {tensor.name}
            </span>
            <span
              class={styles['life']}
              style={{ gridColumn: `${Math.max(tensor.from, 0) + 2} / ${tensor.to + 3}` }}
              {...tipFor(() => <Tip tensor={tensor} />)}
            >
              {bytes(tensor.bytes)}
            </span>
          </div>
        ))}
        <div class={styles['ganttRow']} style={{ gridTemplateColumns: columns }}>
          <span class="soft">live bytes</span>
          {liveBytes.map((live, i) => (
            <span key={i} class={styles['live']} title={bytes(live)}>
              <span
                style={{ height: `${(100 * live) / most}%` }}
                data-most={live === most ? '' : undefined}
              />
              <small>{grouped(live)}</small>
            </span>
          ))}
        </div>
      </div>
      {unknown.length > 0 && (
        <p class="soft">Variables, and tensors whose size the model does not say: {unknown.join(', ')}.</p>
      )}
      <details>
        <summary>As a table</summary>
        <Table
          caption="Tensors in the arena"
          rows={tensors}
          keyOf={({ name, from }) => `${name} ${from}`}
          columns={[
            { title: 'Tensor', show: ({ name }) => <span class={styles['name']}>{name}</span> },
            { title: 'Shape', show: ({ shape }) => <span class="mono soft">{shape.join('×')}</span> },
            { title: 'Type', show: ({ type }) => <span class="soft">{type}</span> },
            { title: 'Bytes', isNumber: true, show: (one) => grouped(one.bytes), order: (one) => one.bytes },
            { title: 'From operator', isNumber: true, show: ({ from }) => (from < 0 ? 'input' : from) },
            { title: 'To operator', isNumber: true, show: ({ to }) => to },
          ]}
        />
      </details>
    </div>
  )
}

const Tip = ({ tensor }: { readonly tensor: TensorLife }) => (
  <div class={styles['tip']}>
    <strong>{tensor.name}</strong>
    <span class="number">
      {tensor.shape.join('×')} {tensor.type}, {bytes(tensor.bytes)}
    </span>
  </div>
)
