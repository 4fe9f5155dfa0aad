import { useSignal } from '@preact/signals'
import { hexadecimal } from '../../../runs/report/show/format.ts'
import type { Found, MemoryView } from '../../../runs/session/protocol.ts'
import type { StackFrame } from '../../../runs/image/unwind.ts'
import { inputClass } from '../../design/controls.tsx'
import { Panel } from '../../design/surfaces.tsx'
import type { Desk } from './desk.ts'
import styles from './run.module.css'

const NAMES = [
  'R0',
  'R1',
  'R2',
  'R3',
  'R4',
  'R5',
  'R6',
  'R7',
  'R8',
  'R9',
  'R10',
  'R11',
  'R12',
  'SP',
  'LR',
  'PC',
]
const FLAGS = ['N', 'Z', 'C', 'V', 'Q']
const BYTES_A_ROW = 16

/** Registers, who called whom, and memory. */
export function MachinePanel({ desk }: { readonly desk: Desk }) {
  const view = desk.view.value
  return (
    <Panel
      title="Processor"
      aside={<span class="soft">{view ? `${view.mode}${view.isAsleep ? ', asleep' : ''}` : ''}</span>}
    >
      <dl class={styles['registers']}>
        {NAMES.map((name, n) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono">{hexadecimal(view?.registers[n] ?? 0).slice(2)}</dd>
          </div>
        ))}
        <div>
          <dt>xPSR</dt>
          <dd class="mono">
            {hexadecimal(view?.xpsr ?? 0).slice(2)} {flagsOf(view?.xpsr ?? 0)}
          </dd>
        </div>
      </dl>
      <h3 class={styles['sub']}>Calls</h3>
      <CallStackList frames={view?.callStack ?? []} />
      <h3 class={styles['sub']}>Memory</h3>
      <Find desk={desk} />
      {desk.memory.value && <Memory memory={desk.memory.value} />}
    </Panel>
  )
}

const flagsOf = (xpsr: number): string =>
  FLAGS.map((flag, i) => ((xpsr >>> (31 - i)) & 1 ? flag : '·')).join('')

export const CallStackList = ({ frames }: { readonly frames: readonly StackFrame[] }) => (
  <ol class={styles['calls']}>
    {frames.map(({ address, function: name, source, guessed }, i) => (
      <li key={i}>
        <span class="mono">{name}</span>
        <span class="soft">
          {source ?? hexadecimal(address)}
          {guessed && ', a guess from the stack'}
        </span>
      </li>
    ))}
  </ol>
)

function Find({ desk }: { readonly desk: Desk }) {
  const text = useSignal('')
  const found = useSignal<readonly Found[]>([])
  const show = (address: number): void => {
    found.value = []
    desk.showMemory(address)
  }
  return (
    <div class={styles['find']}>
      <input
        class={`${inputClass} mono`}
        aria-label="Address or name"
        placeholder="0x20000000, or a variable’s name"
        value={text.value}
        onInput={({ currentTarget }) => {
          const typed = (text.value = currentTarget.value)
          void desk.find(/^0x/i.test(typed) ? '' : typed.trim()).then((list) => {
            if (text.value === typed) found.value = list
          })
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          const address = /^0x[0-9a-f]+$/i.test(text.value.trim())
            ? Number(text.value.trim())
            : found.value[0]?.address
          if (address !== undefined) show(address)
        }}
      />
      {found.value.length > 0 && (
        <ul class={styles['found']}>
          {found.value.map(({ name, address, bytes, kind }) => (
            <li key={`${address}${name}`}>
              <button
                type="button"
                onClick={() => {
                  show(address)
                }}
              >
                <span class="mono">{name}</span>
                <span class="soft number">
                  {kind}, {hexadecimal(address)}, {bytes} B
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const Memory = ({ memory: { address, bytes, names } }: { readonly memory: MemoryView }) => (
  <div class={styles['memory']} tabIndex={0} role="region" aria-label="Memory">
    {bytes.length === 0 && <p class="soft">There is neither flash nor RAM.</p>}
    {names.map((name, row) => {
      const piece = [...bytes.slice(BYTES_A_ROW * row, BYTES_A_ROW * (row + 1))]
      return (
        <div key={row}>
          <span class="soft">{hexadecimal(address + BYTES_A_ROW * row).slice(2)}</span>
          <span>{piece.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}</span>
          <span>
            {piece.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')}
          </span>
          <span class="soft">{name}</span>
        </div>
      )
    })}
  </div>
)
