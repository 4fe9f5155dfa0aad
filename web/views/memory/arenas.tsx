import type { ArenaReport, RunReport } from '../../../runs/report/run-report.ts'
import { bytes, grouped, hexadecimal } from '../../../runs/report/show/format.ts'
import type { MemoryAnswer, ModelLives } from '../../../runs/session/memory/protocol.ts'
import { Notice, Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { Lifetimes } from './lifetimes.tsx'
import styles from './memory.module.css'

/** Tensor arenas: what is kept, what lives while which operator runs. */
export function Arenas({
  report,
  answer,
}: {
  readonly report: RunReport
  readonly answer: MemoryAnswer | undefined
}) {
  const { arenas } = report.memory
  if (arenas.length === 0)
    return (
      <Panel title="Tensor arena">
        <p class="soft">
          No interpreter of TFLM was seen, and no variable is called arena: there is none known.
        </p>
      </Panel>
    )
  return (
    <>
      {arenas.map((arena, i) => (
        <Panel
          key={i}
          flush
          title={`Arena ${arena.name}`}
          aside={
            <span class="soft">
              {arena.address === null ? '' : `at ${hexadecimal(arena.address)}, `}
              {sourceText(arena)}
            </span>
          }
        >
          <Arena
            arena={arena}
            report={report}
            isWaiting={answer === undefined}
            models={answer?.kind === 'found' ? answer.models : undefined}
          />
        </Panel>
      ))}
    </>
  )
}

const sourceText = ({ source }: ArenaReport): string =>
  source === 'allocator' ? 'as its allocator says' : source === 'unknown' ? 'not known' : source

function Arena({
  arena,
  report,
  models,
  isWaiting,
}: {
  readonly arena: ArenaReport
  readonly isWaiting: boolean
  readonly report: RunReport
  readonly models: readonly ModelLives[] | undefined
}) {
  const { nonPersistentBytes, persistentBytes, temporaryBytes, usedBytes, unknown } = arena
  const parts = [
    [
      'tensors, planned',
      nonPersistentBytes,
      'var(--kind-1)',
      'activations and scratch buffers, over each other',
    ],
    ['of them temporary', temporaryBytes || null, 'var(--kind-5)', 'never given back'],
    ['persistent', persistentBytes, 'var(--kind-4)', 'tensors’ structures, kernels’ data, variables'],
    [
      'free',
      arena.bytes === null || usedBytes === null ? null : arena.bytes - usedBytes,
      'var(--sunken)',
      '',
    ],
  ] as const
  const shown = parts.filter(([, size]) => size !== null)
  const size = arena.bytes ?? usedBytes ?? 0
  const addresses = arena.interpreters.flatMap((index) => {
    const model = report.interpreters[index]?.model
    return model === null || model === undefined ? [] : [report.models[model]?.address]
  })
  const lives = models?.filter(({ address }) => addresses.includes(address)) ?? []
  return (
    <>
      {unknown !== null && (
        <div class={styles['notice']}>
          <Notice kind="note">Not all of it is known: {unknown}.</Notice>
        </div>
      )}
      {shown.length > 0 && size > 0 && (
        <div class={styles['strip']} aria-hidden="true">
          {shown
            .filter(([name]) => name !== 'of them temporary')
            .map(([name, part, colour]) => (
              <span key={name} style={{ width: `${(100 * (part ?? 0)) / size}%`, background: colour }} />
            ))}
        </div>
      )}
      <Table
        caption={`Arena ${arena.name}`}
        rows={shown}
        keyOf={([name]) => name}
        columns={[
          {
            title: 'Part',
            show: ([name, , colour]) => (
              <span class={styles['name']}>
                <span class={styles['dot']} style={{ background: colour }} aria-hidden="true" />
                {name}
              </span>
            ),
          },
          { title: 'Bytes', isNumber: true, show: ([, part]) => grouped(part ?? 0) },
          { title: 'What it is', isWide: true, show: ([, , , note]) => <span class="soft">{note}</span> },
        ]}
      />
      {lives.map((model) => (
        <Lifetimes key={model.address} model={model} plannedBytes={nonPersistentBytes} />
      ))}
      {lives.length === 0 && !isWaiting && (
        <p class={`soft ${styles['foot'] ?? ''}`}>
          {models === undefined
            ? 'Which tensors live when is read from the model in the firmware, which is not here.'
            : 'Which tensors live when is not known: its interpreter’s model is not in flash, or invokes subgraphs.'}
        </p>
      )}
      {usedBytes !== null && <p class="unseen">{bytes(usedBytes)} used</p>}
    </>
  )
}
