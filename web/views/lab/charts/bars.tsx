import {
  figure,
  LINE,
  MOST_LABEL,
  pixel,
  type BarsLayout,
} from '../../../../runs/lab-report/charts/bars-layout.ts'
import { shown, totals } from '../../../../runs/lab-report/charts/chart-data.ts'
import { cutMiddle, inLines } from '../../../../runs/lab-report/charts/labels.ts'
import { printable } from '../../../../runs/lab-report/format.ts'
import type { ChartPoint } from '../../../../runs/lab-report/lab-report.ts'
import { tipFor } from '../../../design/tip.tsx'
import { BottomAxis } from './axes.tsx'
import styles from './charts.module.css'
import { Mark, Whisker, type Look } from './marks.tsx'

/** Categories down the side; bars where lengths can be compared, dots elsewhere. */
export function Bars({
  layout,
  width,
  narrow,
  looks,
}: {
  readonly layout: BarsLayout
  readonly width: number
  readonly narrow: boolean
  readonly looks: readonly Look[]
}) {
  const { chart, categories, scale, frame, dots, stacked, axis } = layout
  return (
    <>
      <BottomAxis axis={axis} scale={scale} frame={frame} />
      {!dots && (
        <line
          class={styles['base']}
          x1={frame.left}
          x2={frame.left}
          y1={frame.top}
          y2={frame.top + frame.height}
        />
      )}
      {categories.map((name, i) => (
        <Name key={i} name={name} index={i} layout={layout} width={width} narrow={narrow} />
      ))}
      {stacked ? (
        <Stacks layout={layout} looks={looks} />
      ) : (
        chart.series.map(({ name, points }, i) =>
          points.map((point, j) => (
            <Bar key={`${i} ${j}`} name={name} point={point} index={i} layout={layout} look={looks[i]} />
          )),
        )
      )}
    </>
  )
}

function Name({
  name,
  index,
  layout: { frame, categories, slot },
  width,
  narrow,
}: {
  readonly name: string
  readonly index: number
  readonly layout: BarsLayout
  readonly width: number
  readonly narrow: boolean
}) {
  if (narrow)
    return (
      <text class={styles['label']} x={frame.left} y={slot(index, -1)} dominant-baseline="central">
        {cutMiddle(printable(name), width - frame.left - 8)}
      </text>
    )
  const lines = inLines(printable(name), MOST_LABEL, 2)
  const middle = frame.top + ((index + 0.5) * frame.height) / categories.length
  return (
    <text class={styles['label']} text-anchor="end" dominant-baseline="central">
      {lines.map((line, i) => (
        <tspan key={i} x={frame.left - 8} y={middle + (i - (lines.length - 1) / 2) * (LINE - 1)}>
          {line}
        </tspan>
      ))}
    </text>
  )
}

function Bar({
  name,
  point: { x, y, interval },
  index,
  layout,
  look,
}: {
  readonly name: string
  readonly point: ChartPoint
  readonly index: number
  readonly layout: BarsLayout
  readonly look: Look | undefined
}) {
  const { chart, categories, slot, scale, frame, dots, bar } = layout
  if (!look) return null
  const row = slot(categories.indexOf(String(x)), index)
  const isThere = shown(scale, y)
  const end = pixel(layout, y)
  const right = Math.max(end, ...(interval ?? []).map((one) => pixel(layout, one)))
  return (
    <g
      {...tipFor(() => (
        <>
          <strong>{[name, String(x)].filter((one) => one !== '').join(' · ')}</strong>
          <div>{figure(chart, y)}</div>
          {interval && (
            <div class="soft">
              {figure(chart, interval[0])} to {figure(chart, interval[1])}
            </div>
          )}
        </>
      ))}
    >
      {isThere && !dots && (
        <rect
          class={styles['mark']}
          data-tone={look.tone}
          x={Math.min(frame.left, end)}
          y={row - bar / 2}
          width={Math.abs(end - frame.left)}
          height={bar}
          rx={2}
        />
      )}
      {isThere && interval && (
        <Whisker
          from={[pixel(layout, interval[0]), row]}
          to={[pixel(layout, interval[1]), row]}
          tone={dots ? look.tone : 'bar'}
        />
      )}
      {isThere && dots && <Mark x={end} y={row} look={look} />}
      <text
        class={styles['label']}
        x={(isThere ? right : frame.left) + 8}
        y={row}
        dominant-baseline="central"
      >
        {figure(chart, y)}
      </text>
    </g>
  )
}

/** One bar a category, of the parts that make it up. */
function Stacks({ layout, looks }: { readonly layout: BarsLayout; readonly looks: readonly Look[] }) {
  const { chart, categories, slot, bar } = layout
  const sums = totals(chart, categories)
  return (
    <>
      {categories.map((category, i) => {
        let from = 0
        const row = slot(i, 0)
        return (
          <g key={i}>
            {chart.series.map(({ name, points }, j) => {
              const value = points.find(({ x }) => String(x) === category)?.y ?? 0
              const [left, right] = [pixel(layout, from), pixel(layout, from + value)]
              from += value
              return (
                <rect
                  key={j}
                  class={styles['part']}
                  data-tone={looks[j]?.tone}
                  x={left}
                  y={row - bar / 2}
                  width={Math.max(right - left, 0)}
                  height={bar}
                  {...tipFor(() => (
                    <>
                      <strong>{name}</strong>
                      <div>
                        {figure(chart, value)} of {figure(chart, sums[i] ?? 0)}, {category}
                      </div>
                    </>
                  ))}
                />
              )
            })}
            <text
              class={styles['label']}
              x={pixel(layout, sums[i] ?? 0) + 8}
              y={row}
              dominant-baseline="central"
            >
              {figure(chart, sums[i] ?? 0)}
            </text>
          </g>
        )
      })}
    </>
  )
}
