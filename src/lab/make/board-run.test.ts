import { expect, it } from 'vitest'
import { sampleReport } from '../../../test/cli/sample-report.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import { energyOf } from './board-run.ts'

/** The chip draws 4 mA (3 to 5) at 3 V, in a window of so many milliseconds. */
function taking(milliseconds: number): RunReport {
  const report = sampleReport()
  const { power } = report
  const [part] = power.parts
  const [phase] = power.phases
  const [row] = power.coefficients
  const [state] = part?.states ?? []
  if (!part || !phase || !row || !state) throw new Error('the sample has power')
  const awake = { ...state, state: 'awake', chargeMicrocoulombs: 4 * milliseconds }
  return {
    ...report,
    power: {
      ...power,
      supplyVolts: 3,
      parts: [{ ...part, part: 'CPU', group: 'chip', states: [awake] }],
      phases: [{ ...phase, phase: 'inference', passes: 1, microcoulombsByPart: { CPU: 4 * milliseconds } }],
      coefficients: [{ ...row, part: 'CPU', state: 'awake', value: 4000, low: 3000, high: 5000 }],
    },
  }
}

it('energy goes from low current for the least time to high current for the most', () => {
  expect(energyOf(taking(2))).toEqual({ microjoules: 24, interval: [18, 30] })
  expect(energyOf(taking(2), [taking(1), taking(4)])).toEqual({ microjoules: 24, interval: [9, 60] })
})

it('there is none without phases of a window', () => {
  const { power, ...rest } = taking(2)
  expect(energyOf({ ...rest, power: { ...power, phases: [] } })).toBeNull()
})
