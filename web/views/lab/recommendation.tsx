import { criteriaText } from '../../../runs/lab-report/header.ts'
import { intervalText, numberText, printable, unitSuffix } from '../../../runs/lab-report/format.ts'
import type { LabReport } from '../../../runs/lab-report/lab-report.ts'
import { Figure, Figures, Panel } from '../../design/surfaces.tsx'
import { figures } from './configurations.tsx'
import { CommandLine, Prose } from './parts.tsx'
import styles from './lab.module.css'

/** What one would ship, why, and the command that builds it. */
export function Recommendation({ lab }: { readonly lab: LabReport }) {
  const { recommendation: chosen, configurations } = lab
  if (chosen === null)
    return (
      <Panel title="Recommended">
        <p>None: no configuration is within the limits asked for.</p>
      </Panel>
    )
  const measured = configurations.find(({ name }) => name === chosen.configuration)
  return (
    <Panel title="Recommended">
      <div class={styles['stack']}>
        <div>
          <p class={styles['lead']}>{printable(chosen.configuration)}</p>
          <p class="soft">{criteriaText(chosen.criteria, 'fine')}</p>
        </div>
        {measured && (
          <Figures>
            {figures.map(([name, of]) => {
              const quantity = of(measured)
              if (!quantity) return null
              const { value, unit } = quantity
              return (
                <Figure
                  key={name}
                  name={name}
                  value={numberText(value, unit, 'fine')}
                  unit={unitSuffix(unit, 'fine').trim()}
                  note={intervalText(quantity, 'fine')}
                />
              )
            })}
          </Figures>
        )}
        <ul class={styles['reasons']}>
          {chosen.reasons.map((reason, i) => (
            <li key={i}>
              <Prose text={reason} />
            </li>
          ))}
        </ul>
        {chosen.command !== '' && <CommandLine line={chosen.command} />}
      </div>
    </Panel>
  )
}
