import type { FaultReport } from '../../../runs/report/run-report.ts'
import { hexadecimal } from '../../../runs/report/show/format.ts'
import { Notice, Panel } from '../../design/surfaces.tsx'
import styles from './report.module.css'

/** Where and why the firmware crashed. */
export function Fault({ fault }: { readonly fault: FaultReport }) {
  const { causes, cfsr, hfsr, mmfar, bfar, pc, instruction, registers, callStack } = fault
  const facts = [
    ['causes', causes.join('; ')],
    ['CFSR', hexadecimal(cfsr)],
    ['HFSR', hexadecimal(hfsr)],
    ...(mmfar === null ? [] : [['MMFAR', hexadecimal(mmfar)]]),
    ...(bfar === null ? [] : [['BFAR', hexadecimal(bfar)]]),
    ['instruction', `${hexadecimal(pc)}  ${instruction}`],
  ] as const
  return (
    <>
      <Notice kind="bad">{fault.summary}</Notice>
      <Panel title="Crash">
        <div class={styles['beside']}>
          <dl class={styles['facts']}>
            {facts.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="mono">{text}</dd>
              </div>
            ))}
          </dl>
          <div class={styles['stack']}>
            <h3>Call stack</h3>
            <ol class={styles['frames']}>
              {callStack.map((frame, i) => (
                <li key={i}>
                  <span class="mono soft">{hexadecimal(frame.address)}</span> {frame.function}
                  {frame.source !== null && <span class="soft"> {frame.source}</span>}
                  {frame.guessed && <span class="soft"> guessed from the stack</span>}
                </li>
              ))}
            </ol>
            <h3>Registers</h3>
            <dl class={styles['registers']}>
              {registers.map((value, i) => (
                <div key={i}>
                  <dt>R{i}</dt>
                  <dd class="mono">{hexadecimal(value)}</dd>
                </div>
              ))}
            </dl>
          </div>
        </div>
      </Panel>
    </>
  )
}
