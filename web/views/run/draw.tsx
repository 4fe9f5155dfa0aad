import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { GivenFile } from '../../../runs/session/choices.ts'
import { Button } from '../../design/controls.tsx'
import { csv } from './devices.ts'
import styles from './run.module.css'

const RATE = 50
const SECONDS = 10
const SAMPLES = RATE * SECONDS
const LIMIT = 2
const [WIDTH, HEIGHT] = [600, 64]
const AXES = ['x', 'y', 'z'] as const
type Axis = (typeof AXES)[number]

const STILL: Readonly<Record<Axis, number>> = { x: 0, y: 0, z: 1 }

/** Movement drawn by hand: three axes over ten seconds, in g. */
export function DrawRecording({ onDone }: { readonly onDone: (file: GivenFile) => void }) {
  const values = useRef(
    Object.fromEntries(AXES.map((axis) => [axis, new Float64Array(SAMPLES).fill(STILL[axis])])) as Record<
      Axis,
      Float64Array
    >,
  )
  const changed = useSignal(0)
  const clear = (): void => {
    for (const axis of AXES) values.current[axis].fill(STILL[axis])
    changed.value++
  }
  const done = (): void => {
    const rows = Array.from({ length: SAMPLES }, (_, i) =>
      [(i / RATE).toFixed(2), ...AXES.map((axis) => (values.current[axis][i] ?? 0).toFixed(4))].join(','),
    )
    onDone(csv('drawn.csv', ['time_s,ax_g,ay_g,az_g', ...rows]))
  }
  return (
    <div class={styles['draw']}>
      {AXES.map((axis) => (
        <Lane
          key={axis}
          axis={axis}
          values={values.current[axis]}
          version={changed.value}
          onChange={() => changed.value++}
        />
      ))}
      <div class={styles['drawEnd']}>
        <span class="soft">
          {SECONDS} s at {RATE} Hz, −{LIMIT} to {LIMIT} g. Draw with the mouse; arrow keys move a whole axis.
        </span>
        <Button onClick={clear}>Clear</Button>
        <Button kind="main" onClick={done}>
          Use it
        </Button>
      </div>
    </div>
  )
}

function Lane({
  axis,
  values,
  version,
  onChange,
}: {
  readonly axis: Axis
  readonly values: Float64Array
  readonly version: number
  readonly onChange: () => void
}) {
  const last = useRef<{ readonly sample: number; readonly value: number } | undefined>(undefined)
  const paint = (event: PointerEvent & { readonly currentTarget: SVGSVGElement }): void => {
    const box = event.currentTarget.getBoundingClientRect()
    const sample = Math.max(
      0,
      Math.min(SAMPLES - 1, Math.floor(((event.clientX - box.left) / box.width) * SAMPLES)),
    )
    const share = (event.clientY - box.top) / box.height
    const value = Math.max(-LIMIT, Math.min(LIMIT, LIMIT - 2 * LIMIT * share))
    const from = last.current ?? { sample, value }
    const [first, end] = [Math.min(from.sample, sample), Math.max(from.sample, sample)]
    for (let i = first; i <= end; i++) {
      const t = sample === from.sample ? 1 : (i - from.sample) / (sample - from.sample)
      values[i] = from.value + (value - from.value) * t
    }
    last.current = { sample, value }
    onChange()
  }
  const points = Array.from(
    values,
    (value, i) =>
      `${((i * WIDTH) / SAMPLES).toFixed(1)},${(((LIMIT - value) / (2 * LIMIT)) * HEIGHT).toFixed(1)}`,
  )
  return (
    <div class={styles['lane']} data-version={version}>
      <span class="mono">a{axis}</span>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        tabIndex={0}
        role="slider"
        aria-label={`Acceleration along ${axis}`}
        aria-valuemin={-LIMIT}
        aria-valuemax={LIMIT}
        aria-valuenow={values[0]}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          last.current = undefined
          paint(event)
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) paint(event)
        }}
        onKeyDown={(event) => {
          const by = event.key === 'ArrowUp' ? 0.1 : event.key === 'ArrowDown' ? -0.1 : 0
          if (by === 0) return
          event.preventDefault()
          values.forEach((value, i) => (values[i] = Math.max(-LIMIT, Math.min(LIMIT, value + by))))
          onChange()
        }}
      >
        <line x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <polyline points={points.join(' ')} />
      </svg>
    </div>
  )
}
