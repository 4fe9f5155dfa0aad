import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type * as boards from '../../emulator/boards/board.ts'
import type * as chips from '../../emulator/nrf52840/chip.ts'
import type { Sections } from '../../emulator/snapshot/sections.ts'
import { createTestBench } from '../../emulator/nrf52840/testing.ts'
import { Hopping, pendingIn } from './hopping.ts'

type Further = Parameters<typeof boards.createBoard> extends [unknown, ...infer Rest] ? Rest : never

/** A chip, and the board around it once there is one. */
interface House {
  chip: chips.Chip
  board?: boards.Board
  soldered?: Further
  readonly hopping: Hopping
}

/** All that waits for its moment, by peripheral and alarm. */
const EVERYTHING: readonly string[] = [
  'CCM.done',
  'CC_HOST_RGF.collecting',
  'CC_HOST_RGF.engine',
  'CLOCK/POWER.calibrationTimer',
  'CLOCK/POWER.calibrations',
  'CLOCK/POWER.hfStart',
  'CLOCK/POWER.lfStart',
  'CLOCK/POWER.lfTicking',
  'CLOCK/POWER.usbDetected',
  'CLOCK/POWER.usbReady',
  'COMP/LPCOMP.starting',
  'ECB.encryption',
  'I2S.next',
  'LSM6DS3TR-C.next',
  'LSM9DS.inertial.interrupts.next',
  'NFCT.ready',
  'NVMC.done',
  'PDM.end',
  'PDM.stopping',
  'PWM.next',
  'PWM.stopping',
  'QDEC.next',
  'QSPI flash.done',
  'QSPI.next',
  'RADIO.counting',
  'RADIO.steps',
  'RNG.next',
  'RTC.next',
  'RTC.pendingTasks',
  'SAADC.calibration',
  'SAADC.conversion',
  'SAADC.timer',
  'SPI/TWI .legacySpi.shifting',
  'SPI/TWI .spim.next',
  'SPI/TWI .wire.steps',
  'SPIM.legacy.shifting',
  'SPIM.master.next',
  'TEMP.measurement',
  'TIMER.next',
  'UARTE.arrival',
  'UARTE.frame',
  'UARTE.nextEnd',
  'UARTE.stopping',
  'USBD.dma.done',
  'USBD.line.idle',
  'USBD.line.nextFrame',
  'WDT.resetting',
  'WDT.timeout',
]

const seen = vi.hoisted(() => ({ pending: new Set<string>(), hops: 0, houses: new WeakMap<object, House>() }))

/** Of a test's name, so that each moves at moments of its own whatever other tests there are. */
const seedOf = (name = ''): number =>
  Array.from(name).reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) >>> 0, 7)

const onHop = (saved: unknown): void => {
  seen.hops += 1
  for (const path of pendingIn(saved))
    seen.pending.add(path.replace(/\.(state|alarm)\b/g, '').replace(/\d$|\d(?=\.)/, ''))
}

vi.mock('../../emulator/nrf52840/chip.ts', async (original) => {
  const real = await original<typeof chips>()
  const { createBoard } = await vi.importActual<typeof boards>('../../emulator/boards/board.ts')
  const createChip = (options: chips.ChipOptions): chips.Chip => {
    const make = (): void => {
      house.chip = real.createChip(heard)
      if (house.soldered) house.board = createBoard(house.chip, ...house.soldered)
    }
    const hopping: Hopping = new Hopping(
      {
        scheduler: options.scheduler,
        save: () => ({ ...house.chip.save(), ...house.board?.save() }),
        make,
        restore: (sections: Sections) => {
          const parts = Object.keys(house.board?.save() ?? {})
          const isPart = ([name]: readonly [string, unknown]): boolean => parts.includes(name)
          const all = Object.entries(sections)
          house.chip.restore(Object.fromEntries(all.filter((one) => !isPart(one))))
          house.board?.restore(Object.fromEntries(all.filter(isPart)))
        },
      },
      seedOf(expect.getState().currentTestName),
      onHop,
    )
    const heard = Object.fromEntries(
      Object.entries(options).map(([key, value]) => [
        key,
        key === 'scheduler' ? value : hopping.heard(value),
      ]),
    ) as unknown as chips.ChipOptions
    const house: House = { chip: real.createChip(heard), hopping }
    const handle = hopping.handle(() => house.chip)
    seen.houses.set(handle, house)
    return handle
  }
  return { ...real, createChip }
})

vi.mock('../../emulator/boards/board.ts', async (original) => {
  const real = await original<typeof boards>()
  const createBoard = (chip: chips.Chip, ...further: Further): boards.Board => {
    const house = seen.houses.get(chip)
    if (house === undefined) throw new Error('a board for a chip that nobody knows')
    const board = real.createBoard(house.chip, ...further)
    house.soldered = further
    house.board = board
    return house.hopping.handle(() => house.board ?? board)
  }
  return { ...real, createBoard }
})

/** Whatever the tests of peripherals and boards expect comes true when new ones take over in the middle of them. */
describe('saved and restored again and again', async () => {
  for (const folder of ['nrf52840', 'boards']) {
    const at = resolve(import.meta.dirname, '../../emulator', folder)
    for (const name of readdirSync(at).sort()) if (name.endsWith('.test.ts')) await import(join(at, name))
  }
})

it('SAADC: calibration takes its time wherever it goes on', () => {
  const { write, read, run, scheduler } = createTestBench()
  write(0x4000_7500, 1)
  write(0x4000_700c, 1)
  const until = scheduler.nextDue
  for (let i = 0; i < 20; i++) expect(read(0x4000_7110)).toBe(0)
  expect(scheduler.nextDue).toBe(until)
  run(until)
  expect(read(0x4000_7110)).toBe(1)
})

it('in the middle of everything', () => {
  expect(seen.hops).toBeGreaterThan(1000)
  expect(EVERYTHING.filter((name) => !seen.pending.has(name))).toEqual([])
})
