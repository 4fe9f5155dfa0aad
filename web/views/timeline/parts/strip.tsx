import { useSignal } from '@preact/signals'
import { deviationWords } from '../../../../runs/pricing/words.ts'
import { parseInstant } from '../../../../runs/recording/instant.ts'
import { grouped, percent } from '../../../../runs/report/show/format.ts'
import { Button, inputClass } from '../../../design/controls.tsx'
import { cyclesText, exactly, lasting } from '../model/text.ts'
import type { Measuring } from '../state/measuring.ts'
import type { TimelineState } from '../state/timeline-state.ts'
import styles from '../timeline.module.css'

/** What the selection, or what is in view, costs: always there, so that nothing moves when something is selected. */
export function Strip({
  state,
  measuring,
  isOpen,
  onToggle,
}: {
  readonly state: TimelineState
  readonly measuring: Measuring
  readonly isOpen: boolean
  readonly onToggle: () => void
}) {
  const selection = state.selection.value
  const { from, to } = measuring.target
  const measured = measuring.measured.value
  const isKnown = measured?.from === from && measured.to === to
  const figures = isKnown ? measured.figures : undefined
  const range = figures?.rangeMicroamps
  const battery = figures?.battery
  const compared = isKnown ? measured.compared : undefined
  const [a, b] = state.markers.value
  return (
    <section
      class={styles['strip']}
      aria-label={selection ? 'Selection' : 'In view'}
      aria-busy={measuring.isBusy.value}
    >
      <div class={styles['stretch']}>
        <strong>{selection ? 'Selection' : 'In view'}</strong>
        <Ends key={`${from} ${to}`} state={state} from={from} to={to} />
      </div>
      <div class={styles['figures']} tabIndex={0} role="group" aria-label="Figures">
        <Number name="Duration" value={lasting(to - from)} note={cyclesText(to - from)} />
        <Number name="Charge" value={figures && grouped(figures.chargeMicrocoulombs, 3)} unit="µC" />
        <Number name="Energy" value={figures && grouped(figures.energyMicrojoules, 3)} unit="µJ" />
        <Number
          name="Average"
          value={figures && grouped(figures.averageMicroamps, 3)}
          unit="µA"
          note={range ? `${grouped(range[0], 0)} to ${grouped(range[1], 0)}` : undefined}
        />
        {compared && (
          <Number
            name="Measured"
            value={grouped(compared.measuredMicroamps, 3)}
            unit="µA"
            note={`${INSIDE[compared.inside]}${compared.differenceShare === null ? '' : `, ${deviationWords(compared.differenceShare)}`}, ${grouped(compared.measuredMicrocoulombs, 3)} µC`}
          />
        )}
        <Number name="Peak" value={figures && grouped(figures.peakMicroamps, 1)} unit="µA" />
        <Number
          name="Awake"
          value={figures && (figures.awakeShare === null ? '–' : percent(figures.awakeShare))}
        />
        {battery && (
          <Number
            name={battery.cell}
            value={hours(battery.hours)}
            note={`${hours(battery.rangeHours[0])} to ${hours(battery.rangeHours[1])}`}
          />
        )}
        {a !== undefined && b !== undefined && (
          <Number name="A to B" value={lasting(Math.abs(b - a))} note={cyclesText(Math.abs(b - a))} />
        )}
        {measuring.why.value !== '' && !figures && <p class={styles['why']}>{measuring.why.value}</p>}
      </div>
      <Button
        kind="quiet"
        pressed={isOpen}
        title={isOpen ? 'Fewer figures' : 'Statistics of each track, histogram, what was kept'}
        keys="i"
        onClick={onToggle}
      >
        {isOpen ? 'Less' : 'More'}
      </Button>
    </section>
  )
}

/** Of the estimate's interval. */
const INSIDE = { yes: 'inside', below: 'below', above: 'above' } as const

const hours = (value: number): string =>
  value < 48
    ? `${value.toFixed(1)} h`
    : value < 24 * 365
      ? `${(value / 24).toFixed(1)} days`
      : `${(value / 8766).toFixed(2)} years`

const Number = ({
  name,
  value,
  unit,
  note,
}: {
  readonly name: string
  readonly value: string | undefined
  readonly unit?: string
  readonly note?: string | undefined
}) => (
  <div class={styles['number']}>
    <span class={styles['numberName']}>{name}</span>
    <span class={`${styles['numberValue'] ?? ''} number`}>
      {value ?? '…'}
      {value !== undefined && unit !== undefined && <small> {unit}</small>}
    </span>
    <span class={`${styles['numberNote'] ?? ''} number`}>{note ?? ' '}</span>
  </div>
)

/** From and to, to be typed as the command line takes them. */
function Ends({
  state,
  from,
  to,
}: {
  readonly state: TimelineState
  readonly from: number
  readonly to: number
}) {
  const refused = useSignal('')
  const take = (texts: { readonly from?: string; readonly to?: string }): void => {
    try {
      const { to: end } = state.own.value
      const [begin, until] = [
        texts.from === undefined ? from : parseInstant(texts.from, end),
        texts.to === undefined ? to : parseInstant(texts.to, end),
      ]
      refused.value = until > begin ? '' : 'It ends before it begins'
      if (until > begin) state.select(begin, until)
    } catch (cause) {
      refused.value = cause instanceof Error ? cause.message : String(cause)
    }
  }
  const field = (name: 'from' | 'to', cycle: number) => (
    <input
      class={`${inputClass} ${styles['end'] ?? ''} number`}
      aria-label={name === 'from' ? 'From' : 'To'}
      title={refused.value === '' ? '1.5s, 20ms, 64000c, end-10ms' : refused.value}
      aria-invalid={refused.value !== ''}
      defaultValue={exactly(cycle)}
      onChange={({ currentTarget }) => {
        take({ [name]: currentTarget.value })
      }}
    />
  )
  return (
    <div class={styles['ends']}>
      {field('from', from)}
      <span class="soft">to</span>
      {field('to', to)}
    </div>
  )
}
