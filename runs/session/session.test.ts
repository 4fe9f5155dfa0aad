import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { simulate } from '../../src/files/simulate.ts'
import { heldOutRecording } from '../../src/project.ts'
import { buildApp } from '../../src/running/app.ts'
import { inputOf } from '../../src/running/inputs.ts'
import { serialise } from '../report/serialise.ts'
import { readRun } from '../recording/run-file.ts'
import { Replay } from '../recording/replay.ts'
import type { RunChoices } from './choices.ts'
import { Session } from './session.ts'

const SECOND = 64_000_000
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))
let elf: Uint8Array
let path: string
let recording: { readonly name: string; readonly bytes: Blob }

beforeAll(async () => {
  ;({ elfPath: path } = await buildApp('gesture-5hz', {}, () => undefined))
  elf = await readFile(path)
  recording = { name: 'heldout.csv', bytes: new Blob([await readFile(heldOutRecording())]) }
})

const opened = async (choices: RunChoices = {}): Promise<{ session: Session; printed: number[] }> => {
  const printed: number[] = []
  const session = new Session({
    breathe,
    tell: (event) => event.event === 'console' && printed.push(...event.bytes),
  })
  await session.openFirmware({ bytes: elf, name: path }, { recording, ...choices })
  return { session, printed }
}

describe('a run here', () => {
  it('is the run of the command line, to the byte of its report', async () => {
    const inputs = await inputOf('gesture-5hz', { end: 'stop', log: {}, board: NANO_33_BLE_SENSE })
    const expected = await simulate({ ...inputs, file: path, board: NANO_33_BLE_SENSE, seconds: 6 })
    const { session } = await opened({ duration: '6s' })
    const state = await session.go('fast')
    expect(state).toMatchObject({
      cycle: 6 * SECOND,
      ended: '6.00 s are over, as --for says',
      crashed: false,
    })
    expect(serialise(await session.report())).toBe(serialise(expected))
  })

  it('says on the way what its report says', async () => {
    const { session, printed } = await opened({ duration: '1s' })
    const state = await session.go('fast')
    const report = await session.report()
    expect(state.averageMicroamps).toBeCloseTo(report.power.board.averageMicroamps, 6)
    expect(Buffer.from(printed).toString()).toBe(report.console.text)
    expect(state.sleepCycles / state.cycle).toBeCloseTo(1 - report.power.awakeShare, 9)
    expect(session.predictions()).toEqual(report.predictions)
  })

  it('judges the window that has just been predicted, as its report does', async () => {
    const { elfPath } = await buildApp('gesture', {}, () => undefined)
    const session = new Session({ breathe, tell: () => undefined })
    const firmware = { bytes: await readFile(elfPath), name: elfPath }
    await session.openFirmware(firmware, { recording, duration: '10s' })
    await session.go('fast')
    const told = session.predictions()
    expect(told).toMatchObject({ total: 1, labelled: 1 })
    expect(told).toEqual((await session.report()).predictions)
  })

  it('is the same report at any moment as that of a run that ends there', async () => {
    const { session } = await opened()
    await session.go('fast', 3 * SECOND)
    const here = await session.report()
    await session.go('fast', 4 * SECOND)
    const { session: other } = await opened()
    await other.go('fast', 3 * SECOND)
    expect(serialise(await other.report())).toBe(serialise(here))
  })
})

describe('steps', () => {
  it('go on by an instruction, and back', async () => {
    const { session } = await opened()
    await session.go('fast', SECOND)
    const cycles = [session.state().cycle]
    const places: number[] = [session.inspect().registers[15]!]
    for (let n = 0; n < 50; n++) {
      await session.step('instruction')
      cycles.push(session.state().cycle)
      places.push(session.inspect().registers[15]!)
    }
    expect(session.inspect().instructions).toBeGreaterThanOrEqual(50)
    for (let n = cycles.length - 2; n > 0; n--) {
      await session.back('instruction')
      expect(session.inspect()).toMatchObject({ cycle: cycles[n], isPast: true })
      expect(session.inspect().registers[15]).toBe(places[n])
    }
  })

  it('stay in the past until they come to the present, and leave the run as it is', async () => {
    const { session } = await opened()
    await session.go('fast', 12 * SECOND)
    const before = serialise(await session.report())
    const { cycle } = session.state()
    await session.look(10 * SECOND)
    expect(session.inspect()).toMatchObject({ isPast: true })
    await session.step('inference')
    await session.step('line')
    expect(session.state().cursor).toBeGreaterThan(10 * SECOND)
    expect(session.state().cycle).toBe(cycle)
    await session.look(Infinity)
    expect(session.state().cursor).toBeUndefined()
    expect(serialise(await session.report())).toBe(before)
  })

  it('go to the end of each inference, as its report has them', async () => {
    const { session } = await opened()
    const ends: number[] = []
    for (let n = 0; n < 3; n++) {
      await session.step('inference')
      ends.push(session.inspect().cycle)
    }
    const { interpreters } = await session.report()
    expect(interpreters[0]?.count).toBe(3)
    await session.back('inference')
    expect(session.inspect()).toMatchObject({ cycle: ends[1], isPast: true })
  })

  it('go to other lines of the source, calls passed over', async () => {
    const { session } = await opened()
    session.breakAt(['main'])
    await session.go('fast')
    expect(session.state().stoppedAt).toBe('main')
    const lines: string[] = []
    for (let n = 0; n < 5; n++) {
      await session.step('line')
      const { code, function: name } = session.inspect()
      expect(name).toBe('main')
      const at = code.findIndex(({ isNext }) => isNext)
      lines.push(code.slice(0, at + 1).findLast(({ source }) => source !== '')?.source ?? '')
    }
    expect(new Set(lines).size).toBeGreaterThan(2)
  })

  it('stop at breakpoints without changing what the run is', async () => {
    const { session } = await opened({ duration: '10500ms' })
    const { session: plain } = await opened({ duration: '10500ms' })
    await plain.go('fast')
    const [address] = session.breakAt(['tflite::MicroInterpreter::Invoke'])
    let stops = 0
    while ((await session.go('fast')).ended === undefined) {
      stops += 1
      expect(session.inspect().registers[15]).toBe(address)
    }
    const report = await session.report()
    expect(stops).toBe(report.interpreters[0]?.count)
    expect(serialise(report)).toBe(serialise(await plain.report()))
  })
})

describe('what is saved', () => {
  it('is a recorded run that can be gone through and run again', async () => {
    const { session } = await opened()
    await session.go('fast', 2 * SECOND)
    const run = readRun(await session.save(), 'live.boardless')
    expect(serialise(run.report)).toBe(serialise(await session.report()))
    const replay = new Replay(run, 'live.boardless')
    replay.goTo(SECOND)
    await session.look(SECOND)
    expect(replay.run.machine.now).toBe(session.inspect().cycle)
  })
})
