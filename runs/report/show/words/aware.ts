import { duration, grouped } from '../format.ts'
import type { RunReport } from '../../run-report.ts'
import { unmodelledLines } from './unmodelled.ts'

/** What a reader of the report must know, a line each. */
export function awareLines(report: RunReport): readonly string[] {
  const { unmodelled, problems, recording } = report
  return [
    ...cacheLine(report),
    ...nobodyLine(report),
    ...unmodelledLines(unmodelled),
    ...(recording?.notes ?? []).map(({ message }) => `${recording?.file ?? ''}: ${message}`),
    ...problems.map(({ message, count: times }) =>
      times > 1 ? `${message} (${grouped(times)} times)` : message,
    ),
  ]
}

/** Of firmware that wants a USB host. */
const nobodyLine = ({ usb }: RunReport): string[] =>
  usb?.connector === 'none'
    ? [
        'nobody is at the USB connector, as --usb none says: what waits for a host, such as while (!Serial), waits for ever',
      ]
    : []

/** What firmware pays that never switches the cache on. */
function cacheLine({ board, run }: RunReport): string[] {
  if (board.instructionCache === 'on' || run.instructions === 0) return []
  const remedy = 'bit 0 of NVMC ICACHECNF, 0x4001E540, switches it on'
  if (!board.cacheOff) return [`the instruction cache stays off; ${remedy}`]
  const { cyclesPerInstruction: off, cyclesPerInstructionIfOn: on, comparedCycles } = board.cacheOff
  const span =
    comparedCycles < run.cycles ? `, the first ${duration(comparedCycles / board.clockHz)} of it` : ''
  return [
    `the instruction cache stays off: ${off.toFixed(2)} cycles an instruction; the same run with it on${span} ` +
      `takes ${on.toFixed(2)}, ${off > on ? `so code takes ${(off / on).toFixed(2)} times as long as it could` : 'which gains nothing in what ran'}; ${remedy}`,
  ]
}
