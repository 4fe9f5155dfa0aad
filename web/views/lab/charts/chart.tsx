import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { layOutBars } from '../../../../runs/lab-report/charts/bars-layout.ts'
import {
  categoriesFit,
  chartTable,
  describe,
  drawnAsDots,
  plotted,
} from '../../../../runs/lab-report/charts/chart-data.ts'
import { printable } from '../../../../runs/lab-report/format.ts'
import type { Chart } from '../../../../runs/lab-report/lab-report.ts'
import { DetailTableView } from '../detail-table.tsx'
import { Bars } from './bars.tsx'
import styles from './charts.module.css'
import { lookOf, Mark, type Look } from './marks.tsx'
import { Points } from './points.tsx'

const NARROW_BELOW = 500
const HEIGHT = 400
const NARROW_HEIGHT = 320

/** A chart of the report, as wide as there is room, with its figures as a table. */
export function ChartFigure({
  chart,
  looks: given,
  whiskers,
}: {
  readonly chart: Chart
  readonly looks?: readonly Look[]
  readonly whiskers?: readonly boolean[]
}) {
  const field = useRef<HTMLDivElement>(null)
  const width = useSignal(0)
  useLayoutEffect(() => {
    const element = field.current
    if (!element) return
    const observer = new ResizeObserver(() => (width.value = Math.max(element.clientWidth, 200)))
    observer.observe(element)
    return () => {
      observer.disconnect()
    }
  }, [])
  const drawn = plotted(chart)
  const looks = given ?? drawn.series.map((_, i) => lookOf(i))
  return (
    <figure class={styles['figure']}>
      <figcaption>{printable(chart.title)}</figcaption>
      {drawn.series.length > 1 && <Legend chart={drawn} looks={looks} />}
      <div ref={field} class={styles['field']}>
        {width.value > 0 && <Drawing chart={drawn} width={width.value} looks={looks} whiskers={whiskers} />}
      </div>
      <details>
        <summary>Figures of this chart</summary>
        <DetailTableView table={chartTable(chart)} />
      </details>
    </figure>
  )
}

function Drawing({
  chart,
  width,
  looks,
  whiskers,
}: {
  readonly chart: Chart
  readonly width: number
  readonly looks: readonly Look[]
  readonly whiskers: readonly boolean[] | undefined
}) {
  const narrow = width < NARROW_BELOW
  const isUpright = chart.kind === 'points' && (chart.x.scale !== 'category' || categoriesFit(chart, width))
  const layout = isUpright ? undefined : layOutBars(chart, width, narrow)
  const height = layout?.height ?? (narrow ? NARROW_HEIGHT : HEIGHT)
  return (
    <svg class={styles['chart']} width={width} height={height} role="img" aria-label={describe(chart)}>
      {layout ? (
        <Bars layout={layout} width={width} narrow={narrow} looks={looks} />
      ) : (
        <Points chart={chart} width={width} height={height} looks={looks} whiskers={whiskers} />
      )}
    </svg>
  )
}

const Legend = ({ chart, looks }: { readonly chart: Chart; readonly looks: readonly Look[] }) => {
  const isBars = !drawnAsDots(chart)
  return (
    <ul class={styles['legend']}>
      {chart.series.map(({ name }, i) => {
        const look = looks[i] ?? lookOf(i)
        return (
          <li key={i}>
            <svg width="14" height="14" aria-hidden="true">
              {isBars ? (
                <rect
                  class={styles['mark']}
                  data-tone={look.tone}
                  x="1"
                  y="2"
                  width="12"
                  height="10"
                  rx="2"
                />
              ) : (
                <Mark x={7} y={7} look={look} />
              )}
            </svg>
            {printable(name)}
          </li>
        )
      })}
    </ul>
  )
}
