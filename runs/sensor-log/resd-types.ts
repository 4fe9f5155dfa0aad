/** Types of samples in RESD, by number: fields of 32 bits each, in units of their own (RESDSample.cs). */
import { factorOf } from './units.ts'

export interface ResdChannel {
  readonly name: string
  /** Of the values times `factor`. */
  readonly unit: string
  /** With the unit in the file. */
  readonly title: string
  readonly factor: number
  /** A motion sensor feels it. */
  readonly isMotion: boolean
}

interface ResdType {
  readonly name: string
  /** Of a sample without its time; 0 where it is not the same in all. */
  readonly bytes: number
  /** What is read of it, all signed; of others only the name is known. */
  readonly channels: readonly ResdChannel[]
}

/** Nanotesla in a gauss. */
const NANOTESLA = 1e5

const axes = (
  kind: string,
  what: string,
  written: string,
  unit: string,
  factor: number,
): readonly ResdChannel[] =>
  ['x', 'y', 'z'].map((axis) => ({
    name: `${kind}${axis}`,
    unit,
    title: `${what} ${axis} (${written})`,
    factor,
    isMotion: true,
  }))

const other = (name: string, bytes: number): ResdType => ({ name, bytes, channels: [] })

export const CHANNELS_OF: Readonly<Record<number, ResdType>> = {
  1: {
    name: 'temperature',
    bytes: 4,
    channels: [
      { name: 'temperature', unit: '', title: 'temperature (mdegC)', factor: 1e-3, isMotion: false },
    ],
  },
  2: { name: 'acceleration', bytes: 12, channels: axes('a', 'acceleration', 'ug', 'g', 1e-6) },
  3: {
    name: 'angular rate',
    bytes: 12,
    channels: axes('g', 'angular rate', '10 urad/s', 'dps', 1e-5 * factorOf('rads')),
  },
  4: other('voltage', 4),
  5: other('ECG', 4),
  6: other('humidity', 4),
  7: other('pressure', 8),
  8: {
    name: 'magnetic flux density',
    bytes: 12,
    channels: axes('m', 'magnetic flux density', 'nT', 'gauss', 1 / NANOTESLA),
  },
  9: other('binary data', 0),
  10: other('illuminance', 4),
}

export const typeName = (type: number): string => CHANNELS_OF[type]?.name ?? `type ${type}`
