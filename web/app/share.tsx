import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ReplayPart } from '../../runs/recording/parts.ts'
import type { RunPart } from '../../runs/recording/run-file.ts'
import { kilobytes } from '../../runs/report/show/format.ts'
import type { SharedFile } from '../../runs/session/share.ts'
import { TOOL_VERSION } from '../../runs/version.ts'
import { Button, Field, inputClass } from '../design/controls.tsx'
import { Notice } from '../design/surfaces.tsx'
import { address } from '../state/address.ts'
import { download } from '../state/download.ts'
import type { OpenRun } from '../state/open-run.ts'
import { current } from '../state/opening.ts'
import { Dialog } from './dialog.tsx'
import styles from './dialog.module.css'
import own from './share.module.css'

export const isShareOpen = signal(false)

/** What of a run can be given to others: one file, or the address of what is seen. */
export function Share() {
  const run = current.value
  return (
    <Dialog isOpen={isShareOpen} label="Share">
      <div class={styles['head']}>
        <h2>Share {run?.facts.value?.title}</h2>
        <Button kind="quiet" icon="close" title="Close" onClick={() => (isShareOpen.value = false)} />
      </div>
      {run && (
        <div class={own['body']}>
          <OneFile key={run.id} run={run} />
          <ThisAddress run={run} />
        </div>
      )}
    </Dialog>
  )
}

const partNames: Readonly<Record<RunPart, string>> = {
  report: 'report',
  timeline: 'timeline',
  snapshots: 'snapshots of RAM',
  inputs: 'what it was given',
  firmware: 'firmware',
  names: 'names of moments',
}

const choices: readonly (readonly [part: ReplayPart, title: string])[] = [
  ['firmware', 'Firmware'],
  ['inputs', 'What it was given: recording, sound, console, settings'],
]

function OneFile({ run }: { readonly run: OpenRun }) {
  const name = useSignal((run.facts.value?.title ?? 'run').replace(/\.[^.]*$/, ''))
  const without = useSignal<readonly ReplayPart[]>([])
  const shared = useSignal<SharedFile | undefined>(undefined)
  /** With all that there is. */
  const whole = useSignal<SharedFile | undefined>(undefined)
  const trouble = useSignal('')
  const left = without.value
  const isRunning = run.live.value?.isRunning ?? false
  useEffect(() => {
    if (isRunning) return
    let isWanted = true
    trouble.value = ''
    run.link.call.share(left).then(
      (found) => {
        if (!isWanted) return
        shared.value = found
        if (left.length === 0) whole.value = found
      },
      (cause: unknown) => {
        if (isWanted) trouble.value = cause instanceof Error ? cause.message : String(cause)
      },
    )
    return () => {
      isWanted = false
    }
  }, [left, isRunning])
  if (isRunning)
    return <Notice kind="note">It runs. Pause it: a file has the run as far as it has come.</Notice>
  if (trouble.value !== '') return <Notice kind="bad">{trouble.value}</Notice>
  const found = shared.value
  const there = whole.value?.parts ?? {}
  const ending = found?.kind === 'report' ? 'json' : 'boardless'
  const offered = choices.filter(([part]) => there[part] !== undefined)
  const canRunAgain = found?.parts.firmware !== undefined && found.parts.inputs !== undefined
  return (
    <section class={own['part']} aria-label="One file" aria-busy={found === undefined}>
      <h3>One file</h3>
      <Field label={`Name, .${ending}`}>
        <input
          class={inputClass}
          value={name.value}
          onInput={({ currentTarget }) => (name.value = currentTarget.value)}
        />
      </Field>
      {offered.map(([part, title]) => (
        <label key={part} class={own['choice']}>
          <input
            type="checkbox"
            checked={!left.includes(part)}
            onChange={({ currentTarget }) =>
              (without.value = currentTarget.checked ? left.filter((one) => one !== part) : [...left, part])
            }
          />
          {title} <span class="soft number">{kilobytes(there[part] ?? 0)}</span>
        </label>
      ))}
      <p class="soft">
        {found === undefined
          ? 'Packing …'
          : `It holds: ${Object.entries(found.parts)
              .map(([part, bytes]) => `${partNames[part as RunPart]} ${kilobytes(bytes)}`)
              .join(', ')}.`}
      </p>
      <p class="soft">{found && neededFor(found, canRunAgain)}</p>
      <div class={own['act']}>
        <Button
          kind="main"
          icon="share"
          disabled={found === undefined || name.value.trim() === ''}
          onClick={() => {
            if (found) download(`${name.value.trim()}.${ending}`, found.bytes, typeOf(found))
          }}
        >
          {found ? `Save it, ${kilobytes(found.bytes.length)}` : 'Save it'}
        </Button>
      </div>
    </section>
  )
}

const typeOf = ({ kind }: SharedFile): string => (kind === 'report' ? 'application/json' : 'application/zip')

function neededFor({ kind }: SharedFile, canRunAgain: boolean): string {
  const open = `Whoever gets it drops it on this page, or has boardless ${TOOL_VERSION}: boardless view FILE.`
  if (kind === 'report') return `${open} A report has figures alone: no timeline, and nothing to run again.`
  return canRunAgain
    ? `${open} Any moment of it can be run again there: source lines, disassembly, the timeline to a cycle. Source files are not in it.`
    : `${open} Nothing of it can be run again there: what was folded stays so, without source lines and disassembly. Names of functions, the console’s text and RAM at the snapshots are in it all the same.`
}

function ThisAddress({ run }: { readonly run: OpenRun }) {
  const copied = useSignal<'no' | 'yes' | 'refused'>('no')
  const { open } = address.value.values
  const url = location.href
  const isLocal = ['127.0.0.1', 'localhost'].includes(location.hostname)
  return (
    <section class={own['part']} aria-label="Address">
      <h3>Address of what is seen</h3>
      <Field label="Address">
        <input
          class={inputClass}
          readOnly
          value={url}
          onFocus={({ currentTarget }) => {
            currentTarget.select()
          }}
        />
      </Field>
      <p class="soft">
        It has the view, the stretch and what is chosen.{' '}
        {open === undefined
          ? `The run is not in it: whoever opens it opens ${run.facts.value?.title ?? 'the same file'} there too.`
          : `It opens ${open} from the server of this page.`}{' '}
        {isLocal &&
          'That server answers on this machine alone: for others, boardless view --out FOLDER writes the page with its run for any web server.'}
      </p>
      <div class={own['act']}>
        <Button
          icon="pin"
          onClick={() => {
            navigator.clipboard.writeText(url).then(
              () => (copied.value = 'yes'),
              () => (copied.value = 'refused'),
            )
          }}
        >
          Copy address
        </Button>
        <span role="status" class="soft">
          {copied.value === 'yes' && 'Copied.'}
          {copied.value === 'refused' && 'The browser does not let the page copy: choose the address above.'}
        </span>
      </div>
    </section>
  )
}
