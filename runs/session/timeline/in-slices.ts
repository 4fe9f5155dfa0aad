import type { Replay } from '../../recording/replay.ts'
import { Slice } from '../../simulation/slice.ts'

/** Of real time, that a slice of a replay takes the thread. */
const SLICE_MILLISECONDS = 12

export type Breathe = (milliseconds: number) => Promise<void>

/**
 * Leads a replay on, with the thread free for others in between.
 * @param first cycles of the first slice
 * @param stop asked after each slice
 * @returns what that says; 'there' where the replay has come there, or its run ended before
 */
export async function inSlices<Why extends string>(
  replay: Replay,
  to: number,
  breathe: Breathe,
  stop: () => Why | undefined,
  first?: number,
): Promise<Why | 'there'> {
  const { machine } = replay.run
  const slice = new Slice(SLICE_MILLISECONDS, first)
  while (machine.now < to) {
    const [began, before] = [performance.now(), machine.now]
    if (!replay.advance(Math.min(before + slice.cycles, to))) return 'there'
    slice.took(performance.now() - began, machine.now - before)
    await breathe(0)
    const why = stop()
    if (why !== undefined) return why
  }
  return 'there'
}
