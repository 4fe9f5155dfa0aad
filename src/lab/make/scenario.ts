import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { cellNamed } from '../../../runs/power-choices.ts'
import type { CurrentReport } from '../../../runs/report/power-report.ts'
import { buildApp, factsOf } from '../../running/app.ts'
import { inputOf } from '../../running/inputs.ts'
import type { ScenarioMeasurement, ScenarioResult } from '../measurement.ts'
import { CannotMeasure } from '../outcome.ts'
import { runOnce } from './board-run.ts'

const cell = 'lipo:500'
const milli = (micro: number): number => Number((micro / 1000).toPrecision(12))

/** As `boardless power` runs it. @throws CannotMeasure */
export async function makeScenario(
  { app, seconds }: ScenarioMeasurement,
  onStep: (step: string) => void,
): Promise<ScenarioResult> {
  const built = await buildApp(app, {}, (_, step = '') => onStep(step))
  const { power } = await runOnce({
    file: built.elfPath,
    build: factsOf(built),
    board: NANO_33_BLE_SENSE,
    seconds,
    cell: cellNamed(cell),
    onProgress: (fraction) => onStep(`${Math.round(100 * fraction)} %`),
    ...(await inputOf(app, { end: 'loop', board: NANO_33_BLE_SENSE })),
  })
  const { battery, board, chip, parts, awakeShare } = power
  if (battery === null) throw new CannotMeasure('the run was too short to tell a battery’s life')
  const cpu = parts.find(({ part }) => part === 'CPU')
  const ends = (of: Pick<CurrentReport, 'averageMicroamps' | 'lowMicroamps' | 'highMicroamps'>) =>
    [milli(of.averageMicroamps), milli(of.lowMicroamps), milli(of.highMicroamps)] as const
  return {
    boardMilliamps: ends(board),
    chipMilliamps: ends(chip),
    cpuMilliamps: cpu === undefined ? [0, 0, 0] : ends(cpu),
    awakeShare,
    batteryHours: [battery.hours, battery.lowHours, battery.highHours],
    cell: battery.cell,
    parts: parts.map(({ part, averageMicroamps }) => ({ name: part, milliamps: milli(averageMicroamps) })),
  }
}
