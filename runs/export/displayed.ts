/** Units of tracks as people read them: picoamperes, in which currents are kept, are shown as microamperes. */
import { microampsText } from './time.ts'

export interface Displayed {
  readonly unit: string
  /** Plain ASCII, for names and headers. */
  readonly asciiUnit: string
  readonly factor: number
  readonly scaled: (value: number) => string
}

export const displayedIn = (unit: string): Displayed =>
  unit === 'pA'
    ? { unit: 'µA', asciiUnit: 'uA', factor: 1e-6, scaled: microampsText }
    : { unit, asciiUnit: unit, factor: 1, scaled: String }
