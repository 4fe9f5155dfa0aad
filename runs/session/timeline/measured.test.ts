import { beforeAll, describe, expect, it } from 'vitest'
import { viewOf } from '../../export/timeline-tracks.ts'
import { UserError } from '../../errors.ts'
import { bytesSource } from '../../bytes/byte-source.ts'
import { readMeasuredCurrent } from '../../import/read-measured.ts'
import { layOver, measuredAnswer } from '../../recording/query/measured.ts'
import { cellText } from '../../recording/query/answer.ts'
import { readRun } from '../../recording/run-file.ts'
import { Replay } from '../../recording/replay.ts'
import type { LevelDrawing } from '../../../emulator/timeline/drawn/level.ts'
import { openedSession, recordedApp, type RecordedApp } from '../testing/recorded-app.ts'

const SECOND = 64_000_000
const BEGIN = 1.25
let recorded: RecordedApp
let csv: Blob

/** A thousandth of a second each, 8 % and 20 uA above what was estimated, begun 1.25 s into the run. */
function measurement(zip: Uint8Array): string {
  const run = readRun(zip, 'run.boardless')
  const whole = new Replay(run, 'run.boardless').stretch(0, 8 * SECOND)
  const board = viewOf(whole, '').tracks.find(({ info }) => info.id === 'current/board')
  const lines = ['Timestamp(ms),Current(uA)']
  for (let i = 0; i < 5000; i++) {
    const from = Math.round((BEGIN + i / 1000) * SECOND)
    const to = Math.round((BEGIN + (i + 1) / 1000) * SECOND)
    let sum = 0
    if (board?.kind === 'level')
      for (const { begin, end, average } of board.pieces(from, to)) sum += average * (end - begin)
    lines.push(`${i},${((1.08 * sum) / (to - from) / 1e6 + 20).toFixed(4)}`)
  }
  return `${lines.join('\n')}\n`
}

beforeAll(async () => {
  recorded = await recordedApp('gesture-5hz', { seconds: 8 })
  csv = new Blob([measurement(recorded.zip)])
})

