import { FileButton } from '../design/file-choice.tsx'
import { goTo } from '../state/address.ts'
import type { PageApp } from '../../runs/session/page-app.ts'
import { apps, current, OPENABLE, openApp, openFiles } from '../state/opening.ts'
import { firstViewOf } from '../views/index.ts'
import styles from './start.module.css'

/** Where nothing is open yet. */
export function Start() {
  return (
    <div class={styles['start']}>
      <div class={styles['lead']}>
        <h1>tinyML firmware, run here instead of on a board</h1>
        <p>
          Each instruction of the nRF52840 is emulated in this page, with its cycles and its current. Nothing
          is sent anywhere: firmware and recordings stay on this machine.
        </p>
      </div>
      <Apps />
      <Own />
    </div>
  )
}

function Apps() {
  if (apps.value === undefined || apps.value.length === 0) return null
  return (
    <section>
      <h2>Run one of these</h2>
      <div class={styles['apps']}>
        {apps.value.map((app) => (
          <AppCard key={app.name} app={app} />
        ))}
      </div>
    </section>
  )
}

const AppCard = ({ app }: { readonly app: PageApp }) => (
  <button
    type="button"
    class={styles['app']}
    onClick={() => {
      void show(openApp(app))
    }}
  >
    <strong>{app.title}</strong>
    <span class="soft">{app.about}</span>
  </button>
)

const Own = () => (
  <section>
    <h2>Or open your own</h2>
    <div class={styles['own']}>
      <p>
        Drop it anywhere on this page: firmware (ELF, HEX, BIN, UF2, DFU zip; several files of one chip at
        once), a run that <code>boardless run --record</code> wrote, or a report.
      </p>
      <FileButton
        kind="main"
        icon="open"
        choice={{
          accept: OPENABLE,
          several: 'files',
          take: (files) => {
            void show(openFiles(files))
          },
        }}
      >
        Choose files
      </FileButton>
    </div>
  </section>
)

async function show(opened: Promise<unknown>): Promise<void> {
  if (await opened) goTo(firstViewOf(current.value))
}
