import { describe, expect, it } from 'vitest'
import { RecordingError, recordingFromRows } from './recording.ts'
import type { RecordingOptions } from './recording.ts'

const parse = (csv: string, options?: RecordingOptions) => {
  const [header = [], ...rows] = csv.split('\n').map((line) => line.split(','))
  return recordingFromRows(header, rows, options)
}

const problem = (csv: string): { message: string; line: number; column: string | undefined } => {
  try {
    parse(csv)
  } catch (error) {
    if (error instanceof RecordingError) {
      return { message: error.message, line: error.line, column: error.column }
    }
    throw error
  }
  throw new Error('accepted')
}

const HEADER = 'time_ms,ax_g,ay_g,az_g'
const MILLISECOND = 64_000

describe('Recording', () => {
  it('holds each sample until the next one, from cycle 0', () => {
    const recording = parse(`${HEADER}\n500,1,2,3\n600,4,5,6\n650,7,8,9`)
    expect(recording.sampleCount).toBe(3)
    expect(recording.valueAt('ax', 0)).toBe(1)
    expect(recording.valueAt('ay', 100 * MILLISECOND - 1)).toBe(2)
    expect(recording.valueAt('ay', 100 * MILLISECOND)).toBe(5)
    expect(recording.valueAt('az', 150 * MILLISECOND)).toBe(9)
    expect(recording.valueAt('az', 1e15)).toBe(9)
    expect(recording.valueAt('ax', 0)).toBe(1)
    expect(recording.valueAt('gx', 0)).toBe(0)
  })

  it('loops with the last sample held as long as the one before it', () => {
    const recording = parse(`${HEADER}\n0,1,0,0\n100,2,0,0\n200,3,0,0`, { endPolicy: 'loop' })
    expect(recording.durationCycles).toBe(300 * MILLISECOND)
    expect(recording.endCycle).toBe(Infinity)
    expect(recording.valueAt('ax', 299 * MILLISECOND)).toBe(3)
    expect(recording.valueAt('ax', 300 * MILLISECOND)).toBe(1)
    expect(recording.valueAt('ax', 1500 * MILLISECOND + 100 * MILLISECOND)).toBe(2)
  })

  it('says where it stops, and can start later', () => {
    const options = { endPolicy: 'stop', startCycle: 1000 } as const
    const recording = parse(`${HEADER}\n0,1,0,0\n100,2,0,0`, options)
    expect(recording.endCycle).toBe(1000 + 200 * MILLISECOND)
    expect(recording.valueAt('ax', 0)).toBe(1)
    expect(recording.valueAt('ax', 1000 + 100 * MILLISECOND)).toBe(2)
  })

  it('converts units to g and degrees a second', () => {
    const recording = parse(
      'time_us,ax_ms2,ay_ms2,az_ms2,gx_rads,gy_rads,gz_rads,mx_gauss,my_gauss,mz_gauss\n' +
        `0,9.80665,-19.6133,0,${Math.PI},0,0,0.5,0,0`,
    )
    expect(recording.valueAt('ax', 0)).toBeCloseTo(1, 12)
    expect(recording.valueAt('ay', 0)).toBeCloseTo(-2, 12)
    expect(recording.valueAt('gx', 0)).toBeCloseTo(180, 12)
    expect(recording.valueAt('mx', 0)).toBe(0.5)
  })

  const SECOND = 1000 * MILLISECOND
  const labelled = (labels: string, options?: RecordingOptions) =>
    parse(
      ['time_s,ax_g,ay_g,az_g,label', ...Array.from(labels, (label, s) => `${s},0,0,0,${label}`)].join('\n'),
      options,
    )
  const over = (recording: ReturnType<typeof parse>, from: number, to: number): string => {
    const found = recording.labelOver(from * SECOND, to * SECOND)
    return found.kind === 'one' ? found.label : found.kind
  }

  it('says of a stretch of time which one label it has', () => {
    const recording = labelled('aab-bb'.replace('-', ' '))
    expect(over(recording, 0, 0)).toBe('a')
    expect(over(recording, 0, 2)).toBe('a') // the third sample begins at 2 s, which is no longer in it
    expect(over(recording, 1.9, 2.1)).toBe('several')
    expect(over(recording, 2, 3)).toBe('b')
    expect(over(recording, 2.5, 3.5)).toBe('several') // labelled, then not
    expect(over(recording, 3, 4)).toBe('none')
    expect(over(recording, 2, 4.5)).toBe('several') // b, none, b
    expect(over(recording, 4, 1000)).toBe('b')
    expect(recording.labels?.names).toEqual(['a', 'b'])
    expect(over(parse(`${HEADER}\n0,0,0,0`), 0, 1)).toBe('none')
  })

  it('begins anew with its labels when it loops', () => {
    const recording = labelled('aba', { endPolicy: 'loop' })
    expect(over(recording, 2.5, 3.5)).toBe('a') // last and first
    expect(over(recording, 3.5, 4.5)).toBe('several')
    expect(over(recording, 4, 5)).toBe('b')
    expect(over(recording, 1.2, 4.1)).toBe('several')
    expect(over(recording, 0, 3)).toBe('several')
    expect(over(labelled('aaa', { endPolicy: 'loop' }), 1.2, 400)).toBe('a')
    expect(over(labelled('ab', { endPolicy: 'hold' }), 3, 400)).toBe('b')
  })

  it.each([
    ['', 'no column time_s, time_ms or time_us', 1, undefined],
    [HEADER, 'the recording has no samples', 1, undefined],
    ['ax_g,ay_g,az_g\n1,2,3', 'no column time_s, time_ms or time_us', 1, undefined],
    ['time_s\n1', 'no sensor columns: expected ax_g, ay_g, az_g or others', 1, undefined],
    ['time_s,ax_g,az_g\n0,1,2', 'no column ay_g', 1, undefined],
    ['time_s,ax_mg,ay_mg,az_mg\n0,1,2,3', 'unit of "ax_mg" is not known; use ax_g or ax_ms2', 1, 'ax_mg'],
    ['time_s,ax,ay,az\n0,1,2,3', 'unit of "ax" is not known; use ax_g or ax_ms2', 1, 'ax'],
    ['time_s,ax_g_x,ay_g,az_g\n0,1,2,3', 'unit of "ax_g_x" is not known; use ax_g or ax_ms2', 1, 'ax_g_x'],
    ['time_s,pressure_pa\n0,1', 'unit of "pressure_pa" is not known; use pressure_hpa', 1, 'pressure_pa'],
    ['time_s,ax_g,ax_ms2,ay_g,az_g\n0,1,1,1,1', 'ax is there twice', 1, 'ax_ms2'],
    [`${HEADER}\n0,1,2,3\n1,1,2`, '3 fields where the header has 4', 3, undefined],
    [`${HEADER}\n0,1,2,3\n1,1,x,3`, '"x" is not a number', 3, 'ay_g'],
    [`${HEADER}\n0,1,NaN,3`, '"NaN" is not a number', 2, 'ay_g'],
    [`${HEADER}\n0,1,,3`, 'empty cell', 2, 'ay_g'],
    [`${HEADER}\n0,1,2,Infinity`, '"Infinity" is not a number', 2, 'az_g'],
    [`${HEADER}\n0,1,2,3\n2,1,2,3\n1,1,2,3`, 'time does not increase', 4, 'time_ms'],
    [`${HEADER}\n0,1,2,3\n0,1,2,3`, 'time does not increase', 3, 'time_ms'],
    [`${HEADER}\n0,1,2,3\n0.000001,1,2,3`, 'time does not increase', 3, 'time_ms'],
    [`${HEADER}\n0,1,2,3\n1e300,1,2,3`, 'more than four years', 3, 'time_ms'],
  ])('refuses %j', (csv, message, line, column) => {
    expect(problem(csv)).toEqual({ message, line, column })
  })

  it('names the line of the file when the caller knows better', () => {
    expect(() => recordingFromRows(HEADER.split(','), [['0', '1', '2', '?']], { lineOf: () => 17 })).toThrow(
      expect.objectContaining({ line: 17 }),
    )
  })
})
