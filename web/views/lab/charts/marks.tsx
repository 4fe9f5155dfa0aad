import { symbols, type Symbol } from '../../../../runs/lab-report/charts/chart-data.ts'
import styles from './charts.module.css'

/** How one series is told from the others: by its colour, and its points by their shape as well. */
export interface Look {
  /** A number from 1, or a name: what the style sheet colours by. */
  readonly tone: string
  readonly symbol: Symbol
}

export const lookOf = (index: number): Look => ({
  tone: String(index + 1),
  symbol: symbols[index % symbols.length] ?? 'circle',
})

const paths: Readonly<Record<Exclude<Symbol, 'circle'>, string>> = {
  rect: 'M-4-4H4V4H-4Z',
  triangle: 'M0-5L5 4H-5Z',
  diamond: 'M0-6L6 0L0 6L-6 0Z',
}

export const Mark = ({ x, y, look }: { readonly x: number; readonly y: number; readonly look: Look }) =>
  look.symbol === 'circle' ? (
    <circle class={styles['mark']} data-tone={look.tone} cx={x} cy={y} r={4.2} />
  ) : (
    <path
      class={styles['mark']}
      data-tone={look.tone}
      d={paths[look.symbol]}
      transform={`translate(${x} ${y})`}
    />
  )

const CAP = 3

/** An error bar with caps, along x or along y. */
export function Whisker({
  from: [x1, y1],
  to: [x2, y2],
  tone,
}: {
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
  readonly tone: string
}) {
  const [dx, dy] = y1 === y2 ? [0, CAP] : [CAP, 0]
  const d = `M${x1} ${y1}L${x2} ${y2}M${x1 - dx} ${y1 - dy}L${x1 + dx} ${y1 + dy}M${x2 - dx} ${y2 - dy}L${x2 + dx} ${y2 + dy}`
  return (
    <>
      {tone === 'bar' && <path class={styles['halo']} d={d} />}
      <path class={styles['whisker']} data-tone={tone} d={d} />
    </>
  )
}
