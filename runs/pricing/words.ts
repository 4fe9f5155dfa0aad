import { duration, grouped, percent } from '../report/show/format.ts'
import { current, life } from '../report/show/words/power.ts'
import type { BatteryReport } from '../report/power-report.ts'
import type { Check } from './check.ts'
import type { Priced } from './price.ts'

type Interval = Omit<Priced, 'chargeMicrocoulombs'>

/** "5 a second", "one in 10.7 s". */
export const rateWords = (rate: number): string =>
  rate >= 1 ? `${significant(rate)} a second` : `one in ${duration(1 / rate)}`

const significant = (value: number): string =>
  value >= 1000 ? grouped(value) : String(Number(value.toPrecision(4)))

/** Microamps. */
export const intervalWords = ({ averageMicroamps, lowMicroamps, highMicroamps }: Interval): string =>
  `${current(averageMicroamps)} uA (${current(lowMicroamps)} to ${current(highMicroamps)})`

export const lifeWords = ({ hours, lowHours, highHours }: BatteryReport): string =>
  `${life(hours)} (${life(lowHours)} to ${life(highHours)})`

/** Microamps with a sign; "no change" where there is none. */
export const changeWords = (microamps: number): string =>
  Math.abs(microamps) < 0.005 ? 'no change' : `${microamps < 0 ? '−' : '+'}${current(Math.abs(microamps))}`

export const deviationWords = (share: number): string => `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`

export const verdictWords = (check: Check): string =>
  check.kind === 'unknown' ? check.why.join(' ') : check.isInside ? 'inside' : 'outside'
