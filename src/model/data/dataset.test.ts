import { describe, expect, it } from 'vitest'
import { UserError } from '../../../runs/errors.ts'
import { measureNormalisation, parseRecordings, toInput } from './dataset.ts'

const header = 'recording,split,time_s,ax_ms2,ay_ms2,az_ms2,gx_rads,gy_rads,gz_rads,label'
const row = '0,train,0.0,9.80665,0,-9.80665,0,3.141592653589793,0,walking'
const table = (...lines: string[]) => lines.join('\n')

describe('parseRecordings', () => {
  it('converts to g and degrees per second', () => {
    const [recording] = parseRecordings(table(header, row), 'x.csv')
    expect(recording).toMatchObject({ id: '0', split: 'train', label: 'walking' })
    expect(recording?.samples).toEqual([[1, 0, -1, 0, 180, 0]])
  })

  it('takes g and dps as they are, in any order of columns', () => {
    const text = table('label,gz_dps,gy_dps,gx_dps,az_g,ay_g,ax_g,split,recording', 'a,6,5,4,3,2,1,heldout,7')
    expect(parseRecordings(text, 'x.csv')[0]?.samples).toEqual([[1, 2, 3, 4, 5, 6]])
  })

  it.each([
    ['', 'no rows'],
    [header, 'no rows'],
    [table('a,b', '1,2'), 'no column "recording"'],
    [table(header.replace('gz_rads', 'gz'), row), 'no column "gz_dps"'],
    [
      table(header.replace('ax_ms2', 'ax_dps'), row),
      'column "ax_dps" has the unit "dps"; use g or mg or ms2',
    ],
    [table(header.replace('gx_rads', 'gx_furlongs'), row), 'use dps or mdps or rads'],
    [table(header, row, row.replace('9.80665,', 'abc,')), 'line 3: ax_ms2 is "abc", not a number'],
    [table(header, row.replace('9.80665,', ',')), 'line 2: ax_ms2 is "", not a number'],
    [table(header, row.replace('9.80665,', 'Infinity,')), 'not a number'],
    [table(header, row, '0,train,0.1,1'), 'x.csv'],
    [table(header, row.replace('train', 'test')), 'split "test" is neither'],
    [table(header, row, row.replace('walking', 'standing')), 'changes its label'],
    [table(header, `"${row}`), 'x.csv'],
  ])('refuses %j', (text, message) => {
    expect(() => parseRecordings(text, 'x.csv')).toThrow(UserError)
    expect(() => parseRecordings(text, 'x.csv')).toThrow(message)
  })
})

it('normalises to mean 0 and deviation 1', () => {
  const samples = [
    [1, 0, 0, 0, 0, 5],
    [3, 0, 0, 0, 0, 5],
  ]
  const normalisation = measureNormalisation([{ id: '', split: 'train', label: '', samples }])
  expect(normalisation).toEqual({ mean: [2, 0, 0, 0, 0, 5], std: [1, 1, 1, 1, 1, 1] })
  expect([...toInput(samples, normalisation)]).toEqual([-1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
})
