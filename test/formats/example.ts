/** A millisecond of a run, made by hand, with one of everything. 640 cycles are 10 us. */
import { levelTrack, markTrack, spanTrack, stateTrack } from '../../runs/export/testing/tracks.ts'
import type { TimelineView } from '../../runs/export/timeline-view.ts'

export const END = 64_000

export const board = levelTrack(
  'current',
  'board',
  'pA',
  [
    [0, 2_000_000],
    [320, 4_000_001],
    [640, 7_000_000],
    { begin: 6400, end: 12_800, minimum: 1_000_000, average: 1_500_000.5, maximum: 3_000_000 },
    [12_800, 400_000],
  ],
  END,
  'board current',
)

export const measured = levelTrack('current', 'measured', 'pA', [[0, 2_100_000]], END, 'board current')

export const level = levelTrack(
  'buffers',
  'FIFO fill',
  '',
  [
    [0, 0],
    [7, 3],
  ],
  END,
)

export const processor = stateTrack(
  'processor',
  'state',
  [
    [0, 'run'],
    [1, 'sleep'],
    {
      begin: 6400,
      end: 12_800,
      states: [
        { state: 'run', cycles: 4000 },
        { state: 'sleep', cycles: 2400 },
      ],
    },
    [12_800, 'sleep'],
  ],
  END,
)

export const led = stateTrack(
  'pins',
  'P0.13 LED',
  [
    [0, 'low'],
    [1000, 'high'],
    [1001, 'low'],
  ],
  END,
)
export const sda = stateTrack(
  'pins',
  'P0.14',
  [
    [0, 'input'],
    [640, 'high'],
    {
      begin: 1280,
      end: 1920,
      states: [
        { state: 'high', cycles: 600 },
        { state: 'low', cycles: 40 },
      ],
    },
    [1920, 'low'],
  ],
  END,
)

export const phases = spanTrack('run/phases', 'phase', '', [
  { begin: 100, end: 5000, depth: 0, name: 'inference' },
  { begin: 100, end: 200, depth: 1, name: 'CONV_2D', data: { index: 0, cyclesPerMac: 1.5, first: true } },
  { begin: 200, end: 300, depth: 1, name: 'CONV_2D' },
  { begin: 4990, end: 6000, depth: 1, name: 'output' },
  { kind: 'folded', begin: 6400, end: 12_800, depth: 0, name: 'inference', count: 3, busyCycles: 5000 },
])

export const interrupts = spanTrack('run', 'interrupts', 'cycles', [
  { begin: 150, end: 190, depth: 0, name: 'RTC1', value: 12 },
])

export const console_ = markTrack('run', 'console', '', [
  { begin: 128, end: 128, depth: 0, name: 'line', text: 'hallo, "Welt" µ' },
  { begin: 130, end: 170, depth: 0, name: 'line', text: 'zwei' },
])

export const example: TimelineView = {
  title: 'app.elf',
  from: 0,
  to: END,
  tracks: [board, measured, level, processor, led, sda, phases, interrupts, console_],
}
