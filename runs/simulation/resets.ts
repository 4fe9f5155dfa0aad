import type { Machine } from '../../emulator/machine.ts'
import { exceptionName } from '../../emulator/nrf52840/exception-names.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { ResetReport } from '../report/run-report.ts'

/** Where the chip was reset, and why, with names of the firmware's. */
export const describeResets = (machine: Machine, { symbols }: FirmwareImage): readonly ResetReport[] =>
  machine.resets.places.map(({ reason, address, exception, count, firstCycle, lastCycle }) => ({
    reason,
    address: address ?? null,
    function: address === undefined ? null : symbols.describe(address),
    exception: exception === 0 ? null : exceptionName(exception),
    count,
    firstCycle,
    lastCycle,
  }))
