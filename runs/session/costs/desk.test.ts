import { beforeAll, describe, expect, it } from 'vitest'
import { simulate } from '../../../src/files/simulate.ts'
import type { RunReport } from '../../report/run-report.ts'
import type { Session } from '../session.ts'
import { openedSession, recordedApp, type RecordedApp } from '../testing/recorded-app.ts'
import type { AgainAnswer } from './protocol.ts'

let recorded: RecordedApp
let report: RunReport
/** Of the same run, made by the command line's way with calls. */
let withCalls: RunReport
const opened = (): Session => openedSession(recorded)

beforeAll(async () => {
  recorded = await recordedApp('gesture', { seconds: 11 })
  report = recorded.report
  withCalls = await simulate({ ...recorded.given, functions: true })
})

describe('a function that is annotated', () => {
  it('has the cycles and reasons that the report has of it', async () => {
    const [dearest] = report.functions
    const answer = await opened().annotate(dearest!.address)
    const { annotation } = answer as Extract<typeof answer, { kind: 'found' }>
    expect(annotation.function.cycles).toBe(dearest!.selfCycles)
    expect(annotation.function.reasons).toEqual(dearest!.reasons)
    expect(annotation.function.shareOfRun).toBe(dearest!.share)
    expect(annotation.instructions.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(dearest!.selfCycles)
    expect(annotation.files.some(({ hasText }) => hasText)).toBe(false)
  })
  it('has its source once that was given', async () => {
    const session = opened()
    const { address } = report.functions[0]!
    const before = await session.annotate(address)
    const path = before.kind === 'found' ? before.annotation.files[0]!.path : ''
    session.addSources([{ path: path.split('/').at(-1)!, text: 'first\nsecond\n'.repeat(400) }])
    const after = await session.annotate(address)
    const lines = after.kind === 'found' ? after.annotation.lines : []
    const line = lines.find(({ file }) => file === path)
    expect(line?.text).toBe(line!.line % 2 === 1 ? 'first' : 'second')
  })
  it('says why it cannot be', async () => {
    const session = opened()
    expect(await session.annotate(0x9_0000)).toEqual({
      kind: 'unknown',
      why: expect.stringContaining('0x90000 is in no function') as string,
    })
    session.openReport(JSON.stringify(report), 'r.json')
    expect(await session.annotate(report.functions[0]!.address)).toEqual({
      kind: 'unknown',
      why: expect.stringContaining('a report alone has nothing to run again') as string,
    })
  })
})

describe('a run that is made again with calls', () => {
  it('gives the report of run --functions to the byte, a little at a time', async () => {
    const session = opened()
    const shares: number[] = []
    let answer: AgainAnswer
    do {
      answer = await session.runAgain(20)
      shares.push(answer.share)
    } while (!answer.report)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
    expect(JSON.stringify(answer.report)).toBe(JSON.stringify(withCalls))
  })
  it('is refused where there is nothing to run', async () => {
    const session = opened()
    session.openReport(JSON.stringify(report), 'r.json')
    await expect(session.runAgain(20)).rejects.toThrow('it cannot be run again: a report alone')
  })
})
