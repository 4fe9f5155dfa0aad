/** An engine with a piece of work to do over and over. */
export interface Engine {
  readonly name: string
  /** Instructions and, where the engine counts them, cycles of one piece of work. */
  readonly instructions: number
  readonly cycles?: number
  /** Does it once and gives the seconds that count. */
  work(): number | Promise<number>
}

/** What one engine did with one workload: medians. */
export interface Speed {
  readonly engine: string
  readonly instructionsPerSecond: number
  readonly cyclesPerSecond?: number
}

export interface MeasureOptions {
  readonly runs: number
  /** Each engine repeats its work this long in each run. */
  readonly seconds: number
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Before the first run: long enough for V8 to have compiled the interpreter a second time. */
const WARM_UP_SECONDS = 2

/** The engines take turns, so that what else the computer does meanwhile touches all of them. */
export async function measure(
  engines: readonly Engine[],
  { runs, seconds }: MeasureOptions,
  onProgress: (done: number, of: number) => void,
): Promise<Speed[]> {
  const steps = engines.length * (runs + 1)
  const taken = engines.map((): number[] => [])
  let done = 0
  for (let run = 0; run <= runs; run++)
    for (const [i, engine] of engines.entries()) {
      onProgress(done++, steps)
      const each = await secondsEach(engine, run === 0 ? WARM_UP_SECONDS : seconds)
      if (run > 0) taken[i]!.push(each)
    }
  return engines.map(({ name, instructions, cycles }, i) => {
    const each = median(taken[i]!)
    return {
      engine: name,
      instructionsPerSecond: instructions / each,
      ...(cycles !== undefined && { cyclesPerSecond: cycles / each }),
    }
  })
}

async function secondsEach(engine: Engine, seconds: number): Promise<number> {
  let spent = 0
  let times = 0
  for (; spent < seconds; times++) spent += await engine.work()
  return spent / times
}

export function timed(action: () => void): number {
  const began = performance.now()
  action()
  return (performance.now() - began) / 1000
}
