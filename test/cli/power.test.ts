import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ClaimResult } from '../../src/power/claims.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { wavFile } from '../../src/toolchain/apps/audio.ts'
import { apps } from '../../src/toolchain/apps/app-table.ts'
import { compile } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'boardless-power-'))
const SECOND = 64_000_000

function boardless(...args: readonly string[]) {
  const json = join(mkdtempSync(join(folder, 'r')), 'report.json')
  const result = spawnSync(process.execPath, [command, ...args, '--json', json], { encoding: 'utf8' })
  const written: unknown = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : undefined
  return { ...result, report: written as RunReport, written }
}

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
})

describe('boardless power', () => {
  it('runs every app that it compares, and judges what is claimed of them', () => {
    const { status, stdout, stderr, written } = boardless('power', '--for', '1500ms', '--cell', 'CR2032')
    expect([status, stderr.split('\n').filter((line) => /^boardless:/.test(line))]).toEqual([0, []])
    const { claims, reports } = written as { claims: ClaimResult[]; reports: RunReport[] }
    const names = ['gesture-continuous', 'gesture-5hz', 'gesture-motion', 'keyword', 'keyword-gated']
    expect(reports.map(({ firmware }) => firmware.app)).toEqual(names)
    for (const name of names) expect(stdout).toMatch(new RegExp(`${name} +1\\.50 s +[\\d ]+`))
    for (const { run, power } of reports) {
      expect(run.cycles).toBeGreaterThanOrEqual(1.5 * SECOND)
      expect(power.unknownStates).toEqual([])
      expect(power.board.lowMicroamps).toBeLessThan(power.board.averageMicroamps)
      expect(power.board.averageMicroamps).toBeLessThan(power.board.highMicroamps)
      expect(power.feeds.map(({ volts }) => volts)).toEqual([3.3, 5])
      expect(power.battery).toMatchObject({ cell: 'CR2032', feed: power.feeds[0]?.feed })
    }
    expect(claims).toHaveLength(5)
    expect(stdout.match(/^ +(holds|within our interval only|does not hold)$/gm)).toHaveLength(5)
    expect(stdout).toContain('a wire from LSM9DS1 INT1 to P1.11 is assumed')
  })

  it('writes its coefficients, and takes them back', () => {
    const currents = join(folder, 'currents.json')
    expect(boardless('power', '--coefficients', currents).status).toBe(0)
    const parts = JSON.parse(readFileSync(currents, 'utf8')) as Record<string, { states: object }>
    expect(Object.keys(parts)).toContain('EASYDMA')
    const elf = compile('idle', 'int main(void) { REG(0x40000578) = 1; return 0; }')
    const run = boardless('run', elf, '--currents', currents, '--cell', 'lipo:100')
    expect([run.status, run.report.power.battery?.cell]).toEqual([0, 'LiPo 100 mAh'])
    const plain = boardless('run', elf).report.power
    for (const key of ['averageMicroamps', 'lowMicroamps', 'highMicroamps'] as const)
      expect(run.report.power.chip[key]).toBeCloseTo(plain.chip[key], 6)
  })
})

describe('bad input is one line and exit code 2', () => {
  const wav = (offset: number, value: number): Uint8Array => {
    const bytes = Buffer.from(wavFile(new Int16Array(160)))
    bytes.writeUInt32LE(value, offset)
    return bytes
  }
  const led = (microamps: number): string =>
    JSON.stringify({
      LED: {
        states: {
          on: {
            microamps,
            range: [microamps, microamps],
            conditions: '',
            source: 'me',
            evidence: 'measured',
          },
        },
      },
    })
  it.each<readonly [string, () => readonly string[], RegExp]>([
    [
      'WAV of a wrong rate',
      () => ['--audio', file('fast.wav', wav(24, 44_100))],
      /fast\.wav: has 44100 samples/,
    ],
    ['WAV in stereo', () => ['--audio', file('two.wav', wav(20, 0x0002_0001))], /two\.wav: has 2 channels/],
    ['WAV that is cut off', () => ['--audio', file('cut.wav', wav(40, 5000))], /cut\.wav: is cut off/],
    ['empty WAV', () => ['--audio', file('empty.wav', '')], /empty\.wav: is empty/],
    ['wire of nothing', () => ['--wire', 'INT1'], /--wire.*Give a wire as LSM9DS1\.INT1=P1\.11/],
    ['wire to no pin', () => ['--wire', 'LSM9DS1.INT1=P1.16'], /--wire.*P1\.16 is not a pin/],
    ['wire from no sensor', () => ['--wire', 'BMI270.INT1=P1.11'], /BMI270\.INT1.*Give LSM9DS1\.INT1/],
    [
      'wire of another board',
      () => ['--board', 'nrf52840dk', '--wire', 'LSM9DS1.INT1=P1.11'],
      /has no sensor/,
    ],
    [
      'sound for a board without a microphone',
      () => ['--board', 'nrf52840dk', '--audio', 'x.wav'],
      /--audio x\.wav: Nordic nRF52840-DK has no microphone/,
    ],
    [
      'negative coefficient',
      () => ['--currents', file('less.json', led(-5))],
      /LED, on, microamps: -5 is negative/,
    ],
    ['impossible coefficient', () => ['--currents', file('more.json', led(4e9))], /wrong unit/],
    ['cell of no charge', () => ['--cell', 'lipo:0'], /--cell lipo:0/],
    ['board that is none', () => ['--board', 'uno'], /--board uno: unknown board/],
  ])('%s', (_, args, expected) => {
    const { status, stdout, stderr } = boardless('run', 'x.elf', ...args())
    expect(stderr).toMatch(expected)
    expect(stderr).toMatch(/^boardless: [^\n]+\n$/)
    expect([status, stdout]).toEqual([2, ''])
  })
})

