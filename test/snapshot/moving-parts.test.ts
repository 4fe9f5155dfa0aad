import { expect, it, vi } from 'vitest'
import type * as lsm6ds3 from '../../emulator/parts/lsm6ds3.ts'
import type * as lsm9ds1 from '../../emulator/parts/lsm9ds1.ts'
import type { Scheduler } from '../../emulator/time/scheduler.ts'
import type { Timeline } from '../../emulator/time/timeline.ts'
import { Hopping } from './hopping.ts'

const seen = vi.hoisted(() => ({ hops: 0 }))

interface Sensor {
  save(): unknown
  restore(state: never): void
}

/** The class of a sensor whose objects move. */
const movingSensor = <Options extends object>(real: new (options: Options) => Sensor) =>
  function Moving(options: Options): object {
    const time = (options as { schedule?: Timeline }).schedule
    const scheduler: Scheduler | undefined = time?.scheduler
    const hopping: Hopping = new Hopping(
      {
        scheduler,
        save: () => sensor.save(),
        make: () => (sensor = new real(heard)),
        restore: (state) => sensor.restore(state),
      },
      seen.hops,
      () => (seen.hops += 1),
    )
    const isOutside = (key: string): boolean => ['power', 'onInterrupt', 'onUnmodelled'].includes(key)
    const heard = Object.fromEntries(
      Object.entries(options).map(([key, value]) => [key, isOutside(key) ? hopping.heard(value) : value]),
    ) as Options
    let sensor = new real(heard)
    return hopping.handle(() => sensor)
  }

vi.mock('../../emulator/parts/lsm9ds1.ts', async (original) => {
  const real = await original<typeof lsm9ds1>()
  return { ...real, Lsm9ds1: movingSensor(real.Lsm9ds1) }
})
vi.mock('../../emulator/parts/lsm6ds3.ts', async (original) => {
  const real = await original<typeof lsm6ds3>()
  return { ...real, Lsm6ds3: movingSensor(real.Lsm6ds3) }
})

/** Whatever the tests of sensors expect comes true when new ones take over in the middle of them. */
await import('../../emulator/parts/interrupts.test.ts')
await import('../../emulator/parts/lsm9ds1.test.ts')

it('they moved', () => {
  expect(seen.hops).toBeGreaterThan(200)
})
