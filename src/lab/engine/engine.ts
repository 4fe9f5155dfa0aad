/** Makes what is not made yet, as many things at once as there are hands, in an order that their needs allow. */
import type { Measurement } from '../measurement.ts'
import type { Made } from '../outcome.ts'
import { tasksOf, type Planned, type Task } from './plan.ts'
import type { Store } from './store.ts'

/** Measurements for one hand, with the results that they need. */
export interface Job {
  readonly name: string
  readonly measurements: readonly Planned[]
  readonly needs: readonly { readonly key: string; readonly made: Made }[]
}

/** Something that does one job at a time: a thread. */
export interface Hand {
  /** @throws what went wrong, other than what cannot be measured */
  run(job: Job, onMade: (key: string, made: Made) => void, onStep: (step: string) => void): Promise<void>
}

export interface Status {
  readonly done: number
  readonly total: number
  readonly fromCache: number
  /** 0 to 1, by what things cost. */
  readonly fraction: number
  /** null until something is known. */
  readonly secondsLeft: number | null
  readonly running: readonly string[]
}

export interface EngineOptions {
  readonly plan: readonly Planned[]
  readonly store: Store
  /** What a result depends on, as a key of the store. */
  readonly cacheKey: (measurement: Measurement, needs: readonly Made[]) => string
  readonly hands: readonly Hand[]
  readonly signal: AbortSignal
  readonly onStatus?: (status: Status) => void
}

export type MadeResults = ReadonlyMap<string, Made>

export class Interrupted extends Error {}

/** @throws Interrupted, or what a hand throws; what is finished by then is in the store */
export async function measure(options: EngineOptions): Promise<{ results: MadeResults; fromCache: number }> {
  const engine = new Engine(options)
  await engine.run()
  return { results: engine.results, fromCache: engine.fromCache }
}

class Engine {
  readonly results = new Map<string, Made>()
  fromCache = 0
  readonly #options: EngineOptions
  readonly #waiting: Task[]
  readonly #built = new Set<string>()
  readonly #building = new Set<string>()
  readonly #running = new Map<string, string>()
  readonly #cost: { readonly total: number; done: number; made: number }
  readonly #writes: Promise<void>[] = []
  readonly #began = performance.now()

  constructor(options: EngineOptions) {
    this.#options = options
    const tasks = tasksOf(options.plan)
    const needed = new Set(tasks.flatMap(({ needs }) => needs))
    const urgent = ({ measurements }: Task): boolean => measurements.some(({ key }) => needed.has(key))
    // What others wait for first, then the longest, so that little is left over at the end.
    this.#waiting = tasks.sort((a, b) => Number(urgent(b)) - Number(urgent(a)) || b.cost - a.cost)
    this.#cost = { total: tasks.reduce((sum, { cost }) => sum + cost, 0), done: 0, made: 0 }
  }

  async run(): Promise<void> {
    try {
      await Promise.all(this.#options.hands.map((hand) => this.#work(hand)))
    } finally {
      await Promise.all(this.#writes)
    }
  }

  #waiters: (() => void)[] = []
  #failed: unknown

  async #work(hand: Hand): Promise<void> {
    for (;;) {
      if (this.#failed !== undefined) return
      if (this.#options.signal.aborted) throw new Interrupted()
      const task = this.#next()
      if (task === undefined) {
        if (this.#waiting.length === 0) return
        await new Promise<void>((resolve) => this.#waiters.push(resolve))
        continue
      }
      try {
        await this.#do(task, hand)
      } catch (error) {
        this.#failed ??= error
        throw error
      } finally {
        this.#waiters.splice(0).forEach((wake) => wake())
      }
    }
  }

  #next(): Task | undefined {
    const index = this.#waiting.findIndex(
      ({ needs, libraries }) =>
        needs.every((key) => this.results.has(key)) &&
        (libraries === undefined || this.#built.has(libraries) || !this.#building.has(libraries)),
    )
    const [task] = index < 0 ? [] : this.#waiting.splice(index, 1)
    if (task?.libraries !== undefined) this.#building.add(task.libraries)
    return task
  }

  async #do(task: Task, hand: Hand): Promise<void> {
    const { store, cacheKey } = this.#options
    const needs = task.needs.map((key) => ({ key, made: this.#known(key) }))
    const keys = new Map<string, string>()
    const missing: Planned[] = []
    for (const planned of task.measurements) {
      const key = cacheKey(
        planned.measurement,
        needs.map(({ made }) => made),
      )
      keys.set(planned.key, key)
      const text = await store.get(key)
      if (text === undefined) missing.push(planned)
      else {
        this.results.set(planned.key, JSON.parse(text) as Made)
        this.fromCache++
      }
    }
    if (missing.length > 0) {
      this.#running.set(task.name, '')
      this.#tell()
      const onMade = (key: string, made: Made): void => {
        const text = JSON.stringify(made)
        // Read back: what comes out of the cache another time is the same to the bit.
        this.results.set(key, JSON.parse(text) as Made)
        this.#writes.push(store.set(keys.get(key) ?? key, text))
        this.#tell()
      }
      await hand
        .run({ name: task.name, measurements: missing, needs }, onMade, (step) => {
          this.#running.set(task.name, step)
          this.#tell()
        })
        .finally(() => this.#running.delete(task.name))
      this.#cost.made += task.cost
      if (task.libraries !== undefined) this.#built.add(task.libraries)
    } else if (task.libraries !== undefined && !this.#built.has(task.libraries)) {
      this.#building.delete(task.libraries)
    }
    this.#cost.done += task.cost
    this.#tell()
  }

  #known(key: string): Made {
    const made = this.results.get(key)
    if (made === undefined) throw new Error('a task began before what it needs was finished')
    return made
  }

  #tell(): void {
    const { total, done, made } = this.#cost
    const seconds = (performance.now() - this.#began) / 1000
    this.#options.onStatus?.({
      done: this.results.size,
      total: this.#options.plan.length,
      fromCache: this.fromCache,
      fraction: total === 0 ? 1 : done / total,
      secondsLeft: made < 5 ? null : ((total - done) * seconds) / made,
      running: [...this.#running].map(([name, step]) => (step === '' ? name : `${name}: ${step}`)),
    })
  }
}
