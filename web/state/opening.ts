import { signal } from '@preact/signals'
import type { GivenFile, RunChoices } from '../../runs/session/choices.ts'
import type { BuildState, PageApp } from '../../runs/session/page-app.ts'
import { SessionError } from '../worker/link.ts'
import { OpenRun } from './open-run.ts'

/** What is open; the one in front is shown, others are there to compare with. */
export const openRuns = signal<readonly OpenRun[]>([])
export const current = signal<OpenRun | undefined>(undefined)
/** What could not be opened: what is wrong in the first line, and below it what a compiler printed last. */
export interface OpeningFailure {
  readonly message: string
  /** Of a raw binary that does not show where it goes: opens it there. */
  readonly withAddress?: (at: string) => Promise<OpenRun | undefined>
}

export const failure = signal<OpeningFailure | undefined>(undefined)
/** What is being opened, and how far its build is where it is built first. */
export const opening = signal<{ readonly name: string; readonly build?: BuildState } | undefined>(undefined)

/** What came with the page; undefined until that is known. */
export const apps = signal<readonly PageApp[] | undefined>(undefined)

/** Where a static build has no apps, there are none. */
export async function loadApps(): Promise<void> {
  const response = await fetch('./apps/apps.json').catch(() => undefined)
  apps.value = response?.ok ? ((await response.json()) as readonly PageApp[]) : []
}

/** Files that go into one chip, or one of any kind. */
type Files = readonly { readonly name: string; readonly bytes: Uint8Array }[]

