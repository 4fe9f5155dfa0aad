import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFirmware, type BuildOptions } from '../build.ts'
import { tflmPackage } from '../sources/packages.ts'
import { ensureSources } from '../sources/sources.ts'
import { RandomNetwork } from '../testing/testing-network.ts'
import { runInQemu } from '../testing/testing.ts'

async function outputsOf(network: RandomNetwork, kernels: BuildOptions['kernels']): Promise<Int8Array[]> {
  const model = join(mkdtempSync(join(tmpdir(), 'boardless-kernels-')), 'random.tflite')
  writeFileSync(model, network.write())
  const { elfPath } = await buildFirmware({
    app: 'stock',
    model,
    kernels,
    resolver: 'all',
    optimise: '-O2',
    console: 'semihosting',
    defines: { STOCK_PRINT_OUTPUTS: true },
  })
  const { output, exitCode } = await runInQemu(elfPath)
  expect(exitCode, output).toBe(0)
  return [...output.matchAll(/^output \d+: ([0-9a-f]*)$/gm)].map(
    ([, hex = '']) => new Int8Array(Buffer.from(hex, 'hex')),
  )
}

/** Values at the ends of the range say nothing, so most must lie between. */
function expectSpread(outputs: readonly Int8Array[]): void {
  for (const values of outputs) {
    expect(values.length).toBeGreaterThan(0)
    const inside = values.filter((value) => value > -128 && value < 127).length
    expect(inside / values.length).toBeGreaterThan(0.4)
  }
}

beforeAll(() => ensureSources(tflmPackage))

describe('CMSIS-NN registrations against the reference kernels, in QEMU', () => {
  it.each([
    [
      'convolutions of every code path',
      new RandomNetwork(7, [1, 9, 11, 3])
        .convolution([3, 3], 8) // arm_convolve_s8, odd depth
        .convolution([1, 1], 6) // 1x1, stride 1
        .convolution([3, 2], 5, { stride: 2, activation: 'RELU' })
        .convolution([3, 3], 4, { dilation: 2, padding: 'SAME', bias: false })
        .convolution([1, 1], 7, { stride: 2, padding: 'VALID' }),
    ],
    [
      'a convolution along one row',
      new RandomNetwork(8, [1, 1, 16, 4]).convolution([1, 5], 6).convolution([1, 3], 4, { padding: 'VALID' }),
    ],
    [
      'depthwise convolutions of every code path',
      new RandomNetwork(9, [1, 10, 9, 5])
        .depthwise([3, 3], 1) // arm_depthwise_conv_3x3_s8
        .depthwise([4, 2], 1, { stride: 2 }) // arm_depthwise_conv_s8_opt
        .depthwise([3, 3], 2, { bias: false }) // multiplier: arm_depthwise_conv_s8
        .depthwise([3, 3], 4, { padding: 'VALID' }), // multiplier of 4: its special case
    ],
    [
      'pools with padding and a remainder, then dense layers',
      new RandomNetwork(10, [1, 9, 8, 7])
        .pool('AVERAGE_POOL_2D', [3, 3], 2, 'SAME')
        .pool('MAX_POOL_2D', [2, 3], 1, 'SAME')
        .pool('AVERAGE_POOL_2D', [2, 2], 1, 'VALID')
        .reshape([1, 84])
        .dense(13, 'RELU')
        .dense(6, 'NONE', false),
    ],
  ])('%s: the same bytes', async (_, network) => {
    const reference = await outputsOf(network, 'reference')
    expectSpread(reference)
    expect(await outputsOf(network, 'cmsis-nn')).toEqual(reference)
  })

  it("differs where the reference's depthwise kernel ignores the fused activation, and there only", async () => {
    const network = new RandomNetwork(11, [1, 6, 6, 4]).depthwise([3, 3], 1, {
      activation: 'RELU',
      zeroPoint: -20,
    })
    const [reference] = await outputsOf(network, 'reference')
    const [cmsis] = await outputsOf(network, 'cmsis-nn')
    const ignored = reference!.filter((value) => value < -20).length
    expect(ignored).toBeGreaterThan(10)
    expect(cmsis).toEqual(reference!.map((value) => Math.max(value, -20)))
  })
})
