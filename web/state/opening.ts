import { signal } from '@preact/signals'
import type { GivenFile, RunChoices } from '../../runs/session/choices.ts'
import type { PageApp } from '../../runs/session/page-app.ts'
import { OpenRun } from './open-run.ts'

/** What is open; the one in front is shown, others are there to compare with. */
export const openRuns = signal<readonly OpenRun[]>([])
export const current = signal<OpenRun | undefined>(undefined)
/** What could not be opened, in one line. */
export const failure = signal<string | undefined>(undefined)
/** What is being opened. */
export const opening = signal<string | undefined>(undefined)

/** What came with the page; undefined until that is known. */
export const apps = signal<readonly PageApp[] | undefined>(undefined)

/** Where a static build has no apps, there are none. */
export async function loadApps(): Promise<void> {
  const response = await fetch('./apps/apps.json').catch(() => undefined)
  apps.value = response?.ok ? ((await response.json()) as readonly PageApp[]) : []
}

/** Bytes by what they are, not by what they are called. @throws Error in one line */
async function open(run: OpenRun, bytes: Uint8Array, name: string, choices: RunChoices): Promise<void> {
  const { call } = run.link
  if (bytes.length === 0) throw new Error(`${name}: the file is empty.`)
  if (startsWith(bytes, 'PK')) await run.begin(call.openRecorded(bytes, name))
  else if (/\.json$/i.test(name)) await run.begin(call.openReport(new TextDecoder().decode(bytes), name))
  else await run.put({ bytes, name }, choices)
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Array.from(text).every((letter, i) => bytes[i] === letter.charCodeAt(0))

/** Beside what is open already. */
export async function openBytes(
  name: string,
  bytes: () => Promise<Uint8Array>,
  choices: () => Promise<RunChoices> = () => Promise.resolve({}),
  isInFront = true,
): Promise<OpenRun | undefined> {
  failure.value = undefined
  opening.value = name
  const run = new OpenRun()
  try {
    const [whole, given] = await Promise.all([bytes(), choices()])
    await open(run, whole, name, given)
    openRuns.value = [...openRuns.value, run]
    if (isInFront) current.value = run
    return run
  } catch (cause) {
    run.close()
    failure.value = cause instanceof Error ? cause.message : String(cause)
    return undefined
  } finally {
    opening.value = undefined
  }
}

export const openFile = (file: File): Promise<OpenRun | undefined> =>
  openBytes(file.name, async () => new Uint8Array(await file.arrayBuffer()))

/** Beside what is in front, which stays there. */
export const openBeside = (file: File): Promise<OpenRun | undefined> =>
  openBytes(file.name, async () => new Uint8Array(await file.arrayBuffer()), undefined, false)

/** Of the page's own server. */
export const openUrl = (url: string): Promise<OpenRun | undefined> =>
  openBytes(nameOf(url), () => fetched(url))

/** An app that came with the page, and what it is played. */
export const openApp = ({
  firmware,
  recordings: [recording],
  sound,
}: PageApp): Promise<OpenRun | undefined> =>
  openBytes(
    nameOf(firmware),
    () => fetched(firmware),
    async () => ({
      ...(recording !== undefined && { recording: await fetchedFile(recording) }),
      ...(sound !== undefined && { sound: await fetchedFile(sound) }),
    }),
  )

const nameOf = (url: string): string => url.split('/').at(-1) ?? url

/** Of the page's own server. @throws Error in one line */
export const fetchedFile = async (url: string): Promise<GivenFile> => ({
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
