import { beforeAll, describe, expect, it } from 'vitest'
import { simulate } from '../../src/files/simulate.ts'
import { firmwareToKeep } from '../../src/files/recorded-run.ts'
import { beginRecording } from '../recording/record.ts'
import type { ReplayPart } from '../recording/parts.ts'
import { readRun } from '../recording/run-file.ts'
import { openedSession, recordedApp, type RecordedApp } from './testing/recorded-app.ts'

let recorded: RecordedApp
beforeAll(async () => {
  recorded = await recordedApp('gesture', { seconds: 2 })
})

describe('a run that is shared', () => {
  it('is the file that was opened, with the names that it was given here', async () => {
    const session = openedSession(recorded)
    const plain = await session.share([])
    expect(Buffer.from(plain.bytes).equals(Buffer.from(recorded.zip))).toBe(true)
    session.setName({ name: 'boot', fromCycle: 0, toCycle: 64_000, note: '' })
    const named = await session.share([])
    expect(readRun(named.bytes, 'x').marks.map(({ name }) => name)).toEqual(['boot'])
    const { bytes, parts } = named
    expect(Object.keys(parts).sort()).toEqual([
      'firmware',
      'inputs',
      'names',
      'report',
      'snapshots',
      'timeline',
    ])
    const sum = Object.values(parts).reduce((all, one) => all + one, 0)
    expect(sum).toBeGreaterThan(0.9 * bytes.length)
    expect(sum).toBeLessThan(bytes.length)
  })

  it.each<readonly ReplayPart[]>([['firmware'], ['inputs'], ['firmware', 'inputs']])(
    'without %s is the file that --record-without writes, to the byte',
    async (...without: readonly ReplayPart[]) => {
      const { hooks, finish } = beginRecording(without)
      const report = await simulate({ ...recorded.given, ...hooks })
      const written = await finish(recorded.given, report, () => firmwareToKeep(recorded.given.file))
      const { bytes } = await openedSession(recorded).share(without)
      expect(Buffer.from(bytes).equals(Buffer.from(written))).toBe(true)
    },
  )

  it('keeps its names without its firmware', async () => {
    const session = openedSession(recorded)
    session.setName({ name: 'boot', fromCycle: 0, toCycle: 64_000, note: '' })
    const { bytes, parts } = await session.share(['firmware'])
    expect(parts.firmware).toBeUndefined()
    expect(readRun(bytes, 'x').marks).toHaveLength(1)
    expect(readRun(bytes, 'x').has('firmware')).toBe(false)
  })

  it('is a report where there is no more', async () => {
    const session = openedSession(recorded)
    session.openReport(JSON.stringify(recorded.report), 'r.json')
    const { kind, bytes } = await session.share(['firmware'])
    expect(kind).toBe('report')
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(recorded.report)
  })
})
