import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import type { TimingParameters } from '../../../emulator/cpu/timing/timing.ts'
import { Field, inputClass } from '../../design/controls.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import type { Change } from './change.ts'
import styles from './run.module.css'

const numbers = Object.entries(pipelineTiming).flatMap(([name, value]) =>
  typeof value === 'number' ? [[name as keyof TimingParameters, value] as const] : [],
)

/** What else `run` takes. */
export function Advanced({ run, change }: { readonly run: OpenRun; readonly change: Change }) {
  const {
    until,
    cell,
    timing,
    set = {},
    phases,
    measures,
    strict,
    onFault,
    functions,
    columns,
    rate,
  } = run.choices.value
  const text = (
    label: string,
    value: string | undefined,
    placeholder: string,
    done: (text: string) => void,
  ) => (
    <Field label={label}>
      <input
        class={`${inputClass} mono`}
        value={value ?? ''}
        placeholder={placeholder}
        onChange={({ currentTarget }) => {
          done(currentTarget.value.trim())
        }}
      />
    </Field>
  )
  const list = (written: string): readonly string[] | undefined => {
    const parts = written.split(/\s*;\s*/).filter((part) => part !== '')
    return parts.length > 0 ? parts : undefined
  }
  return (
    <details class={styles['advanced']}>
      <summary>Advanced</summary>
      <div class={styles['grid']}>
        {text('Until a line of the console matches', until, 'Done|FAIL', (typed) => {
          change({ until: typed })
        })}
        {text('Cell', cell, 'CR2032, lipo:500', (typed) => {
          change({ cell: typed })
        })}
        {text('Phases', phases?.join('; '), 'NAME=FROM..TO; …', (typed) => {
          change({ phases: list(typed) })
        })}
        {text('Measure', measures?.join('; '), 'FUNCTION; FROM..TO', (typed) => {
          change({ measures: list(typed) })
        })}
        {text('Columns of the recording', columns, 'ax_g=accX,…', (typed) => {
          change({ columns: typed })
        })}
        {text('Rate of the recording', rate, '100Hz', (typed) => {
          change({ rate: typed })
        })}
        <Field label="Memory">
          <select
            class={inputClass}
            value={timing ?? 'nrf52840'}
            onChange={({ currentTarget }) => {
              change({ timing: currentTarget.value === 'zero-wait' ? 'zero-wait' : undefined })
            }}
          >
            <option value="nrf52840">nRF52840: flash and its cache</option>
            <option value="zero-wait">never waits</option>
          </select>
        </Field>
        <label class={styles['check']}>
          <input
            type="checkbox"
            checked={strict ?? false}
            onChange={({ currentTarget }) => {
              change({ strict: currentTarget.checked || undefined })
            }}
          />
          Stop at what is not modelled
        </label>
        <label class={styles['check']}>
          <input
            type="checkbox"
            checked={onFault === 'stop'}
            onChange={({ currentTarget }) => {
              change({ onFault: currentTarget.checked ? 'stop' : undefined })
            }}
          />
          Stop at the first fault, whatever handler there is
        </label>
        <label class={styles['check']}>
          <input
            type="checkbox"
            checked={functions ?? false}
            onChange={({ currentTarget }) => {
              change({ functions: currentTarget.checked || undefined })
            }}
          />
          Record who calls whom
        </label>
      </div>
      <details>
        <summary>Timing parameters</summary>
        <div class={styles['grid']}>
          {numbers.map(([name, standard]) => (
            <Field key={name} label={name}>
              <input
                class={`${inputClass} number`}
                type="number"
                placeholder={String(standard)}
                value={set[name] === undefined ? '' : String(set[name])}
                onChange={({ currentTarget }) => {
                  const others = Object.fromEntries(Object.entries(set).filter(([other]) => other !== name))
                  const written = currentTarget.value
                  change({ set: written === '' ? others : { ...others, [name]: Number(written) } })
                }}
              />
            </Field>
          ))}
        </div>
      </details>
    </details>
  )
}
