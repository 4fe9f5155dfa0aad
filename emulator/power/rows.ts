import type { Evidence, StateCurrent } from './coefficients.ts'

/** A row whose interval is the value times 1 - ratio to 1 + ratio. */
export const row = (
  microamps: number,
  ratio: number,
  evidence: Evidence,
  conditions: string,
  source: string,
  requests?: readonly string[],
): StateCurrent => ({
  microamps,
  range: [microamps * (1 - ratio), microamps * (1 + ratio)],
  conditions,
  source,
  evidence,
  ...(requests ? { requests } : {}),
})

export const estimate = (
  microamps: number,
  range: readonly [number, number],
  conditions: string,
  source: string,
  requests?: readonly string[],
): StateCurrent => ({
  microamps,
  range,
  conditions,
  source,
  evidence: 'estimate',
  ...(requests ? { requests } : {}),
})
