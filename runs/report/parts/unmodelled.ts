import { anomalyAt } from '../../../emulator/nrf52840/errata-registers.ts'
import type { UnmodelledReport } from '../run-report.ts'

/** So many reads of one register are a loop that waits for it. */
const POLLED_READS = 32

type Access = Omit<UnmodelledReport, 'peripheral' | 'isPolled' | 'harmless'>

/** Accesses with what they mean: in the order of the first of each. */
export const describeUnmodelled = (accesses: readonly Access[]): readonly UnmodelledReport[] =>
  accesses.map((access) => ({
    ...access,
    peripheral:
      /^(hole|unmapped|private peripheral) /.exec(access.name)?.[1] ??
      access.name.split(/[.+]/)[0] ??
      access.name,
    isPolled: access.reads >= POLLED_READS,
    harmless: anomalyAt(access.address) ?? null,
  }))
