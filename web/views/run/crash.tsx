import { hexadecimal } from '../../../runs/report/show/format.ts'
import type { FaultReport } from '../../../runs/report/run-report.ts'
import { Notice, Panel } from '../../design/surfaces.tsx'
import { CallStackList } from './machine.tsx'
import styles from './run.module.css'

/** As the command line tells it. */
export const CrashPanel = ({ fault }: { readonly fault: FaultReport }) => (
  <Panel title="It crashed">
    <div class={styles['crash']}>
      <Notice kind="bad">{fault.summary}</Notice>
      <ul class={styles['causes']}>
        {fault.causes.slice(1).map((cause) => (
          <li key={cause}>{cause}</li>
        ))}
      </ul>
      <p class="mono">
        {hexadecimal(fault.pc)} {fault.instruction}
      </p>
      <CallStackList frames={fault.callStack} />
      <p class="soft">
        CFSR {hexadecimal(fault.cfsr)}, HFSR {hexadecimal(fault.hfsr)}
        {fault.mmfar !== null && `, MMFAR ${hexadecimal(fault.mmfar)}`}
        {fault.bfar !== null && `, BFAR ${hexadecimal(fault.bfar)}`}
      </p>
    </div>
  </Panel>
)
