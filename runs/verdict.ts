/**
 * Whether what is claimed is what was found: one rule and four words for `boardless lab` and `boardless power`.
 * A claim's range comes from how it is written (`asWritten`), or from a source that gives one.
 */

export const verdicts = ['holds', 'within our interval only', 'depends', 'does not hold'] as const
export type Verdict = (typeof verdicts)[number]

/** Both ends count as claimed; an open one is infinite. */
export type Range = readonly [lowest: number, highest: number]

/** Where our value lies, or that only its interval gets there. */
export type Finding = 'less' | 'as claimed' | 'within our interval only' | 'more'

export interface Ours {
  readonly value: number
  readonly interval: readonly [lowest: number, highest: number] | null
}

export function finding({ value, interval }: Ours, [lowest, highest]: Range): Finding {
  if (value >= lowest && value <= highest) return 'as claimed'
  const [least, most] = interval ?? [value, value]
  if (most >= lowest && least <= highest) return 'within our interval only'
  return value < lowest ? 'less' : 'more'
}

/**
 * Holds where the value of every case is as claimed; within our interval only, where no case is off and the value of
 * some is; depends, where some cases are off and others not, or off to either side.
 */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const has = (wanted: Finding): boolean => findings.includes(wanted)
  const off = has('less') || has('more')
  if (findings.length === 0) return 'does not hold'
  if (off) {
    const both = has('less') && has('more')
    return both || has('as claimed') || has('within our interval only') ? 'depends' : 'does not hold'
  }
  return has('within our interval only') ? 'within our interval only' : 'holds'
}

/** "1.2" is 1.15 to 1.25: a figure alone is rounded to its last digit. */
export function asWritten(figure: string, unit = 1): Range {
  if (!/^\d+(\.\d+)?$/.test(figure)) throw new Error(`no figure: ${figure}`)
  const half = 0.5 * 10 ** -(figure.split('.')[1]?.length ?? 0)
  return [(Number(figure) - half) * unit, (Number(figure) + half) * unit]
}

/** A kilobyte is 1000 bytes to some and 1024 to others. */
export const kilobytes = (least: number, most: number): Range => [1000 * least, 1024 * most]

export const tolerances =
  'Claims: a figure alone stands for what rounds to it (1.2 ms: 1.15 to 1.25; 4 times: 3.5 to 4.5; half: 1.5 to 2.5 times ' +
  'less); “2 to 4”, “or more”, “at most” mean their ends; kB is 1000 or 1024 bytes. It holds by our value; where only ' +
  'our interval gets there, that is said instead.'
