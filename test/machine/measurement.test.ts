import { beforeAll, describe, expect, it } from 'vitest'
import { rounds } from '../../emulator/probes/testing.ts'
import { gestureFirmware, heldOut } from './gesture.ts'
import { start, type Running } from './start.ts'

const phases = ['sensor', 'preprocess', 'inference', 'output']

describe.each(['reference', 'cmsis-nn'] as const)(
  'the gesture app with %s kernels over the held-out recordings',
  (kernels) => {
    let running: Running
    beforeAll(async () => {
      const { recording } = await heldOut()
      running = await start(await gestureFirmware(kernels), { recording, strict: true })
      expect(running.run(recording.endCycle)).toEqual({ kind: 'paused' })
    })

    it('measures with DWT what is seen from outside, to the cycle, in every phase of every window', () => {
      const lines = [...running.text.matchAll(/^window (\d+) .*\(cycles: (\d+) (\d+) (\d+) (\d+)\)/gm)]
      const measured = lines.map(([, number, ...cycles]) => [Number(number), ...cycles.map(Number)])
      const seen = rounds(running.spans).map((round, number) => [
        number,
        ...phases.map((phase) =>
          round
            .filter(({ name }) => name === phase)
            .reduce((sum, { beginCycle, endCycle }) => sum + endCycle - beginCycle, 0),
        ),
      ])
      expect(measured.length).toBeGreaterThanOrEqual(29)
      expect(seen.slice(0, measured.length)).toEqual(measured)
      expect(new Set(running.spans.map(({ name }) => name))).toEqual(new Set(phases))
    })

    it('prints microseconds that are those cycles, rounded', () => {
      const lines = running.text.match(/^window .*$/gm) ?? []
      for (const line of lines) {
        const microseconds = [...line.matchAll(/: (\d+) us/g)].map(([, value]) => Number(value))
        const cycles = [.../cycles: ([\d ]+)/.exec(line)![1]!.split(' ')].map(Number)
        expect(microseconds).toEqual(cycles.map((value) => Math.round(value / 64)))
      }
    })

    it('takes 100 samples a window, none missed, one every 100 ms as RTC1 gives them', () => {
      expect(running.text).not.toContain('missed')
      const sensor = running.spans.filter(({ name }) => name === 'sensor')
      const windows = rounds(running.spans).filter((round) => round.some(({ name }) => name === 'output'))
      for (const window of windows) expect(window.filter(({ name }) => name === 'sensor')).toHaveLength(100)
      // RTC1 has no tenth of a second: within one of its ticks, 15625 / 8 cycles.
      const period = 6_400_000
      // The first is taken at once, somewhere in a tick: rtc::start_ticks.
      const given = sensor.slice(1)
      given.slice(1).forEach(({ beginCycle }, i) => {
        expect(Math.abs(beginCycle - given[i]!.beginCycle - period)).toBeLessThan(15_625 / 8)
      })
    })
  },
)
