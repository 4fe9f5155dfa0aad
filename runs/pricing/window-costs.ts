import type { DutyModel } from './duty-model.ts'

/** What a window of the run took, in one of its parts. */
export interface WindowCost {
  readonly name: string
  readonly seconds: number
  readonly passes: number
  /** By the whole board. */
  readonly microcoulombs: number
  readonly microcoulombsByPart: Readonly<Record<string, number>>
}

/** The run by its number of windows: phases, and what is left; the charges add up to the run's. */
export function windowCosts({ report, own, activities, seconds }: DutyModel): readonly WindowCost[] {
  if (own.rate === undefined) return []
  const windows = own.rate * seconds
  const { power, board } = report
  const each = activities
    .filter(({ paced }) => paced !== 'time')
    .map(({ name, passes, cycles, microcoulombsByPart }) => ({
      name,
      passes: passes / windows,
      seconds: cycles / board.clockHz / windows,
      microcoulombs: Object.values(microcoulombsByPart).reduce((sum, one) => sum + one, 0) / windows,
      microcoulombsByPart: Object.fromEntries(
        Object.entries(microcoulombsByPart).map(([part, charge]) => [part, charge / windows]),
      ),
    }))
  const inActivities = (part: string): number =>
    each.reduce((sum, { microcoulombsByPart }) => sum + (microcoulombsByPart[part] ?? 0), 0)
  return [
    ...each,
    {
      name: power.start && power.start.cycles > 0 ? 'between, and the start' : 'between',
      passes: 1,
      seconds: seconds / windows - each.reduce((sum, one) => sum + one.seconds, 0),
      microcoulombs:
        power.board.chargeMicrocoulombs / windows - each.reduce((sum, one) => sum + one.microcoulombs, 0),
      microcoulombsByPart: Object.fromEntries(
        power.parts.map(({ part, chargeMicrocoulombs }) => [
          part,
          chargeMicrocoulombs / windows - inActivities(part),
        ]),
      ),
    },
  ]
}
