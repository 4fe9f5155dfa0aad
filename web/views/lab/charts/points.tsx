import { layOutPoints } from '../../../../runs/lab-report/charts/points-layout.ts'
import { numberText, unitSuffix } from '../../../../runs/lab-report/format.ts'
import type { Axis, Chart } from '../../../../runs/lab-report/lab-report.ts'
import { tipFor } from '../../../design/tip.tsx'
import { BottomAxis, LeftAxis } from './axes.tsx'
import styles from './charts.module.css'
import { Mark, Whisker, type Look } from './marks.tsx'

const told = (value: number | string, { unit }: Axis): string =>
  typeof value === 'number' ? numberText(value, unit, 'fine') + unitSuffix(unit, 'fine') : value

/** The first series is drawn last, over the others. */
const inOrder = <T,>(all: readonly T[]): readonly (readonly [number, T])[] => [...all.entries()].toReversed()

/** Points by two figures, or by a category. @param whiskers series whose error bars are drawn */
export function Points({
  chart,
  width,
  height,
  looks,
  whiskers,
}: {
  readonly chart: Chart
  readonly width: number
  readonly height: number
  readonly looks: readonly Look[]
  readonly whiskers?: readonly boolean[] | undefined
}) {
  const { x, y, categories, frame, placed, labels } = layOutPoints(chart, width, height, whiskers)
  return (
    <>
      <LeftAxis axis={chart.y} scale={y} frame={frame} />
      <BottomAxis axis={chart.x} scale={x} frame={frame} names={categories} />
      {inOrder(placed).map(([i, points]) => {
        const look = looks[i]
        if (!look) return null
        const isDrawn = whiskers?.[i] !== false
        return (
          <g key={i} data-series={chart.series[i]?.name}>
            {chart.series[i]?.line === true && (
              <polyline
                class={styles['line']}
                data-tone={look.tone}
                points={points.map((one) => `${one.x},${one.y}`).join(' ')}
              />
            )}
            {points.map((one, j) => (
              <g
                key={j}
                {...tipFor(() => (
                  <>
                    <strong>{[one.point.label, chart.series[i]?.name].filter(Boolean).join(' · ')}</strong>
                    <div>
                      {told(one.point.y, chart.y)} · {told(one.point.x, chart.x)}
                    </div>
                    {one.point.interval && (
                      <div class="soft">
                        {told(one.point.interval[0], chart.y)} to {told(one.point.interval[1], chart.y)}
                      </div>
                    )}
                  </>
                ))}
              >
                {isDrawn && one.ends && (
                  <Whisker from={[one.x, one.ends[0]]} to={[one.x, one.ends[1]]} tone={look.tone} />
                )}
                <Mark x={one.x} y={one.y} look={look} />
                <circle class={styles['reach']} cx={one.x} cy={one.y} r={9} />
              </g>
            ))}
          </g>
        )
      })}
      {labels.map(({ text, box, leader }, i) => (
        <g key={i}>
          {leader && (
            <line class={styles['leader']} x1={leader[0]} y1={leader[1]} x2={leader[2]} y2={leader[3]} />
          )}
          <text
            class={styles['label']}
            x={box.left + box.width / 2}
            y={box.top + box.height / 2}
            text-anchor="middle"
            dominant-baseline="central"
          >
            {text}
          </text>
        </g>
      ))}
    </>
  )
}
