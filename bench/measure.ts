/** What one engine did with one workload. */
export interface Speed {
  readonly engine: string
  readonly instructionsPerSecond: number
  /** Where the engine counts cycles. */
  readonly cyclesPerSecond?: number
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface MeasureOptions {
  /** Runs that count; each repeats the work until this many seconds have passed. */
  readonly runs: number
  readonly seconds: number
}

/**
 * Seconds that one piece of work takes: the median of some runs after one that warms up compilers and caches.
 * @param work Does it once and gives the seconds that counted.
 */
export function measure(work: () => number, { runs, seconds }: MeasureOptions): number {
  const oneRun = (): number => {
    let spent = 0
    let times = 0
    for (; spent < seconds || times < 3; times++) spent += work()
    return spent / times
  }
  oneRun()
  return median(Array.from({ length: runs }, oneRun))
}

export function timed(action: () => void): number {
  const began = performance.now()
  action()
  return (performance.now() - began) / 1000
}
