import type { RunReport } from '../report/run-report.ts'
import { asSettings, dutyModel, type DutyModel } from './duty-model.ts'
import { price, type DutyPrice, type Priced } from './price.ts'
import type { DutySettings } from './settings.ts'

/** An estimate beside what a real run with those settings gave. */
export type Check =
  | {
      readonly kind: 'checked'
      /** The real run’s. */
      readonly settings: DutySettings
      readonly price: DutyPrice
      readonly realMicroamps: number
      /** Of the typical estimate from the real run, as a share of that. */
      readonly deviation: number
      /** The real run’s average lies within the estimate’s interval. */
      readonly isInside: boolean
      /** The same of the chip alone. */
      readonly realChipMicroamps: number
      readonly isChipInside: boolean
    }
  | { readonly kind: 'unknown'; readonly why: readonly string[] }

/** Prices a run with the settings of another and holds the two beside each other. */
export function check(model: DutyModel, real: RunReport): Check {
  const other = dutyModel(real)
  if (typeof other === 'string') return { kind: 'unknown', why: [other] }
  if (real.board.name !== model.report.board.name)
    return { kind: 'unknown', why: [`It ran on another board: ${real.board.name}.`] }
  if (isOtherModel(model.report, real)) return { kind: 'unknown', why: ['It ran another model: other work.'] }
  const settings = asSettings(other)
  const outcome = price(model, settings)
  if (outcome.kind === 'unknown') return outcome
  const { board, chip } = outcome.price
  const realMicroamps = real.power.board.averageMicroamps
  const realChipMicroamps = real.power.chip.averageMicroamps
  return {
    kind: 'checked',
    settings,
    price: outcome.price,
    realMicroamps,
    deviation: realMicroamps === 0 ? 0 : board.averageMicroamps / realMicroamps - 1,
    isInside: holds(board, realMicroamps),
    realChipMicroamps,
    isChipInside: holds(chip, realChipMicroamps),
  }
}

const holds = ({ lowMicroamps, highMicroamps }: Priced, real: number): boolean =>
  real >= lowMicroamps && real <= highMicroamps

const isOtherModel = (one: RunReport, other: RunReport): boolean => {
  const hashes = one.models.map(({ sha256 }) => sha256)
  return (
    hashes.length > 0 &&
    other.models.length > 0 &&
    !other.models.some(({ sha256 }) => hashes.includes(sha256))
  )
}
