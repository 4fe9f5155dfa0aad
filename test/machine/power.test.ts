import { beforeAll, describe, expect, it } from 'vitest'
import { CoefficientError } from '../../emulator/power/coefficients.ts'
import { row } from '../../emulator/power/rows.ts'
import { summarize } from '../../emulator/power/summary.ts'
import type { FirmwareImage } from '../../runs/image/image.ts'
import { loadImage } from '../../src/files/image.ts'
import { CYCLES_PER_SECOND, gestureFirmware, heldOut } from './gesture.ts'
import { Running } from './start.ts'

const UNTIL = 2 * CYCLES_PER_SECOND

describe('the current of a run', () => {
  let image: FirmwareImage
  beforeAll(async () => {
    image = await loadImage(await gestureFirmware('cmsis-nn'))
  })

  const run = async (currents = {}) => {
    const { recording } = await heldOut()
    const running = new Running(image, { recording, currents })
    running.run(UNTIL)
    return running
  }

  it('has the processor asleep as long as it sleeps, and awake with the cache that the firmware chose', async () => {
    const { machine } = await run()
    const { awakeShare, parts, unknown } = summarize(machine.ledger, machine.now)
    expect(awakeShare).toBeCloseTo(1 - machine.sleepCycles / machine.now, 9)
    const cpu = parts.find(({ part }) => part === 'CPU')
    expect(cpu?.states.map(({ state }) => state)).toContain('flash, cache on')
    const cycles = cpu?.states.reduce((sum, state) => sum + state.cycles, 0)
    expect(cycles).toBe(machine.now)
    expect(unknown).toEqual([])
  })

  it('is of the chip and of what is soldered around it, and is the same twice', async () => {
    const [first, second] = [await run(), await run()].map(({ machine }) => summarize(machine.ledger, UNTIL))
    expect(first).toEqual(second)
    const names = first?.parts.map(({ part }) => part) ?? []
    for (const name of ['CPU', 'HFCLK', 'RAM', 'LSM9DS1 inertial', 'Regulator']) expect(names).toContain(name)
    expect(first?.board.averageMicroamps).toBeGreaterThan(first?.chip.averageMicroamps ?? Infinity)
  })

  it('follows a coefficient of the user’s, and refuses one that cannot be', async () => {
    const regulator = (microamps: number) => ({
      Regulator: {
        group: 'board' as const,
        regulated: false,
        states: { 'MPM3610, idle': row(microamps, 0, 'measured', '', 'test') },
      },
    })
    const [more, less] = [await run(regulator(1240)), await run(regulator(240))].map(
      ({ machine }) => summarize(machine.ledger, UNTIL).board.averageMicroamps,
    )
    expect((more ?? 0) - (less ?? 0)).toBeCloseTo(1000, 6)
    await expect(run(regulator(-1))).rejects.toThrow(CoefficientError)
  })
})
