import { beforeAll, describe, expect, it } from 'vitest'
import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { loadImage } from '../../files/image.ts'
import { tflmPackage } from '../../toolchain/sources/packages.ts'
import { ensureSources } from '../../toolchain/sources/sources.ts'
import { buildNetwork, documentedNetworks, inferenceCycles } from './network-runs.ts'
import { openParameters } from '../../../runs/open-parameters/parameters.ts'
import { networkCells, networkFigures, networkRows } from './networks.ts'

beforeAll(() => ensureSources(tflmPackage))

describe('docs/networks.json', () => {
  it('is of the timing model as it is: else run boardless fidelity --networks docs/networks.json', async () => {
    const { timing, results } = await documentedNetworks()
    expect(timing).toEqual(pipelineTiming)
    expect(results.map(({ name }) => name)).toEqual(networkFigures.map(({ name }) => name))
  })

  it('has what a network takes, but for where the firmware’s code comes to stand in the cache', async () => {
    const [figure] = networkFigures
    const { results } = await documentedNetworks()
    const image = await loadImage((await buildNetwork(figure!)).elf)
    const ratio = (flashReadWait: number, documented: number | undefined): number =>
      inferenceCycles(image, figure!, { ...pipelineTiming, flashReadWait }) / (documented ?? 0)
    expect(ratio(pipelineTiming.flashReadWait, results[0]?.cycles)).toBeCloseTo(1, 1.5)
    const lowest = openParameters.find(({ name }) => name === 'flashReadWait')?.range[0]
    expect(ratio(lowest ?? 0, results[0]?.lowest)).toBeCloseTo(1, 1.5)
  })

  it('substantiates the layers within ten per cent, what is around an inference dropped', async () => {
    const rows = networkRows((await documentedNetworks()).results)
    const layers = rows.filter(({ name }) => name.includes('nine layers'))
    expect(layers).toHaveLength(4)
    for (const { cycles, publishedMicroseconds } of layers)
      expect(Math.abs(cycles / 64 / publishedMicroseconds - 1)).toBeLessThan(0.1)
  })
})

it('differences and percentages are of microseconds at 64 MHz', () => {
  const results = networkFigures.map(({ name }, i) => ({
    name,
    cycles: 6400 * (i + 1),
    lowest: 6400,
    highest: 64_000,
  }))
  const row = networkRows(results).find(({ name }) => name === 'Iris, nine layers of 10 x 10')
  expect(row).toMatchObject({ cycles: 6400, lowest: 0, highest: 0 })
  expect(networkCells(row!)).toMatchObject({ predicted: '100', published: '329', off: '-70 %' })
})
