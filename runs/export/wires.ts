/** Tracks whose states are the two levels of a wire: pins. */
import type { Cycles } from '../../emulator/cpu/bus.ts'
import type { StatePiece, StateTrack, Track } from './timeline-view.ts'

export const LOW = 'low'
export const HIGH = 'high'
/** Both within what cannot be told apart: a sample. */
export const CHANGES = 'changes'
const PINS = 'pins'

/** A pin: a track of states in that group, low and high, or others (not driven), which are neither. */
export const wireOf = (track: Track): StateTrack | undefined =>
  track.kind === 'state' && track.info.group.split('/').includes(PINS) ? track : undefined

export interface WirePiece {
  readonly begin: Cycles
  readonly end: Cycles
  readonly wasLow: boolean
  readonly wasHigh: boolean
}

export const wirePiece = ({ begin, end, states }: StatePiece): WirePiece => ({
  begin,
  end,
  wasLow: states.some(({ state }) => state === LOW || state === CHANGES),
  wasHigh: states.some(({ state }) => state === HIGH || state === CHANGES),
})
