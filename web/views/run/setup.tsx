import { useSignal, type Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { HOW_ELSE } from '../../../runs/image/files/binary.ts'
import { duration, hexadecimal } from '../../../runs/report/show/format.ts'
import type { GivenFile, RunChoices } from '../../../runs/session/choices.ts'
import { Button, Field, inputClass, Segments } from '../../design/controls.tsx'
import { FileButton } from '../../design/file-choice.tsx'
import { Panel } from '../../design/surfaces.tsx'
import type { OpenRun } from '../../state/open-run.ts'
import { apps, fetchedFile } from '../../state/opening.ts'
import { Advanced } from './advanced.tsx'
import { boardChoices } from './boards.ts'
import type { Change, Mutable } from './change.ts'
import type { Desk } from './desk.ts'
import { recordMotion, recordSound } from './devices.ts'
import { DrawRecording } from './draw.tsx'
import styles from './run.module.css'

const DEVICE_SECONDS = 10

/** What the run is given beside its firmware: before it begins. */
export function SetupPanel({ run, desk }: { readonly run: OpenRun; readonly desk: Desk }) {
  const { board = 'nano33ble', end = 'stop' } = run.choices.value
  const change = (changes: Partial<Mutable>): void => {
    void desk.give(withoutEmpty({ ...run.choices.value, ...changes }))
  }
  return (
    <Panel title="What it is given" aside={<span class="soft">{run.firmware?.name}</span>}>
      <div class={styles['setup']}>
        <Field label="Board">
          <select
            class={inputClass}
            value={board}
            onChange={({ currentTarget }) => {
              change({ board: currentTarget.value })
            }}
          >
            {boardChoices.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </Field>
        <Begins run={run} change={change} />
        <Felt run={run} change={change} />
        <Heard run={run} change={change} />
        <div class={styles['pair']}>
          <Field label="For how long">
            <input
              class={inputClass}
              placeholder="until it ends"
              value={run.choices.value.duration ?? ''}
              onChange={({ currentTarget }) => {
                change({ duration: currentTarget.value.trim() })
              }}
            />
          </Field>
          <div class={styles['fieldLike']}>
            <span>At the end of what it is played</span>
            <Segments
              label="At the end of what it is played"
              options={[
                ['stop', 'Stop'],
                ['loop', 'Again'],
                ['hold', 'Hold'],
              ]}
              value={end}
              onChange={(chosen) => {
                change({ end: chosen })
              }}
            />
          </div>
        </div>
        <Advanced run={run} change={change} />
      </div>
    </Panel>
  )
}

/** Where a raw binary goes, and what has run before. */
function Begins({ run, change }: { readonly run: OpenRun; readonly change: Change }) {
  const { at, boot } = run.choices.value
  const facts = run.facts.value?.firmware
  if (!facts) return null
  const { binaryAt, bootloader, began, notes, warnings } = facts
  return (
    <>
      {notes.length > 0 && (
        <div class={styles['fieldLike']}>
          {notes.map((note) => (
            <span key={note}>
              {run.firmware?.name} {note.replace(HOW_ELSE, '')}
            </span>
          ))}
        </div>
      )}
      {binaryAt !== undefined && (
        <Field label="Address of the raw binary">
          <input
            class={inputClass}
            placeholder={hexadecimal(binaryAt, 1)}
            value={at ?? ''}
            onChange={({ currentTarget }) => {
              change({ at: currentTarget.value.trim() })
            }}
          />
        </Field>
      )}
      {bootloader !== undefined && (
        <div class={styles['fieldLike']}>
          <span>Begins</span>
          <Segments
            label="Begins"
            options={[
              ['left', 'As its bootloader leaves it'],
              ['none', 'Bare'],
            ]}
            value={boot ?? 'left'}
            onChange={(chosen) => {
              change({ boot: chosen === 'none' ? chosen : undefined })
            }}
          />
          {began.leaves.length > 0 && (
            <span class="soft">
              {began.bootloader}: {began.leaves.join(', ')}
            </span>
          )}
        </div>
      )}
      {warnings.map((warning) => (
        <span key={warning} class={styles['note']}>
          {warning}
        </span>
      ))}
    </>
  )
}

const withoutEmpty = (choices: Partial<Mutable>): RunChoices =>
  Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== '' && value !== undefined))

