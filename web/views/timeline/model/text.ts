import { spanText } from '../../../../runs/recording/instant.ts'
import { grouped } from '../../../../runs/report/show/format.ts'
import { CYCLES_PER_SECOND } from '../../../../emulator/time/ratio-clock.ts'

/** With a proper sign for micro. */
export const lasting = (cycles: number): string => spanText(cycles).replace('us', 'µs')

/** A point in time, to a cycle where `perPixel` shows cycles. */
export function moment(cycle: number, perPixel = 1): string {
  const digits = Math.min(Math.max(Math.ceil(Math.log10(CYCLES_PER_SECOND / Math.max(perPixel, 0.1))), 3), 9)
  const [whole = '0', rest = ''] = (cycle / CYCLES_PER_SECOND).toFixed(digits).split('.')
  return `${grouped(Number(whole))}.${rest.replace(/(\d{3})(?=\d)/g, '$1\u202f')} s`
}

/** To the cycle, as it can be typed. */
export const exactly = (cycle: number): string =>
  `${(cycle / CYCLES_PER_SECOND).toFixed(9).replace(/\.?0+$/, '')} s`

export const cyclesText = (cycles: number): string => `${grouped(cycles)} cycle${cycles === 1 ? '' : 's'}`

/** A current from picoamperes, as it is read: three figures or more. */
export function current(picoamps: number): string {
  if (picoamps < 0) return `−${current(-picoamps)}`
  const microamps = picoamps / 1e6
  if (microamps >= 1000) return `${grouped(microamps / 1000, 3)} mA`
  if (microamps >= 1 || microamps === 0) return `${microamps.toFixed(microamps === 0 ? 0 : 2)} µA`
  return `${(microamps * 1000).toFixed(1)} nA`
}

/** On an axis. */
export const currentTick = (picoamps: number): string => {
  if (picoamps < 0) return `−${currentTick(-picoamps)}`
  if (picoamps >= 1e9) return `${Number((picoamps / 1e9).toFixed(2))} mA`
  if (picoamps >= 1e6) return `${Number((picoamps / 1e6).toFixed(2))} µA`
  return picoamps === 0 ? '0' : `${Number((picoamps / 1e3).toFixed(2))} nA`
}

export const value = (number: number): string =>
  Number.isInteger(number) ? grouped(number) : String(Number(number.toPrecision(5)))
