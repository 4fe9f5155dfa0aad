import { describe, expect, it } from 'vitest'
import { join } from 'node:path'
import { ensureSources } from '../toolchain/sources/sources.ts'
import { buildFirmware, type BuildOptions } from '../toolchain/build.ts'
import { layout, tflmPackage } from '../toolchain/sources/packages.ts'
import { projectRoot } from '../toolchain/paths.ts'
import { searchArena } from '../lab/make/arena.ts'
import { readModel } from '../../runs/tflite/read.ts'
import { readFileSync } from 'node:fs'
import { elementCount, tensorBytes } from '../../runs/tflite/schema.ts'
import { arenaNeeded } from './app.ts'
import { measureArena, smallest } from './arena.ts'

const options = {
  kernels: 'cmsis-nn',
  resolver: 'mutable',
  optimise: '-O2',
  console: 'semihosting',
} as const satisfies Partial<BuildOptions>
const gesture = join(projectRoot(), 'models', 'gesture', 'gesture_int8.tflite')
const stock = async (name: string) =>
  join(await ensureSources(tflmPackage), layout.stockModels, `${name}.tflite`)

describe('smallest', () => {
  it.each([16, 160, 1568, 9984, 10_000])('finds %i, in steps of 16', (wanted) => {
    const least = Math.ceil(wanted / 16) * 16
    expect(smallest(Math.min(1000, least), 10_000, (bytes) => bytes >= least)).toBe(least)
  })
})

describe('measureArena', () => {
  it.each([
    ['gesture', () => Promise.resolve(gesture)],
    ['hello_world', () => stock('hello_world')],
    ['magic_wand', () => stock('magic_wand')],
  ])('%s: with so much it allocates, with a step less it does not, and outputs agree', async (_, file) => {
    const model = await file()
    const { elfPath } = await buildFirmware({ ...options, app: 'infer', model })
    const need = await measureArena(elfPath)
    if (need.kind !== 'measured') throw new Error(need.kind)
    const input = readModel(readFileSync(model)).tensors[readModel(readFileSync(model)).inputs[0]!]!
    const size = tensorBytes(input.type, input.shape) ?? elementCount(input.shape)
    // The lab's search asks for the same outputs as with a roomy arena.
    expect(need.bytes).toBe((await searchArena(elfPath, new Uint8Array(size), size)).arenaBytes)
    const fits = await buildFirmware({ ...options, app: 'infer', model, arenaBytes: need.bytes })
    expect(await measureArena(fits.elfPath)).toEqual({
      kind: 'measured',
      given: need.bytes,
      bytes: need.bytes,
    })
    const less = await buildFirmware({ ...options, app: 'infer', model, arenaBytes: need.bytes - 16 })
    expect(await measureArena(less.elfPath)).toMatchObject({ kind: 'too-small', given: need.bytes - 16 })
  })

  it('grows past the default where that is too small', async () => {
    // magic_wand takes 15 648 bytes (QEMU); 16 KiB are the gesture apps’ default, a person detector takes 88 416.
    const model = await stock('person_detection_grayscale')
    const bytes = await arenaNeeded('infer', { model, arena: 1024 }, () => undefined)
    expect(bytes).toBeGreaterThanOrEqual(88_416)
    expect(bytes).toBeLessThan(88_416 + 2048)
  })
})
