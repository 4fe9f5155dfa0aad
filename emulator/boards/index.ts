import type { BoardDescription } from './board.ts'
import { NANO_33_BLE_SENSE } from './nano33blesense.ts'
import { NANO_33_BLE_SENSE_REV2 } from './nano33blesenserev2.ts'
import { NRF52840_DK } from './nrf52840dk.ts'
import { XIAO_NRF52840_SENSE } from './xiaonrf52840sense.ts'

/** Boards by the name that the user types. */
export const BOARDS: Readonly<Record<string, BoardDescription>> = {
  nano33blesense: NANO_33_BLE_SENSE,
  nano33blesenserev2: NANO_33_BLE_SENSE_REV2,
  nrf52840dk: NRF52840_DK,
  xiaonrf52840sense: XIAO_NRF52840_SENSE,
}