describe('what firmware gets wrong is said, and the run goes on', () => {
  it.each([
    [
      'a transfer out of flash',
      'REG(0x40002500) = 8; REG(0x40002544) = 0x1000; REG(0x40002548) = 4; REG(0x40002008) = 1;',
      /UARTE0: EasyDMA outside data RAM: 4 bytes at 0x00001000/,
    ],
    ['a peripheral that is not switched on', 'REG(0x40003008) = 1;', /TWIM0: TASKS_STARTTX does nothing/],
    ['a clock that does not run', 'REG(0x4000B000) = 1;', /RTC0: started while LFCLK is off/],
    [
      'an address that nobody acknowledges',
      'REG(0x40003508) = 15; REG(0x4000350C) = 14; REG(0x40003524) = 0x06400000; REG(0x40003588) = 0x29; REG(0x40003500) = 6; REG(0x40003544) = 0x20000000; REG(0x40003548) = 1; REG(0x40003008) = 1; while (!REG(0x40003124)) ;',
      /TWIM0: nobody acknowledges I2C address 0x29 on SCL P0.15, SDA P0.14/,
    ],
  ])('%s', (name, body, expected) => {
    const { status, stdout, report } = boardless(
      'run',
      compile(name.replaceAll(' ', '-'), `int main(void) { ${body} leave(0); return 0; }`),
    )
    expect(status).toBe(0)
    expect(report.problems.map(({ message }) => message)).toEqual([expect.stringMatching(expected)])
    expect(stdout).toMatch(/problem|firmware|Warn/i)
  })

  it('our own firmware gives up on a board without its sensor, with exit code 3', () => {
    const { status, stderr } = boardless('run', 'gesture', '--board', 'nrf52840dk', '--for', '1s', '-q')
    expect([status, stderr.split('\n').at(-2)]).toEqual([
      3,
      expect.stringMatching(/^boardless: .*the firmware gave up: the LSM9DS1 does not answer$/),
    ])
  })
})

describe('a recording that is shorter than the run', () => {
  const spins = 'int main(void) { for (;;) ; }'
  const inputs = (): readonly (readonly string[])[] => [
    ['--recording', file('short.csv', 'time_s,ax_g,ay_g,az_g\n0,0,0,1\n0.1,0,0,1\n0.2,0,0,1\n')],
    ['--audio', file('short.wav', wavFile(new Int16Array(16_000 * 0.3)))],
  ]

  it.each([
    [[], 'recording-end', 0.3],
    [['--end', 'stop'], 'recording-end', 0.3],
    [['--end', 'loop'], 'time', 0.5],
    [['--end', 'hold'], 'time', 0.5],
  ] as const)('%j', (end, stop, seconds) => {
    const elf = compile('spins', spins)
    for (const input of inputs()) {
      const { status, report } = boardless('run', elf, ...input, ...end, '--for', '500ms')
      expect([status, report.run.stop]).toEqual([0, stop])
      expect(report.run.cycles / SECOND).toBeCloseTo(seconds, 5)
      const played = report.recording ?? report.sound
      expect(played).toMatchObject({
        atEnd: end[1] ?? 'stop',
        durationSeconds: expect.closeTo(0.3, 9) as number,
      })
    }
  })
})

it('build --help names every app', () => {
  const { stdout } = spawnSync(process.execPath, [command, 'build', '--help'], { encoding: 'utf8' })
  for (const app of apps) expect(stdout).toMatch(new RegExp(`Apps:[^]* ${app}\\b`))
})
