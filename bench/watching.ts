import Table from 'cli-table3'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newKeeper, recording } from '../runs/recording/recorded-run.ts'
import type { ObserveOptions } from '../runs/simulation/observe-options.ts'
import { loadImage } from '../src/files/image.ts'
import { Run } from '../runs/simulation/run.ts'
import { projectRoot } from '../src/toolchain/paths.ts'
import { compile } from '../test/cli/firmware.ts'
import { all } from '../test/snapshot/scenarios.ts'
import { median } from './measure.ts'

/** What is watched beside what a run reports anyway. */
const watched = {
  tracks: () => ({ attach: recording().attach }),
  snapshots: () => ({ snapshots: newKeeper() }),
  functions: () => ({ calls: true }),
} as const satisfies Record<string, () => Partial<ObserveOptions>>
type Watched = keyof typeof watched
const kinds = Object.keys(watched) as Watched[]

export interface Watching {
  readonly firmware: string
  readonly instructions: number
  readonly cycles: number
  /** Of a run that nobody watches, in the processor's time. */
  readonly seconds: number
  /** How many times as long it takes with each; and each ratio was of two runs, one after the other. */
  readonly ratio: Readonly<Record<Watched, number>>
}

const CLOCK_HZ = 64_000_000

/** A call every 32 instructions: what recording calls costs at most, about. */
const callsOptions = async (): Promise<ObserveOptions> => {
  const busy = await optionsOf('busy')
  const source = readFileSync(join(projectRoot(), 'bench', 'watching', 'calls.c'), 'utf8')
  return { ...busy, image: await loadImage(compile('calls', source, '-O2 -g')) }
}

const optionsOf = async (name: string): Promise<ObserveOptions> => {
  const options = await all.find((one) => one.name === name)?.make()
  if (!options) throw new Error(`no firmware ${name}`)
  return options
}

const firmware: readonly { name: string; seconds: number; make: () => Promise<ObserveOptions> }[] = [
  { name: 'gesture, 99.5 % asleep', seconds: 240, make: () => optionsOf('gesture') },
  { name: 'gesture-5hz, 99 % asleep', seconds: 120, make: () => optionsOf('gesture-5hz') },
  { name: 'keyword, mostly busy', seconds: 8, make: () => optionsOf('keyword') },
  { name: 'a call every 32 instructions', seconds: 2, make: callsOptions },
]

/** Runs of each firmware in turns, without and with; medians of the ratios of neighbours. */
export async function measureWatching(
  runs: number,
  onProgress: (done: number, of: number) => void,
): Promise<Watching[]> {
  const results: Watching[] = []
  for (const [i, { name, seconds, make }] of firmware.entries()) {
    const limited = { ...(await make()), limitCycles: seconds * CLOCK_HZ }
    const plain: number[] = []
    const ratios: Record<Watched, number[]> = { tracks: [], snapshots: [], functions: [] }
    let last: Run | undefined
    for (let run = 0; run <= runs; run++) {
      onProgress(i + run / (runs + 1), firmware.length)
      for (const kind of kinds) {
        const without = await timed(limited)
        const other = await timed({ ...limited, ...watched[kind]() })
        last = without.run
        // The first time V8 is still compiling.
        if (run === 0) continue
        plain.push(without.seconds)
        ratios[kind].push(other.seconds / without.seconds)
      }
    }
    results.push({
      firmware: name,
      instructions: last?.machine.instructions ?? 0,
      cycles: last?.machine.now ?? 0,
      seconds: median(plain),
      ratio: {
        tracks: median(ratios.tracks),
        snapshots: median(ratios.snapshots),
        functions: median(ratios.functions),
      },
    })
  }
  return results
}

/** In the time of the process: what else the computer does counts less. */
async function timed(options: ObserveOptions): Promise<{ run: Run; seconds: number }> {
  const run = new Run(options)
  const before = process.cpuUsage()
  await run.toEnd()
  const { user, system } = process.cpuUsage(before)
  return { run, seconds: (user + system) / 1e6 }
}

const percent = (ratio: number): string =>
  `${ratio >= 1 ? '+' : '-'}${Math.abs(100 * (ratio - 1)).toFixed(1)} %`

export function watchingTable(results: readonly Watching[]): string {
  const table = new Table({
    head: ['watched besides', 'M instr/s', 'tracks', 'snapshots', 'functions'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const { firmware: name, instructions, seconds, ratio } of results)
    table.push([
      name,
      (instructions / seconds / 1e6).toFixed(1),
      percent(ratio.tracks),
      percent(ratio.snapshots),
      percent(ratio.functions),
    ])
  return `${table.toString()}\n`
}
