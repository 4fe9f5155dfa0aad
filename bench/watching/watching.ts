import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { median } from '../measure.ts'
import { firmwareNames } from './firmware.ts'
import type { Timed, Watched } from './process.ts'

const kinds = ['tracks', 'snapshots', 'functions'] as const satisfies readonly Watched[]
type Kind = (typeof kinds)[number]

export interface Watching {
  readonly firmware: string
  readonly instructions: number
  /** Of a run that nobody watches, in the processor's time. */
  readonly seconds: number
  /** How many times as long it takes with each; each ratio was of two runs of one turn. */
  readonly ratio: Readonly<Record<Kind, number>>
}

/** Runs of each in whose time V8 is still compiling. */
const WARM_UP = 4

/** Runs of one firmware in a process that watches the same each time: as where somebody runs it, V8 knows nothing else. */
class Runs {
  readonly #process: ChildProcess

  constructor(firmware: string, watched: Watched) {
    this.#process = fork(fileURLToPath(new URL('process.js', import.meta.url)), [firmware, watched])
  }

  /** @throws Error where the process ended instead */
  async next(): Promise<Timed> {
    const over = new AbortController()
    const { signal } = over
    const answer = once(this.#process, 'message', { signal }) as Promise<[Timed]>
    const end = once(this.#process, 'exit', { signal }).then(([code]) => {
      throw new Error(`a run that is measured ended with ${String(code)}`)
    })
    this.#process.send('run')
    const [timed] = await Promise.race([answer, end])
    end.catch(() => undefined)
    over.abort()
    return timed
  }

  end(): void {
    this.#process.disconnect()
  }
}

/** Runs of each firmware in turns, without and with; medians of the ratios of each turn. */
export async function measureWatching(
  runs: number,
  onProgress: (done: number, of: number) => void,
): Promise<Watching[]> {
  const results: Watching[] = []
  for (const [i, firmware] of firmwareNames.entries()) {
    const without = new Runs(firmware, 'nothing')
    const watching = kinds.map((kind) => ({
      kind,
      runs: new Runs(firmware, kind),
      ratios: new Array<number>(),
    }))
    const plain: Timed[] = []
    for (let turn = -WARM_UP; turn < runs; turn++) {
      onProgress(i + (turn + WARM_UP) / (runs + WARM_UP), firmwareNames.length)
      const alone = await without.next()
      if (turn >= 0) plain.push(alone)
      for (const one of watching) {
        const { seconds } = await one.runs.next()
        if (turn >= 0) one.ratios.push(seconds / alone.seconds)
      }
    }
    for (const one of [without, ...watching.map((one) => one.runs)]) one.end()
    const ratioOf = (kind: Kind): number => median(watching.find((one) => one.kind === kind)?.ratios ?? [])
    results.push({
      firmware,
      instructions: plain[0]?.instructions ?? 0,
      seconds: median(plain.map(({ seconds }) => seconds)),
      ratio: {
        tracks: ratioOf('tracks'),
        snapshots: ratioOf('snapshots'),
        functions: ratioOf('functions'),
      },
    })
  }
  return results
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
