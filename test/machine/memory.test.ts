import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { observe } from '../../runs/simulation/observe.ts'
import { loadImage } from '../../src/files/image.ts'
import { buildReport } from '../../runs/report/build.ts'
import { compile } from '../cli/firmware.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** More than the 10 000 whose predictions are listed. A window takes some 1600 cycles. */
const FEW_WINDOWS = 12_000
const LIMIT_CYCLES = 80_000_000
/** A list of spans would take twenty times as much. */
const GROWTH_BYTES = 1_000_000

it('a run of four times as many windows takes no more memory, and its report counts them all', async () => {
  const source = readFileSync(join(import.meta.dirname, 'firmware', 'windows.c'), 'utf8')
  const image = await loadImage(compile('windows', source, '-O2 -g'))
  const heap: number[] = []
  let windows = 0
  const observation = await observe({
    image,
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    profile: true,
    strict: true,
    limitCycles: LIMIT_CYCLES,
    limit: { kind: 'time', detail: 'the test is over' },
    onConsole: (byte) => {
      if (byte !== 10) return
      windows += 1
      if (windows % FEW_WINDOWS !== 0) return
      collectGarbage()
      heap.push(process.memoryUsage().heapUsed)
    },
  })
  const report = buildReport({ toolVersion: 'test', image, observation })
  expect(heap.length).toBeGreaterThanOrEqual(4)
  expect(Math.max(...heap) - (heap[0] ?? 0)).toBeLessThan(GROWTH_BYTES)
  const counts = report.phases.map(({ name, count, passes }) => [name, passes / count, count])
  expect(counts).toEqual([
    ['sensor', 3, expect.any(Number)],
    ['preprocess', 1, counts[0]?.[2]],
    ['inference', 1, counts[0]?.[2]],
  ])
  expect(report.phases[0]?.count).toBeGreaterThanOrEqual(windows)
  expect(report.predictions?.total).toBe(windows)
  expect(report.predictions?.windows).toHaveLength(10_000)
  expect(report.console.text.length + report.console.droppedBytes).toBeGreaterThan(24 * windows)
  expect(report.console.droppedBytes).toBeGreaterThan(0)
})
