import type { PageApp } from '../../runs/session/page-app.ts'
import { heldOutRecording } from '../project.ts'
import { buildApp } from '../running/app.ts'
import { keywordAudioFile } from '../toolchain/apps/audio.ts'
import { Builds } from './builds.ts'
import type { Found } from './server.ts'

interface Offer {
  readonly app: string
  readonly kernels: 'reference' | 'cmsis-nn'
  readonly title: string
  readonly about: string
  readonly feelsMovement: boolean
  readonly hears?: boolean
}

const offers: Readonly<Record<string, Offer>> = {
  gesture: {
    app: 'gesture',
    kernels: 'cmsis-nn',
    title: 'Gesture, CMSIS-NN',
    about: 'A wrist-movement classifier that sleeps between windows, with Arm’s kernels.',
    feelsMovement: true,
  },
  'gesture-reference': {
    app: 'gesture',
    kernels: 'reference',
    title: 'Gesture, reference kernels',
    about: 'The same with TFLM’s portable kernels: what CMSIS-NN saves.',
    feelsMovement: true,
  },
  'gesture-5hz': {
    app: 'gesture-5hz',
    kernels: 'cmsis-nn',
    title: 'Gesture, 5 Hz',
    about: 'Five predictions a second: duty cycle and current.',
    feelsMovement: true,
  },
  keyword: {
    app: 'keyword',
    kernels: 'cmsis-nn',
    title: 'Keyword, CMSIS-NN',
    about: 'micro_speech of TFLM: yes and no, heard through the microphone.',
    feelsMovement: false,
    hears: true,
  },
}

const RECORDING = 'apps/heldout.csv'
const SOUND = 'apps/keyword.wav'

export const pageApps: readonly PageApp[] = Object.entries(offers).map(
  ([name, { title, about, feelsMovement, hears }]) => ({
    name,
    title,
    about,
    firmware: `apps/${name}.elf`,
    recordings: feelsMovement ? [RECORDING] : [],
    ...(hears && { sound: SOUND }),
  }),
)

const LIST = 'apps/apps.json'
const PROGRESS = /^building\/(.*)\.json$/

/** A file of the folder `apps` of the page, built where it must be. @returns undefined for one that there is none of */
export async function appFile(
  path: string,
  onProgress: (fraction: number, step?: string) => void,
): Promise<Found | undefined> {
  if (path === LIST) return { text: listOf(pageApps) }
  if (path === RECORDING) return { file: heldOutRecording() }
  if (path === SOUND) return { file: await keywordAudioFile() }
  const found = pageApps.find(({ firmware }) => firmware === path)
  const offer = found && offers[found.name]
  if (!offer) return undefined
  const { elfPath } = await buildApp(offer.app, { kernels: offer.kernels }, onProgress)
  return { file: elfPath }
}

const listOf = (apps: readonly PageApp[]): string => `${JSON.stringify(apps, undefined, 2)}\n`

/** The same, served: what takes long to build can be watched. */
export function servedApps(builds = new Builds()): (path: string) => Promise<Found | undefined> {
  const served = pageApps.map((app) => ({ ...app, progress: `building/${app.firmware}.json` }))
  return async (path) => {
    if (path === LIST) return { text: listOf(served) }
    const [, watched] = PROGRESS.exec(path) ?? []
    if (watched === undefined)
      return appPaths.includes(path)
        ? builds.follow(path, (onProgress) => appFile(path, onProgress))
        : undefined
    return { text: JSON.stringify(builds.stateOf(watched) ?? null) }
  }
}

export const appPaths: readonly string[] = [
  LIST,
  RECORDING,
  SOUND,
  ...pageApps.map(({ firmware }) => firmware),
]
