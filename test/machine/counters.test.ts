import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CycleCounts } from '../../emulator/cpu/debug/cycle-counters.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'
import { tflmPackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'
import { stockModel } from '../../src/toolchain/testing/testing.ts'
import { compile } from '../cli/firmware.ts'
import { gestureFirmware, heldOut } from './gesture.ts'
import { expectExactReasons } from './reasons.ts'
import { start, type Running } from './start.ts'

const bothKernels = ['reference', 'cmsis-nn'] as const

/** Arm's identity, with what instructions and sleep are known to be from elsewhere; and that each cycle has its reason. */
function expectIdentity({ machine }: Running): CycleCounts {
  expectExactReasons(machine)
  const counts = machine.cpu.counters()!
  const { cycles, instructions, cpi, exception, sleep, lsu, fold } = counts
  expect(instructions + cpi + exception + sleep + lsu - fold).toBe(cycles)
  expect(cycles).toBe(machine.now)
  expect(instructions).toBe(machine.instructions)
  expect(sleep).toBe(machine.sleepCycles)
  expect(Math.min(cpi, lsu)).toBeGreaterThan(0)
  return counts
}

const source = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'firmware', `${name}.c`), 'utf8')

async function withVariables(elf: string, variables: Readonly<Record<string, number>>): Promise<Running> {
  const running = await start(elf, { profile: true })
  const { ram } = running.machine.cpu
  const view = new DataView(ram.buffer, ram.byteOffset, ram.length)
  for (const [name, value] of Object.entries(variables))
    view.setUint32(running.address(name) - 0x2000_0000, value, true)
  return running
}

beforeAll(() => ensureSources(tflmPackage))

describe('cycles = instructions + CPI + EXC + SLEEP + LSU - FOLD', () => {
  it.each(bothKernels)(
    'asleep and awake, polled and interrupted: the gesture app with %s kernels',
    async (kernels) => {
      const { recording } = await heldOut()
      const running = await start(await gestureFirmware(kernels), { recording, profile: true })
      for (const seconds of [0.001, 0.5, 1, 11]) {
        running.run(seconds * 64_000_000)
        expectIdentity(running)
      }
      const { sleep, exception, fold } = expectIdentity(running)
      expect(sleep).toBeGreaterThan(10 * 64_000_000)
      expect(Math.min(exception, fold)).toBeGreaterThan(100)
    },
  )

  it.each(
    bothKernels.flatMap((kernels) =>
      ['hello_world', 'magic_wand', 'micro_speech', 'person_detection_grayscale'].map(
        (model) => [model, kernels] as const,
      ),
    ),
  )('with semihosting and floating point: stock model %s with %s kernels', async (model, kernels) => {
    const { elfPath } = await buildFirmware({
      app: 'stock',
      model: stockModel(model),
      kernels,
      resolver: 'mutable',
      optimise: '-O2',
      console: 'semihosting',
    })
    const running = await start(elfPath, { profile: true })
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expectIdentity(running)
  })

  it.each([
    ['lazy', 1],
    ['eager', 0],
  ] as const)('through interrupts at any instruction, within each other, %s stacking', async (_, lazy) => {
    const running = await withVariables(compile('exceptions', source('exceptions'), '-O2 -g'), {
      first_reload: 600,
      reloads: 40,
      lazy,
      has_instruction_cache: 1,
    })
    for (let at = 10_000; at < 20_000; at += 37) {
      running.run(at)
      expectIdentity(running)
    }
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect(expectIdentity(running).exception).toBeGreaterThan(40 * 10 * 22)
  })

  it.each([{}, { floating_point: 1 }, { floating_point: 1, eager: 1 }])(
    'through tail-chained handlers, %j',
    async (variables) => {
      const running = await withVariables(compile('latency', source('latency'), '-O2 -g'), {
        first_reload: 150,
        reloads: 40,
        ...variables,
      })
      expect(running.run()).toEqual({ kind: 'exit', code: 0 })
      expectIdentity(running)
    },
  )
})
