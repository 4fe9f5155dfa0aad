import { expect, it } from 'vitest'
import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { timingUnder } from '../../../emulator/cpu/timing/auxiliary-control.ts'
import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { CR2032 } from '../../../emulator/power/battery.ts'
import { CURRENTS } from '../../../emulator/power/currents.ts'
import { timingOf } from '../../simulation/timing-choice.ts'
import { asByDefault, awayFromDefaults } from './away.ts'

const by = (chosen: Partial<typeof asByDefault>) =>
  awayFromDefaults({ ...asByDefault, ...chosen }, chosen.timing ?? pipelineTiming)

it('is nothing by default', () => expect(by({})).toEqual([]))

it('tells what --timing chose from what --set did, and what the sources do not allow', () => {
  const timing = timingOf({ timing: 'zero-wait', set: { refillReturn: 1, exceptionEntry: 13 } })
  expect(
    by({ timing, timingChoice: 'zero-wait' }).map((one) => [one.what, one.value, one.outside, one.by]),
  ).toEqual([
    ['timing.refillReturn', 1, false, '--set'],
    ['timing.flashReadWait', 0, true, '--timing zero-wait'],
    ['timing.flashFetchWait', 0, true, '--timing zero-wait'],
    ['timing.cacheMissCycles', 0, true, '--timing zero-wait'],
    ['timing.cacheMissAhead', 0, false, '--timing zero-wait'],
    ['timing.exceptionEntry', 13, true, '--set'],
  ])
})

it('has what the firmware did to ACTLR: DISFOLD takes the folding of IT', () => {
  expect(awayFromDefaults(asByDefault, timingUnder(1 << 2, pipelineTiming))).toMatchObject([
    { what: 'timing.ifThen', value: 1, default: 0, by: 'the firmware, by ACTLR' },
  ])
})

it('has currents, wires and the cell', () => {
  const led = NANO_33_BLE_SENSE.currents?.['LED power']
  const on = led?.states['on']
  if (!led || !on) throw new Error('no such part')
  const currents = { 'LED power': { ...led, states: { on: { ...on, microamps: on.range[1] + 1 } } } }
  const wires = [{ part: 'LSM9DS1', from: 'INT1', to: 'P1.11' }] as const
  expect(by({ currents, wires, cell: CR2032, boardCurrents: NANO_33_BLE_SENSE.currents })).toMatchObject([
    { what: 'current of LED power, on, uA', default: on.microamps, allowed: on.range, outside: true },
    { what: 'wire LSM9DS1.INT1', value: 'P1.11', default: null },
    { what: 'cell', value: 'CR2032', default: null },
  ])
})

it('leaves out a coefficient of the user that is the one there is', () => {
  expect(by({ currents: CURRENTS.parts })).toEqual([])
})
