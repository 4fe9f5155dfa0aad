import { beforeAll, describe, expect, it } from 'vitest'
import { buildFirmware, type BuildOptions } from '../../src/toolchain/build.ts'
import { tflmPackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'
import { stockModel } from '../../src/toolchain/testing/testing.ts'
import { start } from './start.ts'

const stock = (model: string, choice: Partial<BuildOptions> = {}): BuildOptions => ({
  app: 'stock',
  model: stockModel(model),
  kernels: 'reference',
  resolver: 'mutable',
  optimise: '-O2',
  console: 'semihosting',
  ...choice,
})

beforeAll(() => ensureSources(tflmPackage))

// Arena bytes and hashes were seen in QEMU, with an independent build of the same sources.
const models = [
  ['hello_world', 'float32 outside, int8 inside', 1456, 'bd75052c'],
  ['magic_wand', 'float32', 15648, '689a6fe6'],
  ['micro_speech', 'uint8', 7024, 'cb5d2257'],
  ['person_detection_grayscale', 'uint8', 88416, '77fded5a'],
] as const

describe.each(models)('stock model %s, %s', (model, _, arena, hash) => {
  it.each(['reference', 'cmsis-nn'] as const)(
    'gives the output and takes the arena that it does elsewhere, with %s kernels',
    async (kernels) => {
      const { elfPath } = await buildFirmware(stock(model, { kernels }))
      const running = await start(elfPath, { strict: true })
      expect(running.run()).toEqual({ kind: 'exit', code: 0 })
      const [, used, output, cycles] =
        /^arena_used=(\d+) hash=([0-9a-f]{8}) cycles=(\d+)$/m.exec(running.text) ?? []
      expect(output).toBe(hash)
      // Our registrations on CMSIS-NN keep some 32 bytes for each operator in the arena.
      if (kernels === 'reference') expect(Number(used)).toBe(arena)
      else expect(Number(used) - arena).toBeLessThanOrEqual(32 * 31)
      expect(Number(used)).toBeGreaterThanOrEqual(arena)
      expect(running.spans.map(({ name, beginCycle, endCycle }) => [name, endCycle - beginCycle])).toEqual([
        ['inference', Number(cycles)],
      ])
      expect(running.machine.instructionCache).toBe('on')
      expect(running.machine.problems).toEqual([])
    },
  )
})

it.each(['-Os', '-O3'] as const)('float32 and int8 arithmetic survive %s', async (optimise) => {
  for (const [model, , , hash] of models.slice(0, 2)) {
    const { elfPath } = await buildFirmware(stock(model, { optimise }))
    const running = await start(elfPath)
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect(running.text).toContain(`hash=${hash} `)
  }
})

it('all operators of TFLM registered: the same output, another arena plan of the same size', async () => {
  const { elfPath } = await buildFirmware(stock('hello_world', { resolver: 'all' }))
  const running = await start(elfPath)
  expect(running.run()).toEqual({ kind: 'exit', code: 0 })
  expect(running.text).toContain('arena_used=1456 hash=bd75052c ')
})
