import { beforeAll, describe, expect, it } from 'vitest'
import { lipo } from '../../../emulator/power/battery.ts'
import type { LevelDrawing } from '../../../emulator/timeline/drawn/level.ts'
import type { SpansDrawing } from '../../../emulator/timeline/drawn/spans.ts'
import { Replay } from '../../recording/replay.ts'
import type { Session } from '../session.ts'
import { recordedSubject } from '../subject.ts'
import { openedSession, recordedApp, type RecordedApp } from '../testing/recorded-app.ts'
import { figuresOf } from './figures.ts'

const SECOND = 64_000_000
const BOARD = 'current/board'
let zip: Uint8Array
let recorded: RecordedApp
const opened = (): Session => openedSession(recorded)

beforeAll(async () => {
  recorded = await recordedApp('gesture-5hz', { seconds: 60, cell: lipo(500) })
  zip = recorded.zip
})

describe('what is drawn', () => {
  const request = { tracks: [BOARD, 'console'], from: SECOND, to: SECOND + 2 ** 22, column: 2 ** 12 }

  it('says what is folded, and is true to the change once it was run again', async () => {
    const session = opened()
    const before = session.draw(request)
    expect(before.folded[BOARD]?.width).toBeGreaterThan(2 ** 12)
    expect(await session.detail(SECOND, SECOND + 2 ** 22)).toEqual({ kind: 'there' })
    const after = session.draw(request)
    expect(after.detailed).toEqual([{ from: SECOND, to: SECOND + 2 ** 22 }])
    const { begins, average } = after.drawings[BOARD] as LevelDrawing
    const run = recordedSubject(zip, 'run.boardless')
    const { steps } = new Replay(run.run, 'run.boardless')
      .stretch(request.from, request.to)
      .level({ id: BOARD, name: '', group: '', unit: '' })
    const truly = steps.changesIn(request.from + 1, request.to)
    expect([...begins]).toEqual([request.from, ...truly.cycles])
    expect([...average].slice(1)).toEqual([...truly.values])
  })

  it('is not what somebody wanted before', async () => {
    const session = opened()
    const [first, second] = await Promise.all([
      session.detail(SECOND, SECOND + 2 ** 22),
      session.detail(2 * SECOND, 2 * SECOND + 2 ** 22),
    ])
    expect([first.kind, second.kind]).toEqual(['superseded', 'there'])
  })

  it('stays true when others use the machine meanwhile', async () => {
    const session = opened()
    const wanted = session.detail(SECOND, 3 * SECOND)
    await new Promise<void>((resolve) => setImmediate(resolve))
    session.subject.replay?.goTo(5000)
    expect(await wanted).toEqual({ kind: 'there' })
    const { begins } = session.draw({ ...request, tracks: [BOARD] }).drawings[BOARD] as LevelDrawing
    expect(begins.length).toBeGreaterThan(10)
  })

  it('is nothing outside of the run', () => {
    const answer = opened().draw({ ...request, from: 70 * SECOND, to: 80 * SECOND })
    expect(answer.drawings).toEqual({})
  })
})

describe('statistics of a selection', () => {
  it('are the same as by the command line, whose ends are run again one by one', async () => {
    const session = opened()
    const [from, to] = [SECOND + 12_345, 9 * SECOND + 77]
    const tracks = session.subject.timeline.tracks
    const answer = await session.measure([...tracks.keys()], from, to)
    const run = recordedSubject(zip, 'run.boardless')
    for (const id of [BOARD, 'processor', 'phases', 'exceptions', 'state/CPU'])
      expect(answer?.statistics[id]).toEqual(run.timeline.statistics(id, from, to, run.replay))
  })

  it('of the last that was asked for', async () => {
    const session = opened()
    const answers = await Promise.all([
      session.measure([BOARD], 1000, SECOND + 1),
      session.measure([BOARD], 2000, SECOND + 2),
    ])
    expect(answers[0]).toBeUndefined()
    expect(answers[1]?.from).toBe(2000)
  })
})

describe('search', () => {
  it('finds lines of the console, phases, operators by their type, pins and states', async () => {
    const session = opened()
    const found = (await session.find('prediction')).hits
    const hits = found.filter(({ track }) => track === 'console')
    const drawing = session.draw({ tracks: ['console'], from: 0, to: 60 * SECOND, column: 4096 }).drawings[
      'console'
    ] as SpansDrawing
    const lines = drawing.texts.flatMap((text, i) =>
      text.includes('prediction') ? [drawing.begins[i]!] : [],
    )
    expect(hits.map(({ begin }) => begin)).toEqual(lines)
    expect(
      (await session.find('inference')).hits.every(({ name, text }) => /inference/i.test(name + text)),
    ).toBe(true)
    expect((await session.find('softmax')).hits[0]?.name).toMatch(/^SOFTMAX/)
    expect((await session.find('P1.00')).hits[0]?.track).toBe('pin/P1.00')
    expect((await session.find('nothing of the kind')).hits).toEqual([])
  })
})

describe('what a stretch cost', () => {
  const figures = async (session: Session, from: number, to: number) => {
    const tracks = [...session.subject.timeline.tracks.keys()]
    const { power, board } = await session.report()
    const answer = await session.measure(tracks, from, to)
    return figuresOf(answer!.statistics, power.supplyVolts, power, board.name)!
  }

  it('is the report, of the whole run: current, interval, share awake, life of the battery', async () => {
    const session = opened()
    const { power } = await session.report()
    const whole = await figures(session, 0, session.subject.timeline.until)
    expect(whole.averageMicroamps).toBeCloseTo(power.board.averageMicroamps, 6)
    expect(whole.chargeMicrocoulombs).toBeCloseTo(power.board.chargeMicrocoulombs, 6)
    expect(whole.energyMicrojoules).toBeCloseTo(power.board.energyMicrojoules, 5)
    expect(whole.peakMicroamps).toBeCloseTo(power.board.peakMicroamps, 6)
    expect(whole.awakeShare).toBeCloseTo(power.awakeShare, 9)
    expect(whole.rangeMicroamps?.[0]).toBeCloseTo(power.board.lowMicroamps, 6)
    expect(whole.rangeMicroamps?.[1]).toBeCloseTo(power.board.highMicroamps, 6)
    expect(whole.battery?.hours).toBeCloseTo(power.battery!.hours, 6)
    expect(whole.battery?.rangeHours[0]).toBeCloseTo(power.battery!.lowHours, 6)
    expect(whole.battery?.rangeHours[1]).toBeCloseTo(power.battery!.highHours, 6)
  })

  it('adds up: two stretches are the one that they make', async () => {
    const session = opened()
    const [a, b, c] = [SECOND + 1234, 7 * SECOND + 5, 20 * SECOND + 77]
    const [first, second, both] = [
      await figures(session, a, b),
      await figures(session, b, c),
      await figures(session, a, c),
    ]
    expect(first.chargeMicrocoulombs + second.chargeMicrocoulombs).toBeCloseTo(both.chargeMicrocoulombs, 6)
    expect(both.rangeMicroamps![0]).toBeLessThan(both.averageMicroamps)
    expect(both.rangeMicroamps![1]).toBeGreaterThan(both.averageMicroamps)
  })

  it('takes no replay where little patience is given', async () => {
    const session = opened()
    const { timeline } = session.subject
    let from = SECOND
    while (timeline.statistics(BOARD, from, 40 * SECOND).kind !== 'folded') from += 1001
    expect(await session.measure([BOARD], from, 40 * SECOND, 10)).toBeUndefined()
    expect(await session.measure([BOARD], from, 40 * SECOND)).toBeDefined()
  })
})
