import { describe, expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { NRF52840_DK } from '../../emulator/boards/nrf52840dk.ts'
import { XIAO_NRF52840_SENSE } from '../../emulator/boards/xiaonrf52840sense.ts'
import { UserError } from '../errors.ts'
import { checkWires, wiresFor } from './wires.ts'

const INT1 = { part: 'LSM9DS1', from: 'INT1', to: 'P1.11' } as const

describe('a wire', () => {
  it('needs its part on the board', () => {
    expect(() => checkWires([INT1], NANO_33_BLE_SENSE)).not.toThrow()
    expect(() => checkWires([INT1], XIAO_NRF52840_SENSE)).toThrow(
      /--wire LSM9DS1.INT1: Seeed XIAO nRF52840 Sense has no such sensor. Give LSM6DS3TR-C.INT1/,
    )
    expect(() => checkWires([INT1], NRF52840_DK)).toThrow(UserError)
  })

  it("takes an app's own where the board has the part, and the user's in their place", () => {
    expect(wiresFor(NANO_33_BLE_SENSE, [INT1])).toEqual([INT1])
    expect(wiresFor(XIAO_NRF52840_SENSE, [INT1])).toEqual([])
    const other = { ...INT1, to: 'P0.27' }
    expect(wiresFor(NANO_33_BLE_SENSE, [INT1], [other])).toEqual([other])
  })
})
