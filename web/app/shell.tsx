import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Button, Field, inputClass } from '../design/controls.tsx'
import { Icon } from '../design/icon.tsx'
import { Empty, Notice } from '../design/surfaces.tsx'
import { Start } from '../start/start.tsx'
import { address, goTo } from '../state/address.ts'
import { offer } from '../state/commands.ts'
import {
  closeRun,
  current,
  failure,
  openAgain,
  opening,
  openRuns,
  type OpeningFailure,
} from '../state/opening.ts'
import { theme, toggleTheme } from '../state/theme.ts'
import { firstViewOf, views, viewsOf } from '../views/index.ts'
import type { View } from '../views/view.ts'
import { DropTarget } from './drop.tsx'
import { Help, isHelpOpen } from './help.tsx'
import { isPaletteOpen, Palette } from './palette.tsx'
import { isShareOpen, Share } from './share.tsx'
import styles from './shell.module.css'
import { Place } from './place.tsx'
import { compareWith, offered } from '../state/comparing.ts'

const START = 'start'

const shown = (): View | undefined =>
  current.value === undefined || address.value.view === START
    ? undefined
    : (viewsOf(current.value).find(({ id }) => id === address.value.view) ?? viewsOf(current.value)[0])

offer([
  {
    id: 'palette',
    title: 'Command palette',
    group: 'Page',
    keys: 'Ctrl+k',
    run: () => (isPaletteOpen.value = true),
  },
  { id: 'help', title: 'Keys', group: 'Page', keys: '?', run: () => (isHelpOpen.value = true) },
  {
    id: 'share',
    title: 'Share',
    group: 'Page',
    keys: 'S',
    isPossible: () => current.value !== undefined,
    run: () => (isShareOpen.value = true),
  },
  { id: 'theme', title: 'Light or dark', group: 'Page', keys: 'g d', run: toggleTheme },
  {
    id: 'start',
    title: 'Open something else',
    group: 'Go to',
    keys: 'g s',
    run: () => {
      goTo(START)
    },
  },
  ...views.map(({ id, title, key }) => ({
    id: `view-${id}`,
    title,
    group: 'Go to',
    keys: `g ${key}`,
    isPossible: () => viewsOf(current.value).some((one) => one.id === id),
    run: () => {
      goTo(id)
    },
  })),
])

export function Shell() {
  const view = shown()
  const run = current.value
  useEffect(() => {
    document.title = run?.facts.value ? `${run.facts.value.title} · Boardless` : 'Boardless'
  })
  return (
    <div class={`${styles['shell'] ?? ''} ${run ? '' : (styles['bare'] ?? '')}`}>
      <Header />
      {run && <Rail shown={view} />}
      <main class={styles['main']} id="main" tabIndex={-1}>
        {view && run ? <Shown key={run.id} run={run} view={view} /> : <Start />}
      </main>
      <Toast />
      <DropTarget />
      <Palette />
      <Help />
      <Share />
    </div>
  )
}

const Shown = ({ run, view }: { readonly run: NonNullable<typeof current.value>; readonly view: View }) =>
  run.died.value === undefined ? (
    <Place key={view.id} view={view} run={run} />
  ) : (
    <Empty icon="warning" title="The emulator's worker stopped">
      <h1 class="unseen">{run.facts.value?.title}</h1>
      <p>
        {run.died.value}. What was on its timeline is gone with it. If it happens twice, the same run from the
        command line says more.
      </p>
      <div class={styles['choices']}>
        <Button
          kind="main"
          icon="reset"
          onClick={() => {
            void openAgain(run)
          }}
        >
          {run.facts.value?.kind === 'live' ? 'Begin it again' : 'Open it again'}
        </Button>
        <Button
          onClick={() => {
            closeRun(run)
            goTo(START)
          }}
        >
          Open something else
        </Button>
      </div>
    </Empty>
  )

