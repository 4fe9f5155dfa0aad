import { tickText, titleWithin, type Frame } from '../../../../runs/lab-report/charts/chart-data.ts'
import type { Scale } from '../../../../runs/lab-report/charts/scale.ts'
import type { Axis } from '../../../../runs/lab-report/lab-report.ts'
import styles from './charts.module.css'

const TICK_GAP = 16
const TITLE_GAP = 36

/** Along the bottom: lines of the grid, ticks and the title. @param names of categories, in place of numbers */
export function BottomAxis({
  axis,
  scale,
  frame: { left, top, width, height },
  names,
}: {
  readonly axis: Axis
  readonly scale: Scale
  readonly frame: Frame
  readonly names?: readonly string[] | null
}) {
  const bottom = top + height
  return (
    <g>
      {scale.ticks.map((tick) => {
        const x = left + width * scale.share(tick)
        return (
          <g key={tick}>
            {!names && <line class={styles['grid']} x1={x} x2={x} y1={top} y2={bottom} />}
            <text class={styles['tick']} x={x} y={bottom + TICK_GAP} text-anchor="middle">
              {names ? names[tick] : tickText(tick)}
            </text>
          </g>
        )
      })}
      <text class={styles['tick']} x={left + width / 2} y={bottom + TITLE_GAP} text-anchor="middle">
        {titleWithin(axis, width)}
      </text>
    </g>
  )
}

export function LeftAxis({
  axis,
  scale,
  frame: { left, top, width, height },
}: {
  readonly axis: Axis
  readonly scale: Scale
  readonly frame: Frame
}) {
  const middle = top + height / 2
  return (
    <g>
      {scale.ticks.map((tick) => {
        const y = top + height * (1 - scale.share(tick))
        return (
          <g key={tick}>
            <line class={styles['grid']} x1={left} x2={left + width} y1={y} y2={y} />
            <text class={styles['tick']} x={left - 8} y={y} text-anchor="end" dominant-baseline="central">
              {tickText(tick)}
            </text>
          </g>
        )
      })}
      <text class={styles['tick']} text-anchor="middle" transform={`translate(12 ${middle}) rotate(-90)`}>
        {titleWithin(axis, height)}
      </text>
    </g>
  )
}
