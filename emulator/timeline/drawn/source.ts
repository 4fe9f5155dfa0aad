import type { Cycles } from '../../cpu/bus.ts'
import type { Track } from '../tracks.ts'

/** A stretch of a track, and where it is taken from: what was recorded, or what was recorded again. */
export interface Source<T extends Track = Track> {
  readonly track: T
  readonly from: Cycles
  readonly to: Cycles
}
