import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { createMachine } from '../../../emulator/machine.ts'
import { loadImage } from '../../files/image.ts'
import { quantiseActivations } from '../../model/infer/quantise.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import { buildFirmware, preprocessVariants, type BuildOptions, type Preprocess } from '../build.ts'
import { parseMetadata } from '../generate/metadata.ts'
import { projectRoot } from '../paths.ts'
import { heldOutRecording } from '../testing/testing-apps.ts'

const WINDOWS = 3
const END_OF_PHASE = 2
const folder = join(projectRoot(), 'models', 'gesture')
const metadata = parseMetadata(readFileSync(join(folder, 'metadata.json'), 'utf8'), 'metadata.json')
const VALUES = metadata.windowSamples * metadata.channels.length
// firmware/parts/lsm9ds1.h
const unitPerBit = [0.000122, 0.000122, 0.000122, 0.07, 0.07, 0.07]

const options = (preprocess: Preprocess, precision: 'int8' | 'float32' = 'int8'): BuildOptions => ({
  app: 'gesture',
  model: join(folder, `gesture_${precision}.tflite`),
  kernels: 'cmsis-nn',
  resolver: 'mutable',
  optimise: '-O2',
  console: 'uarte',
  preprocess,
})

interface Seen {
  /** Sensor words of each window, oldest first, and the arena right after they were preprocessed. */
  readonly words: readonly Int16Array[]
  readonly arenas: readonly Uint8Array[]
  /** Cycles of the phase. */
  readonly cycles: readonly number[]
  readonly predictions: readonly string[]
}

/** The first windows of the held-out recordings on the emulated board. */
async function run(build: BuildOptions): Promise<Seen> {
  const image = await loadImage((await buildFirmware(build)).elfPath)
  const at = (symbol: string) => image.symbols.value(symbol) ?? 0
  const text: number[] = []
  const words: Int16Array[] = []
  const arenas: Uint8Array[] = []
  const name = (pointer: number) => Buffer.from(machine.readMemory(pointer, 11)).toString('latin1')
  const machine = createMachine({
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    profile: false,
    strict: true,
    segments: image.segments,
    vectorTable: image.vectorTable,
    recording: heldOutRecording(),
    onConsole: (byte) => text.push(byte),
    onStimulus: (port, value) => {
      if (port !== END_OF_PHASE || name(value) !== 'preprocess\0') return
      words.push(
        new Int16Array(machine.readMemory(at('_ZN12_GLOBAL__N_16windowE'), 2 * VALUES).slice().buffer),
      )
      arenas.push(machine.readMemory(at('tensor_arena'), 16 * 1024).slice())
    },
  })
  machine.run(64e6 * (10 * WINDOWS + 0.7))
  const lines = [
    ...Buffer.from(text)
      .toString('latin1')
      .matchAll(/cycles: \d+ (\d+) .*prediction: (.*)\n/g),
  ]
  return {
    words,
    arenas,
    cycles: lines.map(([, cycles]) => Number(cycles)),
    predictions: lines.map(([, , prediction]) => prediction ?? ''),
  }
}

const normalised = (words: Int16Array) =>
  Float32Array.from(words, (bits, i) => {
    const channel = i % metadata.channels.length
    return (bits * unitPerBit[channel]! - metadata.mean[channel]!) / metadata.std[channel]!
  })

/** Where in the arena the bytes are; the one place where it is found is that of the input tensor. */
const find = (arena: Uint8Array, bytes: Uint8Array) => Buffer.from(arena).indexOf(bytes)

let int8: Record<Preprocess, Seen>
beforeAll(async () => {
  const runs: Partial<Record<Preprocess, Seen>> = {}
  for (const preprocess of preprocessVariants) runs[preprocess] = await run(options(preprocess))
  int8 = runs as Record<Preprocess, Seen>
})

describe('preprocessing of the gesture app, int8', () => {
  const quantisation = readModel(readFileSync(join(folder, 'gesture_int8.tflite'))).tensors[0]!.quantisation!
  const wanted = (words: Int16Array) => quantiseActivations(normalised(words), quantisation)
  const inputs = ({ arenas }: Seen) => {
    const [words, arena] = [int8.loop.words[0]!, int8.loop.arenas[0]!]
    const from = find(arena, new Uint8Array(wanted(words).buffer))
    expect(from).toBeGreaterThanOrEqual(0)
    return arenas.map((one) => new Int8Array(one.slice(from, from + VALUES).buffer))
  }

  it('sees windows that move', () => {
    for (const { words, predictions } of Object.values(int8)) {
      expect(words).toEqual(int8.loop.words)
      expect(predictions).toHaveLength(WINDOWS)
    }
    expect(new Set(int8.loop.words[0]).size).toBeGreaterThan(100)
  })

  it.each(['loop', 'unrolled'] as const)('%s: what the quantisation asks for, to the bit', (how) => {
    const { words } = int8[how]
    expect(inputs(int8[how])).toEqual(words.map(wanted))
  })

  it.each(['cmsis-dsp', 'folded'] as const)('%s: within a step, and only beside a tie', (how) => {
    const off: number[] = []
    inputs(int8[how]).forEach((values, window) => {
      const words = int8.loop.words[window]!
      const exact = normalised(words)
      wanted(words).forEach((stored, i) => {
        if (values[i] === stored) return
        expect(Math.abs(values[i]! - stored)).toBe(1)
        const steps = exact[i]! / quantisation.scale[0]!
        off.push(Math.abs(steps - Math.floor(steps) - 0.5))
      })
    })
    expect(Math.max(0, ...off)).toBeLessThan(0.01)
    expect(off.length).toBeLessThan((0.02 * WINDOWS * VALUES) | 0)
  })

  it('predicts the same whatever it is', () => {
    for (const { predictions } of Object.values(int8)) expect(predictions).toEqual(int8.loop.predictions)
  })

  it('folded takes less than a fifth of the loop, the others less than the loop', () => {
    const median = (how: Preprocess) => int8[how].cycles.toSorted((a, b) => a - b)[1]!
    expect(median('folded')).toBeLessThan(median('loop') / 5)
    expect(median('unrolled')).toBeLessThan(median('loop'))
    expect(median('cmsis-dsp')).toBeLessThan(median('loop'))
  })
})

describe('preprocessing of the gesture app, float32', () => {
  it.each(preprocessVariants)('%s: what float64 gives, to 1e-5', async (how) => {
    const { words, arenas } = await run(options(how, 'float32'))
    const exact = normalised(words[0]!)
    const floats = new Float32Array(arenas[0]!.buffer)
    const near = (from: number) => exact.every((value, i) => Math.abs(floats[from + i]! - value) < 1e-5)
    expect(Array.from({ length: floats.length - VALUES }, (_, i) => i).filter(near)).toHaveLength(1)
  })
})

describe('preprocessing', () => {
  it('is refused by an app that has no window', async () => {
    await expect(buildFirmware({ ...options('folded'), app: 'infer' })).rejects.toThrow(
      'app infer has no window to preprocess; --preprocess is for the gesture apps',
    )
  })

  it('brings CMSIS-DSP with its licence, and says so', async () => {
    const built = await buildFirmware({ ...options('cmsis-dsp'), kernels: 'reference' })
    expect(built.versions).toMatchObject({ cmsisNn: undefined, cmsisDsp: 'as in PyPI cmsisdsp 1.10.3' })
    const licences = join(built.elfPath, '..', 'licences', 'cmsisdsp-1.10.3', 'LICENSE')
    expect(readFileSync(licences, 'utf8')).toContain('Apache License')
  })
})