/** Bytes by what they are, not by what they are called. @throws Error in one line */
async function open(run: OpenRun, files: Files, choices: RunChoices): Promise<void> {
  const { call } = run.link
  const [first, ...others] = files
  if (!first) throw new Error('there is no file.')
  const { bytes, name } = first
  if (bytes.length === 0) throw new Error(`${name}: the file is empty.`)
  if (others.length > 0) await run.put({ bytes, name, others }, choices)
  else if (startsWith(bytes, 'PK') && !(await call.isFirmwareZip(bytes)))
    await run.begin(call.openRecorded(bytes, name))
  else if (/\.json$/i.test(name)) await run.begin(call.openReport(new TextDecoder().decode(bytes), name))
  else await run.put({ bytes, name }, choices)
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Array.from(text).every((letter, i) => bytes[i] === letter.charCodeAt(0))

interface Wanted {
  readonly name: string
  readonly files: () => Promise<Files>
  readonly choices?: () => Promise<RunChoices>
  /** What is tried where they do not open like this. */
  readonly otherwise?: () => Promise<OpenRun | undefined>
}

/** How each was opened, so that it can be opened again. */
const sources = new WeakMap<OpenRun, Wanted>()

/** In place of one whose worker is gone: its files are read again, and a run here begins with what it was given. */
export async function openAgain(gone: OpenRun): Promise<void> {
  const wanted = sources.get(gone)
  if (!wanted) return
  const isLive = gone.facts.value?.kind === 'live'
  const given = gone.choices.value
  const run = await openThese(isLive ? { ...wanted, choices: () => Promise.resolve(given) } : wanted)
  if (!run) return
  gone.close()
  openRuns.value = openRuns.value
    .filter((one) => one !== gone && one !== run)
    .toSpliced(openRuns.value.indexOf(gone), 0, run)
}

/** Beside what is open already. */
async function openThese(wanted: Wanted, isInFront = true): Promise<OpenRun | undefined> {
  const { name, files, choices = () => Promise.resolve({}), otherwise } = wanted
  failure.value = undefined
  opening.value = { name }
  const run = new OpenRun()
  try {
    const [whole, given] = await Promise.all([files(), choices()])
    await open(run, whole, given)
    sources.set(run, wanted)
    openRuns.value = [...openRuns.value, run]
    if (isInFront) current.value = run
    return run
  } catch (cause) {
    run.close()
    if (otherwise) return await otherwise()
    const message = cause instanceof Error ? cause.message : String(cause)
    const needsAddress = cause instanceof SessionError && cause.needsAddress
    failure.value = { message, ...(needsAddress && { withAddress: (at) => openThese(placedAt(wanted, at)) }) }
    return undefined
  } finally {
    opening.value = undefined
  }
}

const placedAt = ({ choices, ...wanted }: Wanted, at: string): Wanted => ({
  ...wanted,
  choices: async () => ({ ...(await choices?.()), at }),
})

const bytesOf = async (file: File): Promise<Files[number]> => ({
  name: file.name,
  bytes: new Uint8Array(await file.arrayBuffer()),
})

export const openFile = (file: File): Promise<OpenRun | undefined> =>
  openThese({ name: file.name, files: async () => [await bytesOf(file)] })

/** Endings of what a page opens, where it is chosen. */
export const OPENABLE = '.elf,.axf,.out,.hex,.bin,.uf2,.zip,.boardless,.json'

const isFirmware = /\.(elf|axf|out|hex|ihex|bin|uf2|zip)$/i

/** Firmware that was given at once goes into one chip where it fits; else, and all else, each is by itself. */
export async function openFiles(files: readonly File[]): Promise<OpenRun | undefined> {
  const firmware = files.filter(({ name }) => isFirmware.test(name))
  if (firmware.length < 2) return openEach(files)
  const others = files.filter((file) => !firmware.includes(file))
  const together = await openThese({
    name: firmware.map(({ name }) => name).join(' + '),
    files: () => Promise.all(firmware.map(bytesOf)),
    otherwise: () => openEach(firmware),
  })
  return others.length === 0 ? together : ((await openEach(others)) ?? together)
}

/** One after the other; the first that fails is told. @returns the last that is open */
async function openEach(files: readonly File[]): Promise<OpenRun | undefined> {
  let last: OpenRun | undefined
  let failed: OpeningFailure | undefined
  for (const file of files) {
    last = (await openFile(file)) ?? last
    failed ??= failure.value
  }
  failure.value = failed
  return last
}

/** Beside what is in front, which stays there. */
export const openBeside = (file: File): Promise<OpenRun | undefined> =>
  openThese({ name: file.name, files: async () => [await bytesOf(file)] }, false)

/** Of the page's own server. */
export const openUrl = (url: string): Promise<OpenRun | undefined> =>
  openThese({ name: nameOf(url), files: async () => [await fetchedFile(url)] })

/** An app that came with the page, and what it is played. */
export const openApp = (app: PageApp): Promise<OpenRun | undefined> =>
  openThese({
    name: nameOf(app.firmware),
    files: async () => [await watching(app.progress, nameOf(app.firmware), fetchedFile(app.firmware))],
    choices: () => playedTo(app),
  })

/** What the sensors and the microphone of an app are played. @throws Error in one line */
export async function playedTo({ recordings: [recording], sound }: PageApp): Promise<RunChoices> {
  const [felt, heard] = await Promise.all([
    recording === undefined ? undefined : fetchedFile(recording),
    sound === undefined ? undefined : fetchedFile(sound),
  ])
  return { ...(felt && { recording: felt }), ...(heard && { sound: heard }) }
}

/** Between two looks at how far a build is. */
const LOOK_MILLISECONDS = 300

/** Shows how far what is waited for has come, where the server says it. */
async function watching<T>(path: string | undefined, name: string, wait: Promise<T>): Promise<T> {
  if (path === undefined) return wait
  const timer = setInterval(() => {
    void fetch(path)
      .then(async (response) => (response.ok ? ((await response.json()) as BuildState | null) : null))
      .catch(() => null)
      .then((build) => {
        if (build && opening.value?.name === name) opening.value = { name, build }
      })
  }, LOOK_MILLISECONDS)
  return wait.finally(() => {
    clearInterval(timer)
  })
}

const nameOf = (url: string): string => url.split('/').at(-1) ?? url

/** Of the page's own server. @throws Error in one line */
export const fetchedFile = async (url: string): Promise<GivenFile & Files[number]> => ({
  name: nameOf(url),
  bytes: await fetched(url),
})

async function fetched(url: string): Promise<Uint8Array> {
  const response = await fetch(url).catch(() => undefined)
  if (!response) throw new Error(`${url}: the server that this page came from does not answer.`)
  if (response.ok) return new Uint8Array(await response.arrayBuffer())
  // What the server says for people: such as that a compiler is missing.
  const why = response.status === 422 ? await response.text() : `the server answers ${response.status}.`
  throw new Error(`${url}: ${why.trim()}`)
}

export function closeRun(run: OpenRun): void {
  run.close()
  openRuns.value = openRuns.value.filter((one) => one !== run)
  if (current.value === run) current.value = openRuns.value.at(-1)
}