const Header = () => (
  <header class={styles['header']}>
    <button
      type="button"
      class={styles['brand']}
      aria-label="Boardless: open something"
      onClick={() => {
        goTo(START)
      }}
    >
      <img src="./icon.svg" width="24" height="24" alt="" />
      <span>Boardless</span>
    </button>
    <nav class={styles['runs']} aria-label="Open runs">
      {openRuns.value.map((run) => (
        <span key={run.id} class={styles['run']} data-current={run === current.value ? '' : undefined}>
          <button
            type="button"
            class={styles['runName']}
            aria-current={run === current.value ? 'true' : undefined}
            onClick={() => {
              current.value = run
              if (address.value.view === START) goTo(firstViewOf(run))
            }}
          >
            {run.facts.value?.title}
          </button>
          <button
            type="button"
            class={styles['runClose']}
            aria-label={`Close ${run.facts.value?.title ?? ''}`}
            onClick={() => {
              closeRun(run)
            }}
          >
            <Icon name="close" size={13} />
          </button>
        </span>
      ))}
    </nav>
    <span class={styles['spacer']} />
    <button type="button" class={styles['hint']} onClick={() => (isPaletteOpen.value = true)}>
      <Icon name="search" size={15} />
      <span class={styles['wide']}>Do anything</span>
      <kbd>Ctrl K</kbd>
      <span class="unseen">command palette</span>
    </button>
    {current.value && (
      <Button kind="quiet" icon="share" title="Share" keys="S" onClick={() => (isShareOpen.value = true)} />
    )}
    <Button
      kind="quiet"
      icon={theme.value === 'dark' ? 'light' : 'dark'}
      title={theme.value === 'dark' ? 'Light' : 'Dark'}
      onClick={toggleTheme}
    />
    <Button kind="quiet" icon="help" title="Keys" keys="?" onClick={() => (isHelpOpen.value = true)} />
  </header>
)

const Rail = ({ shown: view }: { readonly shown: View | undefined }) => (
  <nav class={styles['rail']} aria-label="Views">
    {viewsOf(current.value).map(({ id, title, icon, key }) => (
      <button
        key={id}
        type="button"
        class={styles['place']}
        aria-current={view?.id === id ? 'page' : undefined}
        title={`${title} (g ${key})`}
        onClick={() => {
          goTo(id)
        }}
      >
        <Icon name={icon} size={20} />
        {title}
      </button>
    ))}
  </nav>
)

const Toast = () => {
  const [failed, under] = [failure.value, opening.value]
  if (failed)
    return (
      <div class={styles['toast']}>
        <Failed failed={failed} />
        <Button icon="close" title="Dismiss" onClick={() => (failure.value = undefined)} />
      </div>
    )
  if (!under) return <Offer />
  return (
    <div class={styles['toast']}>
      <Notice kind="note">
        {under.build ? `Building ${under.name}` : `Opening ${under.name}`} …
        {under.build && (
          <span class={styles['step']}>
            <progress value={under.build.fraction} aria-label={`Build of ${under.name}`} />
            <span class="soft">{under.build.step}</span>
          </span>
        )}
      </Notice>
    </div>
  )
}

/** Two are open: what can be done with both. */
function Offer() {
  const found = offered.value
  if (!found) return null
  const { before, after } = found
  return (
    <div class={styles['toast']}>
      <Notice kind="note">
        {after.facts.value?.title} is open beside {before.facts.value?.title}.
      </Notice>
      <Button
        icon="compare"
        onClick={() => {
          current.value = after
          compareWith(before)
        }}
      >
        Compare the two
      </Button>
      <Button icon="close" title="Dismiss" onClick={() => (offered.value = undefined)} />
    </div>
  )
}

/** What is wrong, and what the page can ask for to go on. */
function Failed({ failed: { message, withAddress } }: { readonly failed: OpeningFailure }) {
  const [line, ...printed] = message.split('\n')
  const at = useSignal('')
  const put = async (): Promise<void> => {
    if (await withAddress?.(at.value)) goTo(firstViewOf(current.value))
  }
  return (
    <Notice kind="bad">
      {withAddress ? line?.replace(/ Give --at ADDRESS.*$/, '') : line}
      {printed.length > 0 && <pre class={styles['printed']}>{printed.join('\n')}</pre>}
      {withAddress && (
        <form
          class={styles['ask']}
          onSubmit={(event) => {
            event.preventDefault()
            void put()
          }}
        >
          <Field label="Address of its first byte">
            <input
              class={inputClass}
              placeholder="0x10000"
              value={at.value}
              onInput={({ currentTarget }) => (at.value = currentTarget.value)}
            />
          </Field>
          <Button
            onClick={() => {
              void put()
            }}
          >
            Put it there
          </Button>
        </form>
      )}
    </Notice>
  )
}
