import type { Comparison, FunctionChange } from '../../../runs/compare/comparison.ts'
import type { AnnotationAnswer } from '../../../runs/session/costs/protocol.ts'
import { Button } from '../../design/controls.tsx'
import { Empty, Panel } from '../../design/surfaces.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import { sourcesOf } from '../../state/sources.ts'
import { useAnswer } from '../../state/use-answer.ts'
import { Listing } from '../costs/annotated/listing.tsx'
import { choose } from './address.ts'
import styles from './compare.module.css'

/** One function by line and instruction, in both runs side by side. */
export function BothAnnotated({
  one,
  comparison,
  a,
  b,
}: {
  readonly one: FunctionChange
  readonly comparison: Comparison
  readonly a: OpenRun
  readonly b: OpenRun
}) {
  return (
    <div class={styles['both']}>
      <div class={styles['bothHead']}>
        <h2>{one.was === null ? one.name : `${one.was} → ${one.name}`}</h2>
        <Button
          kind="quiet"
          icon="close"
          title="Close"
          onClick={() => {
            choose(undefined)
          }}
        />
      </div>
      <div class={styles['beside']}>
        <Annotated name={comparison.a.name} address={one.address.a} run={a} />
        <Annotated name={comparison.b.name} address={one.address.b} run={b} />
      </div>
    </div>
  )
}

function Annotated({
  name,
  address,
  run,
}: {
  readonly name: string
  readonly address: number | null
  readonly run: OpenRun
}) {
  const found = useAnswer<AnnotationAnswer>(
    () => (address === null ? undefined : run.link.call.annotate(address)),
    (why) => ({ kind: 'unknown', why }),
    [address, sourcesOf(run).value],
  )
  return (
    <Panel flush title={name}>
      {address === null ? (
        <Empty icon="costs" title="It is not there" />
      ) : found === undefined ? (
        <div aria-busy="true">
          <Empty icon="costs" title="Counting by instruction" />
        </div>
      ) : found.kind === 'unknown' ? (
        <Empty icon="costs" title="It is not known by instruction">
          <p>{found.why}.</p>
        </Empty>
      ) : (
        <Listing {...found} run={run} begin={found.blocks.length > 0 ? 'source' : 'instructions'} />
      )}
    </Panel>
  )
}
