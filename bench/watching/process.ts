import { newKeeper, recording } from '../../runs/recording/recorded-run.ts'
import type { ObserveOptions } from '../../runs/simulation/observe-options.ts'
import { Run } from '../../runs/simulation/run.ts'
import { optionsFor } from './firmware.ts'

/** What is watched beside what a run reports anyway. */
const watched = {
  nothing: () => ({}),
  tracks: () => ({ attach: recording().attach }),
  snapshots: () => ({ snapshots: newKeeper() }),
  functions: () => ({ calls: true }),
} as const satisfies Record<string, () => Partial<ObserveOptions>>
export type Watched = keyof typeof watched

export interface Timed {
  /** Of the process, so that what else the computer does counts less. */
  readonly seconds: number
  readonly instructions: number
}

/** Each message asks for a run; its answer is a Timed. */
const [name = '', what = 'nothing'] = process.argv.slice(2)
const options = await optionsFor(name)

process.on('message', () => {
  void timed().then((result) => process.send?.(result))
})

async function timed(): Promise<Timed> {
  const run = new Run({ ...options, ...watched[what as Watched]() })
  const before = process.cpuUsage()
  await run.toEnd()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (user + system) / 1e6, instructions: run.machine.instructions }
}