describe('a measured current over the estimate', () => {
  it.each([
    ['auto', 0, 8 * SECOND],
    ['at:1.25s', 2 * SECOND + 123, 4 * SECOND + 7],
  ])('says what the command line says, laid %s', async (align, from, to) => {
    const session = openedSession(recorded)
    const facts = await session.layMeasured('desk.csv', csv, align)
    const compared = await session.compareMeasured(from, to)
    const run = readRun(recorded.zip, 'run.boardless')
    const whole = new Replay(run, 'run.boardless').stretch(0, 8 * SECOND)
    const measured = await readMeasuredCurrent(
      bytesSource('desk.csv', new Uint8Array(await csv.arrayBuffer())),
    )
    const anchor = align === 'auto' ? ({ by: 'auto' } as const) : { by: 'at' as const, cycle: BEGIN * SECOND }
    const expected = measuredAnswer(
      viewOf(whole, '', from, to),
      run.report,
      measured,
      layOver(viewOf(whole, '', 0, 8 * SECOND), [], measured, anchor),
    )
    expect(compared?.rows).toEqual(
      expected.rows.map((row) => expected.columns.map((column) => cellText(column, row[column.key] ?? null))),
    )
    expect(compared?.notes).toEqual(expected.notes)
    expect(facts.sentences[0]).toBe(expected.notes[0])
    if (align !== 'auto') expect(facts.offset).toBe(BEGIN * SECOND)
  })

  it('is drawn where it lies, and the difference is what it has more', async () => {
    const session = openedSession(recorded)
    await session.layMeasured('desk.csv', csv, 'at:1.25s')
    const request = {
      tracks: ['current/board', 'current/measured', 'current/difference'],
      from: 2 * SECOND,
      to: 3 * SECOND,
      column: 2 ** 16,
    }
    const { drawings } = session.draw(request)
    const [measured, difference] = request.tracks.slice(1).map((id) => drawings[id] as LevelDrawing)
    expect(measured!.begins[0]).toBeGreaterThanOrEqual(2 * SECOND - 64_000)
    const mean = ({ begins, ends, average }: LevelDrawing): number =>
      average.reduce((sum, one, i) => sum + one * (ends[i]! - begins[i]!), 0) / (ends.at(-1)! - begins[0]!)
    const compared = await session.compareMeasured(difference!.begins[0]!, difference!.ends.at(-1)!)
    const more = compared!.measuredMicroamps - compared!.estimatedMicroamps
    expect(mean(difference!) / 1e6).toBeCloseTo(more, 3)
    expect(session.draw({ ...request, from: 7 * SECOND, to: 8 * SECOND }).drawings['current/measured']).toBe(
      undefined,
    )
    session.takeMeasuredAway()
    expect(Object.keys(session.draw(request).drawings)).toEqual(['current/board'])
  })

  it.each([
    ['empty.csv', '', 'auto'],
    ['words.csv', 'time,current\nnow,much\n', 'auto'],
    ['cut.ppk2', 'PK\u0003\u0004 and no more', 'auto'],
    ['two.csv', 'Timestamp(ms),a (uA),b (uA)\n0,1,2\n1,2,3\n', 'auto'],
    ['desk.csv', 'Timestamp(ms),Current(uA)\n0,1\n1,2\n2,3\n', 'marker:nowhere'],
    ['desk.csv', 'Timestamp(ms),Current(uA)\n0,1\n1,2\n2,3\n', 'edge'],
    ['desk.csv', 'Timestamp(ms),Current(uA)\n0,1\n1,2\n2,3\n', 'sideways'],
  ])('is refused in one line: %s %#', async (name, text, align) => {
    const session = openedSession(recorded)
    const refused = session.layMeasured(name, new Blob([text]), align)
    const error: unknown = await refused.catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).not.toContain('\n')
    expect(await session.measured()).toBe(undefined)
  })

  it('lies beside the run where it was put there, and has nothing to compare', async () => {
    const session = openedSession(recorded)
    const { sentences } = await session.layMeasured('desk.csv', csv, 'at:20s')
    expect(sentences[0]).toContain('beside the run')
    expect(await session.compareMeasured(0, SECOND)).toBe(undefined)
  })
})

describe('names', () => {
  it('are set, renamed, removed, and saved into the file', async () => {
    const session = openedSession(recorded)
    session.setName({ name: 'boot', fromCycle: 0, toCycle: SECOND, note: '' })
    session.setName({ name: 'press', fromCycle: 2 * SECOND, toCycle: null, note: 'by hand' })
    session.rename('boot', 'start-up')
    expect(() => session.rename('press', 'start-up')).toThrow('already')
    expect(() => session.rename('press', '1s')).toThrow('begins with a letter')
    const saved = readRun(await session.save(), 'run.boardless')
    expect(saved.marks.map(({ name }) => name)).toEqual(['start-up', 'press'])
    expect((await session.layMeasured('desk.csv', csv, 'marker:press')).offset).toBe(2 * SECOND)
    session.removeName('start-up')
    session.removeName('press')
    expect(await session.save()).toEqual(recorded.zip)
  })
})

describe('what is recorded on request', () => {
  it('has calls, inlined ones too, and EasyDMA, of the stretch in view', async () => {
    const session = openedSession(recorded)
    const request = { tracks: ['functions', 'dma'], from: SECOND, to: SECOND + 100_000, column: 1 }
    expect(session.draw(request).drawings).toEqual({})
    session.record({ functions: true, dma: true })
    expect(await session.detail(request.from, request.to)).toEqual({ kind: 'there' })
    const run = readRun(recorded.zip, 'run.boardless')
    const again = new Replay(run, 'run.boardless', { withFunctions: true }).stretch(request.from, request.to)
    const calls = viewOf(again, '', request.from, request.to).tracks.find(
      ({ info }) => info.id === 'functions',
    )
    const drawn = session.draw(request).drawings['functions']
    expect(drawn?.kind === 'spans' && drawn.begins.length).toBe(
      calls?.kind === 'spans' ? [...calls.pieces(request.from, request.to)].length : -1,
    )
    session.record({ functions: false, dma: false })
    expect(session.draw(request).drawings).toEqual({})
  })
})
