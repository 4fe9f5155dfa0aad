/** Units of sensors and of time, as people write them, and what they are in ours. */

/** Standard gravity (CGPM 1901). */
export const METRES_PER_SECOND_SQUARED_PER_G = 9.80665

export type Kind = 'a' | 'g' | 'm'
/** What everything downstream uses. */
export const KIND_UNITS: Readonly<Record<Kind, string>> = { a: 'g', g: 'dps', m: 'gauss' }

interface Unit {
  readonly kind: Kind
  /** To the unit of its kind. */
  readonly factor: number
  readonly written: readonly string[]
}

/** By the suffix of our own column names; `written` is in lower case and without blanks, ^, * and brackets. */
const UNITS: Readonly<Record<string, Unit>> = {
  g: { kind: 'a', factor: 1, written: ['g', 'gs', 'gn', 'gforce', 'standardgravity'] },
  mg: { kind: 'a', factor: 1e-3, written: ['mg', 'millig'] },
  ms2: {
    kind: 'a',
    factor: 1 / METRES_PER_SECOND_SQUARED_PER_G,
    written: ['ms2', 'm/s2', 'm/s²', 'ms-2', 'ms⁻²', 'm/s/s', 'mps2', 'm/sec2'],
  },
  dps: { kind: 'g', factor: 1, written: ['dps', 'deg/s', '°/s', 'º/s', 'degrees/s', 'deg/sec', 'degs'] },
  mdps: { kind: 'g', factor: 1e-3, written: ['mdps'] },
  rads: { kind: 'g', factor: 180 / Math.PI, written: ['rads', 'rad/s', 'radians/s', 'rad/sec', 'rads-1'] },
  gauss: { kind: 'm', factor: 1, written: ['gauss'] },
  mgauss: { kind: 'm', factor: 1e-3, written: ['mgauss', 'milligauss'] },
  ut: { kind: 'm', factor: 0.01, written: ['ut', 'µt', 'μt', 'microtesla', 'microteslas'] },
}

const TIME_UNITS: Readonly<
  Record<string, { readonly seconds: number; readonly written: readonly string[] }>
> = {
  s: { seconds: 1, written: ['s', 'sec', 'secs', 'second', 'seconds'] },
  ms: { seconds: 1e-3, written: ['ms', 'msec', 'millis', 'millisecond', 'milliseconds'] },
  us: { seconds: 1e-6, written: ['us', 'µs', 'μs', 'usec', 'micros', 'microsecond', 'microseconds'] },
  ns: { seconds: 1e-9, written: ['ns', 'nsec', 'nanos', 'nanosecond', 'nanoseconds'] },
}

const plain = (written: string): string => written.toLowerCase().replace(/[\s^*()[\]]/g, '')

const suffixOf = (
  units: Readonly<Record<string, { readonly written: readonly string[] }>>,
  written: string,
): string | undefined => Object.keys(units).find((suffix) => units[suffix]?.written.includes(plain(written)))

/** @returns the suffix of our column names, such as ms2, or undefined */
export const sensorUnit = (written: string): string | undefined => suffixOf(UNITS, written)
export const timeUnit = (written: string): string | undefined => suffixOf(TIME_UNITS, written)

export const kindOf = (suffix: string): Kind => UNITS[suffix]?.kind ?? 'a'
export const unitFits = (suffix: string, kind: Kind): boolean => UNITS[suffix]?.kind === kind
/** To g, degrees a second or gauss. */
export const factorOf = (suffix: string): number => UNITS[suffix]?.factor ?? NaN
export const secondsOf = (suffix: string): number => TIME_UNITS[suffix]?.seconds ?? NaN
export const unitsOf = (kind: Kind): readonly string[] =>
  Object.keys(UNITS).filter((suffix) => UNITS[suffix]?.kind === kind)