/** What its motion sensors feel. */
function Felt({ run, change }: { readonly run: OpenRun; readonly change: Change }) {
  const isDrawing = useSignal(false)
  const { recording, feelsMotion } = run.choices.value
  const shipped = (apps.value ?? []).flatMap(({ recordings }) => recordings)
  const facts = run.facts.value?.recording
  const use = (file: GivenFile | undefined): void => {
    isDrawing.value = false
    change({ recording: file, feelsMotion: undefined })
  }
  return (
    <Source
      label="Its motion sensors feel"
      what={feelsMotion ? 'this device, as it moves' : (recording?.name ?? 'nothing')}
      more={
        facts &&
        `${facts.format}, ${facts.rows} rows, ${duration(facts.durationSeconds)}${facts.sampleRateHz === null ? '' : ` at ${Number(facts.sampleRateHz.toFixed(2))} Hz`}`
      }
      notes={
        facts?.notes.map(
          ({ message, count, line }) =>
            `${message}${count > 1 ? `, ${count} times` : ''}${line > 0 ? `, line ${line}` : ''}`,
        ) ?? []
      }
      below={isDrawing.value && <DrawRecording onDone={use} />}
    >
      {(trouble) => (
        <>
          <Shipped paths={shipped} trouble={trouble} use={use} />
          <FileChoice text="A file" accept=".csv,.txt,.json,.resd,.log" use={use} />
          <Button onClick={() => (isDrawing.value = !isDrawing.value)} pressed={isDrawing.value}>
            Draw
          </Button>
          <Choice
            text={`Record ${DEVICE_SECONDS} s here`}
            trouble={trouble}
            act={async () => {
              use(await recordMotion(DEVICE_SECONDS))
            }}
          />
          <Button
            pressed={feelsMotion ?? false}
            onClick={() => {
              change({ recording: undefined, feelsMotion: feelsMotion ? undefined : true })
            }}
          >
            Live
          </Button>
          {(recording || feelsMotion) && (
            <Button
              kind="quiet"
              onClick={() => {
                use(undefined)
              }}
            >
              Nothing
            </Button>
          )}
        </>
      )}
    </Source>
  )
}

/** What its microphone hears. */
function Heard({ run, change }: { readonly run: OpenRun; readonly change: Change }) {
  const { sound, board = 'nano33ble' } = run.choices.value
  if (board === 'nrf52840dk') return null
  const shipped = (apps.value ?? []).flatMap(({ sound }) => sound ?? [])
  const use = (file: GivenFile | undefined): void => {
    change({ sound: file })
  }
  return (
    <Source label="Its microphone hears" what={sound?.name ?? 'silence'}>
      {(trouble) => (
        <>
          <Shipped paths={shipped} trouble={trouble} use={use} />
          <FileChoice text="A WAV file" accept=".wav" use={use} />
          <Choice
            text={`Record ${DEVICE_SECONDS} s here`}
            trouble={trouble}
            act={async () => {
              use(await recordSound(DEVICE_SECONDS))
            }}
          />
          {sound && (
            <Button
              kind="quiet"
              onClick={() => {
                use(undefined)
              }}
            >
              Nothing
            </Button>
          )}
        </>
      )}
    </Source>
  )
}

function Source({
  label,
  what,
  more,
  notes = [],
  below,
  children,
}: {
  readonly label: string
  readonly what: string
  readonly more?: string | undefined
  readonly notes?: readonly string[]
  readonly below?: ComponentChildren
  readonly children: (trouble: Signal<string>) => ComponentChildren
}) {
  const trouble = useSignal('')
  return (
    <div class={styles['source']} role="group" aria-label={label}>
      <span class={styles['sourceLabel']}>{label}</span>
      <span>
        <strong>{what}</strong> {more !== undefined && <span class="soft">{more}</span>}
      </span>
      {notes.map((note) => (
        <span key={note} class={styles['note']}>
          {note}
        </span>
      ))}
      <div class={styles['choices']}>{children(trouble)}</div>
      {trouble.value !== '' && (
        <span class={styles['bad']} role="alert">
          {trouble.value}
        </span>
      )}
      {below}
    </div>
  )
}

/** What came with the page. */
const Shipped = ({
  paths,
  trouble,
  use,
}: {
  readonly paths: readonly string[]
  readonly trouble: Signal<string>
  readonly use: (file: GivenFile) => void
}) => (
  <>
    {[...new Set(paths)].map((path) => (
      <Choice
        key={path}
        text={path.split('/').at(-1) ?? path}
        trouble={trouble}
        act={async () => {
          use(await fetchedFile(path))
        }}
      />
    ))}
  </>
)

function Choice({
  text,
  act,
  trouble,
}: {
  readonly text: string
  readonly act: () => Promise<void>
  readonly trouble: Signal<string>
}) {
  const isBusy = useSignal(false)
  return (
    <Button
      disabled={isBusy.value}
      onClick={() => {
        isBusy.value = true
        trouble.value = ''
        act()
          .catch((cause: unknown) => (trouble.value = cause instanceof Error ? cause.message : String(cause)))
          .finally(() => (isBusy.value = false))
      }}
    >
      {text}
      {isBusy.value && ' …'}
    </Button>
  )
}

const FileChoice = ({
  text,
  accept,
  use,
}: {
  readonly text: string
  readonly accept: string
  readonly use: (file: GivenFile) => void
}) => (
  <FileButton
    choice={{
      accept,
      label: text,
      take: ([file]) => {
        use({ name: file.name, bytes: file })
      },
    }}
  >
    {text}
  </FileButton>
)
