import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { dutyRun } from '../../runs/pricing/testing/duty-run.ts'
import { sampleReport } from './sample-report.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-duty-'))

const boardless = (...args: readonly string[]) =>
  spawnSync(process.execPath, [command, 'power', ...args], { encoding: 'utf8' })

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const report = file('run.json', JSON.stringify(dutyRun(sampleReport())))
const often = file('often.json', JSON.stringify(dutyRun(sampleReport(), { windows: 40, regulator: 'LDO' })))

beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
})

describe('boardless power --report', () => {
  it('prices a run again, and holds it beside a real one', () => {
    const json = join(folder, 'price.json')
    const { status, stdout, stderr } = boardless(
      ...['--report', report, '--rate', '4', '--regulator', 'ldo', '--cell', 'CR2032'],
      ...['--check', often, '--json', json],
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/priced again {2}rate 4, regulator ldo, cell CR2032/)
    expect(stdout).toMatch(/window +4 a second/)
    expect(stdout).toMatch(/assumes +A window’s work does not depend on the rate\./)
    expect(stdout).toMatch(/often\.json .*[+−]0\.0 % +inside/)
    const written = JSON.parse(readFileSync(json, 'utf8')) as {
      readonly price: { readonly board: { readonly averageMicroamps: number } }
      readonly checks: readonly { readonly realMicroamps: number; readonly isInside: boolean }[]
    }
    expect(written.checks[0]?.isInside).toBe(true)
    expect(written.price.board.averageMicroamps).toBeCloseTo(written.checks[0]?.realMicroamps ?? 0, 3)
  })

  it('says what is not known, with exit code 2', () => {
    const { status, stdout } = boardless('--report', report, '--sleep', 'off')
    expect(status).toBe(2)
    expect(stdout).toMatch(/unknown\n +because +System OFF ends in a reset/)
  })

  it('gives the same bytes each time', () => {
    const json = (): string =>
      boardless('--report', report, '--rate', '2', '--sensor', 'gyroscope', '--json', '-').stdout
    expect(json()).toBe(json())
  })

  it.each([
    [['--report', join(folder, 'none.json')], /no such file\. Give a report/],
    [['--report', folder], /is a folder/],
    [['--report', file('empty.json', '')], /empty\. Give a report/],
    [['--report', file('cut.json', '{"schemaVersion": 4, "board')], /not JSON\. Give a report/],
    [['--report', file('other.json', '{}')], /not a RunReport/],
    [['--report', file('old.json', '{"schemaVersion": 1}')], /version 1, and this tool reads version 4/],
    [['--report', file('null.json', 'null')], /not a RunReport/],
    [['--report', file('half.json', '{"schemaVersion": 4}')], /not whole: tool is missing\. Write it again/],
    [['--report', file('zip.boardless', 'PK\u0003\u0004')], /zip\.boardless/],
    [['--report', report, '--check', join(folder, 'none.json')], /none\.json: no such file/],
    [['--report', report, '--rate', '0'], /--rate 0: give a number/],
    [['--report', report, '--window', 'long'], /--window long: give a time/],
    [['--report', report, '--cell', 'AA'], /unknown cell/],
    [['--report', report, '--leds', 'power'], /--leds power: give NAME=on/],
    [['--report', report, '--for', '10s'], /--for is of runs/],
    [['--rate', '5'], /--rate is of a run that is priced again/],
  ])('%j is one line', (args, message) => {
    const { status, stdout, stderr } = boardless(...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
