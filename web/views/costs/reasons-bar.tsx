import { grouped, percent } from '../../../runs/report/show/format.ts'
import { nameOfReason } from '../../../runs/report/show/words/reasons.ts'
import type { ReasonsReport } from '../../../runs/report/run-report.ts'
import { tipFor } from '../../design/tip.tsx'
import { cyclesOf, reasonKinds, reasonsIn } from './reason-kinds.ts'
import styles from './reasons.module.css'

/** Why cycles went by, as a bar of kinds; exact on hover. The table beside it has the same. */
export function ReasonsBar({
  reasons,
  share = 1,
}: {
  readonly reasons: ReasonsReport
  /** Of the room there is, 0 to 1. */
  readonly share?: number
}) {
  const parts = reasonKinds.map((kind) => ({ kind, cycles: Math.max(cyclesOf(kind, reasons), 0) }))
  const total = parts.reduce((sum, { cycles }) => sum + cycles, 0)
  return (
    <span class={styles['bar']} {...tipFor(() => <ReasonsList reasons={reasons} />)} aria-hidden="true">
      {total > 0 && (
        <span class={styles['filled']} style={{ width: `${100 * Math.min(share, 1)}%` }}>
          {parts
            .filter(({ cycles }) => cycles > 0)
            .map(({ kind, cycles }) => (
              <span key={kind.name} style={{ flexGrow: cycles / total, background: kind.colour }} />
            ))}
        </span>
      )}
    </span>
  )
}

/** Each reason with its cycles and share. */
export function ReasonsList({ reasons }: { readonly reasons: ReasonsReport }) {
  const there = reasonsIn([reasons])
  const total = there.reduce((sum, reason) => sum + (reasons[reason] ?? 0), 0)
  return (
    <table class={styles['list']}>
      <tbody>
        {there.map((reason) => (
          <tr key={reason}>
            <td>
              <Swatch colour={colourOf(reason)} /> {nameOfReason(reason)}
            </td>
            <td class="number">{grouped(reasons[reason] ?? 0)}</td>
            <td class="number">{total === 0 ? '' : percent((reasons[reason] ?? 0) / total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export const colourOf = (reason: string): string =>
  reasonKinds.find(({ reasons }) => (reasons as readonly string[]).includes(reason))?.colour ??
  'var(--kind-8)'

export const Swatch = ({ colour }: { readonly colour: string }) => (
  <span class={styles['swatch']} style={{ background: colour }} aria-hidden="true" />
)

/** What the colours mean: kinds that are there. */
export const Legend = ({ all }: { readonly all: readonly ReasonsReport[] }) => (
  <ul class={styles['legend']} aria-label="Colours of the bars">
    {reasonKinds
      .filter((kind) => all.some((found) => cyclesOf(kind, found) > 0))
      .map(({ name, colour, reasons }) => (
        <li key={name} title={reasons.map(nameOfReason).join(', ')}>
          <Swatch colour={colour} /> {name}
        </li>
      ))}
  </ul>
)
