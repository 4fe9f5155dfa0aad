import { expect, it } from 'vitest'
import { Machine, runFirmware } from 'boardless'
import 'boardless/vitest'

it('starts quickly, and draws little', async () => {
  const report = await runFirmware('presses.elf', { board: 'nrf52840dk', for: '100ms' })
  expect(report).toPrint(/^ready$/)
  expect(report).toReach('start_up')
  expect(report).not.toReach('on_press')
  expect(report).toDrawLessThan('8 mA')
  expect(report).toStayWithin({ 'function start_up': 60, flash: '1 kB', faults: 0 })
})

it('counts a press that bounces once', async () => {
  const machine = await Machine.load('presses.elf', { board: 'nrf52840dk' })
  machine.run({ until: 'ready' })
  for (const level of [false, true, false]) {
    machine.drive('P0.11', level)
    machine.run({ for: '1ms' })
  }
  machine.run({ for: '30ms' })
  expect(machine.readWord('presses')).toBe(1)
})
