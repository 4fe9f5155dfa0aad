import { expect, it } from 'vitest'
import { describeUnmodelled } from '../../parts/unmodelled.ts'
import { unmodelledLines } from './unmodelled.ts'

const access = (name: string, address: number, reads: number, writes: number) => ({
  name,
  address,
  reads,
  writes,
  firstCycle: 0,
})

it('is a line for each peripheral, polled ones first, and one for what is harmless', () => {
  const lines = unmodelledLines(
    describeUnmodelled([
      access('hole 0x4007c074', 0x4007_c074, 0, 1),
      access('QDEC.ENABLE', 0x4001_2500, 0, 1),
      access('USBD.ENABLE', 0x4002_7500, 0, 1),
      access('USBD.EVENTCAUSE', 0x4002_7400, 300, 1),
      access('USBD.EVENTS_USBRESET', 0x4002_7100, 9000, 0),
      access('USBD+0xc1c', 0x4002_7c1c, 0, 2),
      access('hole 0x40033000', 0x4003_3000, 1, 0),
      access('hole 0x40036fff', 0x4003_6fff, 0, 2),
      access('private peripheral 0xe0042000', 0xe004_2000, 1, 0),
    ]),
  )
  expect(lines).toEqual([
    'not modelled: USBD EVENTS_USBRESET (0x40027100), polled: 9 000 reads; EVENTCAUSE (0x40027400), polled: 300 reads, 1 write; ENABLE (0x40027500): 1 write',
    'not modelled: QDEC ENABLE (0x40012500): 1 write',
    'not modelled: hole 0x40033000: 1 read',
    'not modelled: private peripheral 0xe0042000: 1 read',
    'not modelled, and harmless: hole 0x4007c074 works round anomaly 16; USBD+0xc1c works round anomaly 199; hole 0x40036fff is where mbed clears events of USBD, and nothing is',
  ])
})

it('names so many registers, and counts the rest', () => {
  const all = Array.from({ length: 9 }, (_, i) => access(`I2S.REGISTER${i}`, 0x4002_5500 + 4 * i, 1, 0))
  expect(unmodelledLines(describeUnmodelled(all))[0]).toMatch(
    /REGISTER3 .*; and 5 further registers: --json$/,
  )
  expect(unmodelledLines([])).toEqual([])
})
