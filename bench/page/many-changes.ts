import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { BOARD, CHIP, PROCESSOR } from '../../emulator/timeline/record/currents.ts'
import { Timeline } from '../../emulator/timeline/timeline.ts'
import { writeRun } from '../../runs/recording/run-file.ts'
import { simulate } from '../../src/files/simulate.ts'
import { buildApp, factsOf } from '../../src/running/app.ts'
import { inputOf } from '../../src/running/inputs.ts'

const HOUR = 3600 * 64_000_000

/**
 * An hour in which the board's current changes so many times, with the processor's state, phases, exceptions and pins
 * beside it, folded as a run records it. Made up, the same each time.
 */
export function manyChanges(changes: number): Timeline {
  const timeline = new Timeline()
  const board = timeline.level(BOARD, 5_800_000_000)
  const chip = timeline.level(CHIP, 1_500_000_000)
  const processor = timeline.state(PROCESSOR)
  const phases = timeline.spans({ id: 'phases', name: 'phases', group: 'phases', unit: '' })
  const exceptions = timeline.spans({
    id: 'exceptions',
    name: 'exceptions',
    group: 'processor',
    unit: 'cycles of latency',
  })
  const pins = ['P0.13', 'P1.02'].map((name) =>
    timeline.state({ id: `pin/${name}`, name, group: 'pins', unit: '', first: 'low', idle: ['low'] }),
  )
  const step = Math.floor(HOUR / changes)
  let random = 1
  const next = (below: number): number => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
    return random % below
  }
  for (let i = 0; i < changes; i++) {
    const cycle = i * step + next(step)
    board.set(5_000_000_000 + next(7_000_000_000), cycle)
    if (i % 4 === 0) chip.set(1_000_000_000 + next(5_000_000_000), cycle)
    if (i % 16 === 0) {
      processor.enter(i % 32 === 0 ? 'run' : 'sleep', cycle)
      const span = exceptions.spans.begin(`RTC${(i / 16) % 3}`, cycle, { value: 12 })
      exceptions.spans.end(span, cycle + 40)
    }
    if (i % 256 === 0) {
      const span = phases.spans.begin(['sensor', 'preprocess', 'inference'][(i / 256) % 3] ?? '', cycle)
      phases.spans.end(span, cycle + step)
      pins[(i / 256) % 2]?.enter(i % 1024 === 0 ? 'high' : 'low', cycle)
    }
  }
  timeline.advance(HOUR)
  return timeline
}

/** As a `.boardless` file, with a report of another run: nothing of it can be run again. */
export async function fileOf(timeline: Timeline): Promise<Uint8Array> {
  const built = await buildApp('gesture', {}, () => undefined)
  const inputs = await inputOf('gesture', { end: 'stop', log: {}, board: NANO_33_BLE_SENSE })
  const report = await simulate({
    ...inputs,
    file: built.elfPath,
    build: factsOf(built, {}),
    board: NANO_33_BLE_SENSE,
    timing: pipelineTiming,
    seconds: 0.1,
  })
  return writeRun({ report, timeline, snapshots: [], given: undefined, firmware: undefined })
}
