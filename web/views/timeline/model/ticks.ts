import { CYCLES_PER_SECOND } from '../../../../emulator/time/ratio-clock.ts'

export interface Tick {
  readonly cycle: number
  readonly label: string
  readonly isMajor: boolean
}

export interface Ticks {
  readonly ticks: readonly Tick[]
  /** What the labels are counted from, where they would be too long by themselves. */
  readonly base: string
}

const UNITS = [
  ['s', 1],
  ['ms', 1e-3],
  ['µs', 1e-6],
  ['ns', 1e-9],
] as const

/** Round times, at least so many cycles from each other. */
export function ticksIn(from: number, to: number, least: number): Ticks {
  if (least < 4) return cycleTicks(from, to, least)
  const step = roundStep(least / CYCLES_PER_SECOND)
  const [unit, size] = UNITS.find(([, one]) => step >= one * 0.99999) ?? UNITS[3]
  const [first, last] = [
    Math.ceil(from / CYCLES_PER_SECOND / step),
    Math.floor(to / CYCLES_PER_SECOND / step),
  ]
  // Where a label would have more than six digits, it is counted from a round time before.
  const per = 1e6
  const isShort = (last * step) / size < per
  const base = isShort ? 0 : Math.floor((first * step) / (size * 1e3) + 1e-6) * 1e3
  const decimals = step / size >= 0.99999 ? 0 : 1
  const ticks: Tick[] = []
  const inSeconds = isShort && last * step >= 1 && step >= 0.99e-3
  for (let i = first; i <= last; i++) {
    if (inSeconds && step < 1) {
      const label = `${(i * step).toFixed(Math.ceil(-Math.log10(step) - 1e-6))} s`
      ticks.push({ cycle: i * step * CYCLES_PER_SECOND, label, isMajor: i % 5 === 0 })
      continue
    }
    const value = Math.max((i * step) / size - base, 0)
    const label =
      step >= 60 && unit === 's' ? clock(i * step) : `${isShort ? '' : '+'}${value.toFixed(decimals)} ${unit}`
    ticks.push({ cycle: i * step * CYCLES_PER_SECOND, label, isMajor: i % 5 === 0 })
  }
  return { ticks, base: isShort ? '' : seconds(base * size) }
}

/** Closer than a few cycles, whole cycles are marked. */
function cycleTicks(from: number, to: number, least: number): Ticks {
  const step = least <= 1 ? 1 : least <= 2 ? 2 : 5
  const base = Math.floor(from / 1000) * 1000
  const ticks: Tick[] = []
  for (let cycle = Math.ceil(from / step) * step; cycle <= to; cycle += step)
    ticks.push({ cycle, label: `+${cycle - base} c`, isMajor: cycle % (5 * step) === 0 })
  return { ticks, base: `cycle ${String(base).replace(/\B(?=(\d{3})+$)/g, ' ')}` }
}

const roundStep = (least: number): number => {
  if (least > 20)
    return [30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600].find((step) => step >= least) ?? 43_200
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9)
  return power * ([1, 2, 5, 10].find((one) => one * power >= least * 0.99999) ?? 10)
}

const clock = (seconds: number): string => {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const rest = String(Math.round(seconds % 60)).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest} h` : `${minutes}:${rest} min`
}

const seconds = (value: number): string => `${Number(value.toFixed(9))} s`

/** Round values of an axis that goes up to `most`. */
export function levelTicks(most: number, count: number): readonly number[] {
  const step = roundDecimal(most / count)
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step)
}

const roundDecimal = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9)
  return power * ([1, 2, 2.5, 5, 10].find((one) => one * power >= least * 0.99999) ?? 10)
}
