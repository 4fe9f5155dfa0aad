import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MachineStop } from '../../emulator/machine.ts'
import { OperatorProfiler } from '../../emulator/probes/operators.ts'
import { seededRandom } from '../../src/model/random.ts'
import { serialise } from '../../runs/report/serialise.ts'
import { invokeLoops } from '../../runs/simulation/invoke-loops.ts'
import { simulate, type SimulateFileOptions } from '../../src/files/simulate.ts'
import { CYCLES_PER_SECOND, gestureFirmware, heldOut } from './gesture.ts'
import { start, type Running } from './start.ts'

const SECONDS = 11
let file = ''
beforeAll(async () => {
  file = await gestureFirmware('cmsis-nn')
})

describe('reports of one window of the gesture app', () => {
  const report = async (choice: Partial<SimulateFileOptions> = {}) =>
    simulate({ file, recording: await heldOut(), seconds: SECONDS, ...choice })

  it('are the same twice, to the byte', async () => {
    const [one, two] = [await report(), await report()]
    expect(serialise(two)).toBe(serialise(one))
    expect(one.predictions?.total).toBe(1)
  })

  it('have the same cycles with and without the profile of functions', async () => {
    const [with_, without] = [await report(), await report({ profile: false })]
    expect(with_.functions.length).toBeGreaterThan(50)
    const unreasoned = <T>(one: T): T => ({ ...one, reasons: {} })
    const interpreters = with_.interpreters.map((one) => ({
      ...unreasoned(one),
      own: unreasoned(one.own),
      operators: one.operators.map(unreasoned),
    }))
    const phases = with_.phases.map(unreasoned)
    expect(without).toEqual({ ...unreasoned(with_), phases, interpreters, functions: [] })
  })
})

/** All that a run leaves behind: time, registers, memory, what was printed and when. */
function result({ machine, spans, text }: Running): unknown {
  const { state, ram, touched } = machine.cpu
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  return {
    now: machine.now,
    registers: Array.from({ length: 16 }, (_, n) => machine.readRegister(n)),
    floats: Array.from({ length: 32 }, (_, n) => state.single(n)),
    flags: [state.apsr, state.fpscr],
    instructions: machine.instructions,
    sleepCycles: machine.sleepCycles,
    ram: hash(ram),
    touched: hash(touched),
    interrupts: machine.interrupts,
    spans,
    text,
  }
}

describe('a run of the gesture app cut into slices', () => {
  const limit = SECONDS * CYCLES_PER_SECOND
  const whole = async (): Promise<Running> => {
    const { recording } = await heldOut()
    return start(file, { recording })
  }
  let expected: unknown

  beforeAll(async () => {
    const running = await whole()
    running.run(limit)
    expected = result(running)
  })

  it.each([1, 2, 3])('at random, seed %i: the same in every register, byte and cycle', async (seed) => {
    const running = await whole()
    const random = seededRandom(seed)
    const { machine } = running
    let stop: MachineStop = { kind: 'paused' }
    let slices = 0
    while (machine.now < limit && stop.kind === 'paused') {
      // From one cycle to about four million, every magnitude alike.
      stop = machine.run(Math.min(machine.now + Math.ceil(2 ** (22 * random())), limit))
      slices++
    }
    expect(slices).toBeGreaterThan(1000)
    expect(result(running)).toEqual(expected)
  })

  it('a cycle at a time through an inference', async () => {
    const running = await whole()
    const { machine } = running
    const inference = (expected as { spans: Running['spans'] }).spans.find(
      ({ name }) => name === 'inference',
    )!
    running.run(inference.beginCycle - 70_000)
    let slices = 0
    for (; machine.now < inference.endCycle + 10_000; slices++) machine.run(machine.now + 1)
    expect(slices).toBeGreaterThan(60_000)
    running.run(limit)
    expect(result(running)).toEqual(expected)
  })

  it('by stop() from inside, at each byte of the console', async () => {
    const { recording } = await heldOut()
    const running: Running = await start(file, { recording, onConsole: () => running.machine.stop() })
    let stops = 0
    while (running.machine.now < limit) {
      running.run(limit)
      stops++
    }
    expect(stops).toBeGreaterThan(100)
    expect({ ...(result(running) as object), text: '' }).toEqual({ ...(expected as object), text: '' })
  })

  it('with probes on the interpreter, and with a profile', async () => {
    const { recording } = await heldOut()
    const running = await start(file, { recording, profile: true })
    const operators = new OperatorProfiler(running.machine, {
      loops: invokeLoops(running.image.symbols),
      identify: ({ object }) => ({ table: object, subgraph: undefined, index: undefined }),
    })
    running.run(limit)
    expect(operators.summary()[0]?.operators).toHaveLength(3)
    expect(result(running)).toEqual(expected)
  })
})
