/** Which columns of a table are a time and a current, by their titles. */
import { timeUnit } from '../sensor-log/units.ts'

export interface CurrentColumn {
  readonly at: number
  readonly title: string
  /** In one of its unit. */
  readonly picoamps: number
  /** Where there are several (Otii measures two): that of the device. */
  readonly isMain: boolean
}

export interface TimeColumn {
  readonly at: number
  readonly title: string
  /** Suffix of sensor-log/units.ts; undefined where the title does not say. */
  readonly unit: string | undefined
}

/** In lower case. */
const PICOAMPS: Readonly<Record<string, number>> = {
  a: 1e12,
  amps: 1e12,
  ma: 1e9,
  ua: 1e6,
  µa: 1e6,
  μa: 1e6,
  na: 1e3,
  pa: 1,
}

const BRACKETS = /^(.*?)[\s_]*[([]\s*([^()[\]]*?)\s*[)\]]$/
const SUFFIX = /^(.+?)[_ ]([A-Za-zµμ]{1,4})$/

/** Name and unit: Current(uA), current [mA], current_nA. */
function split(title: string): readonly [name: string, unit: string | undefined] {
  const text = title.trim()
  const [, name, unit] = BRACKETS.exec(text) ?? SUFFIX.exec(text) ?? []
  return name === undefined ? [text, undefined] : [name, unit]
}

const SECOND = 's'
const isVoltage = (title: string): boolean => /(^|\.)(voltage|v)$/i.test(title.trim())
const isPlainCurrent = (title: string): boolean => /(^|\.)(current|i)$/i.test(title.trim())

/**
 * Joulescope's exports have no units: seconds, amperes and volts (pyjoulescope_ui: statistics_record.py writes
 * time,current,voltage,..., waveform_widget.py time,DEVICE.i,DEVICE.v).
 */
export const isJoulescope = (titles: readonly string[]): boolean =>
  titles[0]?.trim().toLowerCase() === 'time' && titles.some(isPlainCurrent) && titles.some(isVoltage)

export const currentColumns = (titles: readonly string[]): readonly CurrentColumn[] =>
  titles.flatMap((title, at): CurrentColumn[] => {
    const [name, unit] = split(title)
    const isMain = /main/i.test(name)
    const picoamps = unit === undefined ? undefined : PICOAMPS[unit.toLowerCase()]
    if (picoamps !== undefined) return [{ at, title, picoamps, isMain }]
    return isJoulescope(titles) && isPlainCurrent(title) ? [{ at, title, picoamps: 1e12, isMain }] : []
  })

export function timeColumn(titles: readonly string[]): TimeColumn | undefined {
  const columns = titles.flatMap((title, at): TimeColumn[] => {
    const [name, written] = split(title)
    if (!/^#?\s*(time|timestamp|t|elapsed( time)?)$/i.test(name)) return []
    const unit = written === undefined ? undefined : timeUnit(written)
    return [{ at, title, unit: unit ?? (isJoulescope(titles) ? SECOND : undefined) }]
  })
  return columns.find(({ unit }) => unit !== undefined) ?? columns[0]
}
