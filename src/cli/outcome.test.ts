import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../test/cli/sample-report.ts'
import { UserError } from '../../runs/errors.ts'
import type { RunSummary } from '../../runs/report/run-report.ts'
import { exitCodeOf } from './outcome.ts'

/** The command's exit code, and its one line where there is one. */
function outcome(run: Partial<RunSummary>): readonly [number, string] {
  const report = sampleReport()
  try {
    return [exitCodeOf({ ...report, run: { ...report.run, ...run } }), '']
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return [error.exitCode, error.message]
  }
}

const met = { pattern: '/Done/', metCycle: 5, line: 'Done' }
const unmet = { pattern: '/Done/', metCycle: null, line: null }

describe('the firmware’s own code', () => {
  it.each([
    [0, 0, ''],
    [7, 7, 'gesture.elf: the firmware itself exited with 7'],
    ...[1, 2, 3, 4, 130, 255].map(
      (code) => [code, code, `gesture.elf: the firmware itself exited with ${code}`] as const,
    ),
    [
      256,
      255,
      'gesture.elf: the firmware itself exited with 256; an exit code is 255 at most, so this is 255',
    ],
    [
      512,
      255,
      'gesture.elf: the firmware itself exited with 512; an exit code is 255 at most, so this is 255',
    ],
    [
      0xffff_ffff,
      255,
      'gesture.elf: the firmware itself exited with -1; an exit code is 255 at most, so this is 255',
    ],
  ] as const)('%d', (exitCode, code, line) => {
    expect(outcome({ stop: 'exit', exitCode })).toEqual([code, line])
    expect(outcome({ stop: 'exit', exitCode, until: met })).toEqual([code, line])
  })
})

describe('--until that was not met never gives 0', () => {
  it.each([
    ['time', {}, 1],
    ['recording-end', {}, 1],
    ['asleep-for-ever', {}, 1],
    ['exit', { exitCode: 0 }, 1],
    ['exit', { exitCode: 3 }, 1],
    ['exit', { exitCode: 256 }, 1],
    ['unmodelled', {}, 1],
    ['fault', {}, 3],
    ['breakpoint', {}, 3],
    ['exit', { exitCode: 1, gaveUp: 'no sensor' }, 3],
  ] as const)('%s %j', (stop, more, code) => {
    const [actual, line] = outcome({ stop, ...more, until: unmet })
    expect(actual).toBe(code)
    expect(line).toContain('--until /Done/ was not met')
  })

  it('says the firmware’s own code beside it', () => {
    expect(outcome({ stop: 'exit', stopDetail: 'it left', exitCode: 3, until: unmet })[1]).toBe(
      'gesture.elf: --until /Done/ was not met: it left, with 3',
    )
  })

  it('an interrupted run is that', () => expect(outcome({ stop: 'interrupted', until: unmet })[0]).toBe(130))
})

describe('--until that was met does not hide', () => {
  it.each([
    ['fault', {}, 3],
    ['breakpoint', {}, 3],
    ['unmodelled', {}, 1],
    ['interrupted', {}, 130],
    ['exit', { exitCode: 5 }, 5],
    ['until', { gaveUp: 'no sensor' }, 3],
    ['until', {}, 0],
    ['exit', { exitCode: 0 }, 0],
  ] as const)('%s %j', (stop, more, code) => expect(outcome({ stop, ...more, until: met })[0]).toBe(code))
})
