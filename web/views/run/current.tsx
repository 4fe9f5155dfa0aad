import { useEffect, useRef } from 'preact/hooks'
import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import { grouped } from '../../../runs/report/show/format.ts'
import { Segments } from '../../design/controls.tsx'
import { Figure, Figures, Panel } from '../../design/surfaces.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import { theme } from '../../state/theme.ts'
import type { Desk } from './desk.ts'
import styles from './run.module.css'

const PICO = 1e6

const microamps = (value: number): string => grouped(value, value < 100 ? 2 : value < 10_000 ? 1 : 0)

/** The board's current as it flows: lightest and heaviest of each column, and its average. */
export function CurrentPanel({ run, desk }: { readonly run: OpenRun; readonly desk: Desk }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawing = desk.current.value
  const state = run.live.value
  const seconds = desk.seconds.value
  const to = drawing?.to ?? 0
  const most = drawing ? drawing.maximum.reduce((a, b) => Math.max(a, b), 0) / PICO : 0
  const dark = theme.value
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    const ratio = devicePixelRatio
    const { clientWidth, clientHeight } = element
    element.width = clientWidth * ratio
    element.height = clientHeight * ratio
    context.scale(ratio, ratio)
    const style = getComputedStyle(element)
    if (!drawing || most === 0) return
    const span = seconds * CYCLES_PER_SECOND
    const from = Math.max(0, to - span)
    const x = (cycle: number): number => ((cycle - from) / span) * clientWidth
    const y = (picoamps: number): number =>
      clientHeight - 2 - (picoamps / PICO / (most * 1.08)) * (clientHeight - 4)
    context.fillStyle = style.getPropertyValue('--kind-6')
    context.globalAlpha = 0.35
    drawing.begins.forEach((begin, i) => {
      const left = x(begin)
      const top = y(drawing.maximum[i] ?? 0)
      context.fillRect(
        left,
        top,
        Math.max(1, x(drawing.ends[i] ?? 0) - left),
        Math.max(1, y(drawing.minimum[i] ?? 0) - top),
      )
    })
    context.globalAlpha = 1
    context.strokeStyle = style.getPropertyValue('--kind-1')
    context.lineWidth = 1.5
    context.beginPath()
    drawing.begins.forEach((begin, i) => {
      const at = y(drawing.average[i] ?? 0)
      context.lineTo(x(begin), at)
      context.lineTo(x(drawing.ends[i] ?? 0), at)
    })
    context.stroke()
  }, [drawing, to, seconds, most, dark])
  return (
    <Panel
      title="Current of the board"
      aside={
        <Segments
          label="Stretch"
          options={[
            ['1', '1 s'],
            ['10', '10 s'],
            ['60', '60 s'],
          ]}
          value={String(seconds)}
          onChange={(chosen) => {
            desk.seconds.value = Number(chosen)
            desk.lookAgain()
          }}
        />
      }
    >
      <Figures>
        <Figure
          name="Average, last second"
          value={state && state.cycle > 0 ? microamps(state.averageMicroamps) : '–'}
          unit="µA"
        />
        <Figure name={`Peak, last ${seconds} s`} value={most > 0 ? microamps(most) : '–'} unit="µA" />
      </Figures>
      <canvas
        ref={canvas}
        class={styles['current']}
        role="img"
        aria-label={`Current of the last ${seconds} seconds, up to ${microamps(most)} microamperes`}
      />
    </Panel>
  )
}
