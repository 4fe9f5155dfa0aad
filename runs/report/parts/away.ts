import type { Wire } from '../../../emulator/boards/board.ts'
import {
  pipelineTiming,
  timingModelName,
  type TimingParameters,
} from '../../../emulator/cpu/timing/timing.ts'
import type { Cell } from '../../../emulator/power/battery.ts'
import { currentsOf, mergeCurrents, type PartCurrents } from '../../../emulator/power/coefficients.ts'
import { CURRENTS } from '../../../emulator/power/currents.ts'
import type { ParameterName } from '../../open-parameters/parameters.ts'
import { allowedRange } from '../../open-parameters/possible.ts'
import { settingsOf, type TimingChoice } from '../../simulation/timing-choice.ts'

/** One thing that stands away from its default, and who put it there. */
export interface AwayReport {
  /** "timing.flashReadWait", "current of LED power, on", "wire LSM9DS1.INT1", "cell". */
  readonly what: string
  readonly value: number | string
  /** null: nothing. */
  readonly default: number | string | null
  /** What the sources allow; null where they have no say. */
  readonly allowed: readonly [lowest: number, highest: number] | null
  /** The value is beyond `allowed`. */
  readonly outside: boolean
  /** "--set", "--timing zero-wait", "the firmware, by ACTLR". */
  readonly by: string
}

/** What the user chose of a run that changes its figures. */
export interface Chosen {
  readonly timing: TimingParameters
  readonly timingChoice: TimingChoice
  readonly cell?: Cell | undefined
  readonly wires: readonly Wire[]
  readonly currents?: Parts | undefined
  /** The board's own coefficients, beside those of the chip. */
  readonly boardCurrents?: Parts | undefined
}

export const asByDefault: Chosen = { timing: pipelineTiming, timingChoice: 'nrf52840', wires: [] }

/** @param inForce the parameters at the end, which the firmware may have changed */
export function awayFromDefaults(chosen: Chosen, inForce: TimingParameters): readonly AwayReport[] {
  return [
    ...timingAway(chosen),
    ...actlrAway(chosen.timing, inForce),
    ...currentsAway(chosen.currents ?? {}, chosen.boardCurrents ?? {}),
    ...chosen.wires.map(({ part, from, to }) =>
      said(`wire ${part}.${from}`, to, null, '--wire, or what the app needs'),
    ),
    ...(chosen.cell ? [said('cell', chosen.cell.name, null, '--cell')] : []),
  ]
}

const said = (what: string, value: string, usual: string | null, by: string): AwayReport => ({
  what,
  value,
  default: usual,
  allowed: null,
  outside: false,
  by,
})

const names = Object.keys(pipelineTiming).filter((name): name is ParameterName => name !== 'profile')

function timingAway({ timing, timingChoice }: Chosen): readonly AwayReport[] {
  const ofChoice = settingsOf[timingChoice]
  const profile =
    timing.profile === pipelineTiming.profile
      ? []
      : [said('timing.profile', timing.profile, timingModelName[pipelineTiming.profile], '--set')]
  return [
    ...profile,
    ...names
      .filter((name) => timing[name] !== pipelineTiming[name])
      .map((name) =>
        parameter(name, timing[name], ofChoice[name] === timing[name] ? `--timing ${timingChoice}` : '--set'),
      ),
  ]
}

const actlrAway = (timing: TimingParameters, inForce: TimingParameters): readonly AwayReport[] =>
  names
    .filter((name) => inForce[name] !== timing[name])
    .map((name) => ({ ...parameter(name, inForce[name], 'the firmware, by ACTLR'), outside: false }))

function parameter(name: ParameterName, value: number, by: string): AwayReport {
  const allowed = allowedRange(name, pipelineTiming)
  return {
    what: `timing.${name}`,
    value,
    default: pipelineTiming[name],
    allowed,
    outside: value < allowed[0] || value > allowed[1],
    by,
  }
}

type Parts = Readonly<Record<string, PartCurrents>>

function currentsAway(currents: Parts, ofBoard: Parts): readonly AwayReport[] {
  const table = mergeCurrents(CURRENTS, ofBoard)
  return Object.entries(currents).flatMap(([part, { states, events }]) => {
    const known = currentsOf(table, part)
    return [
      ...Object.entries(states).map(([state, { microamps }]) =>
        coefficient(
          `current of ${part}, ${state}, uA`,
          microamps,
          known?.states[state]?.microamps,
          known?.states[state]?.range,
        ),
      ),
      ...Object.entries(events ?? {}).map(([event, { picocoulombs }]) =>
        coefficient(
          `charge of ${part}, ${event}, pC`,
          picocoulombs,
          known?.events?.[event]?.picocoulombs,
          known?.events?.[event]?.range,
        ),
      ),
    ].filter((one) => one.value !== one.default)
  })
}

const coefficient = (
  what: string,
  value: number,
  usual: number | undefined,
  allowed: readonly [number, number] | undefined,
): AwayReport => ({
  what,
  value,
  default: usual ?? null,
  allowed: allowed ?? null,
  outside: allowed !== undefined && (value < allowed[0] || value > allowed[1]),
  by: '--currents',
})
