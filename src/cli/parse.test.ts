import { describe, expect, it } from 'vitest'
import { duration, wire } from './parse.ts'

const INT1 = { part: 'LSM9DS1', from: 'INT1', to: 'P1.11' } as const

describe('--for', () => {
  it.each([
    ['10s', 10],
    ['1.5 min', 90],
    ['200ms', 0.2],
    ['2min30s', 150],
    ['64000c', 0.001],
    ['1us', 1e-6],
  ])('%s', (text, seconds) => expect(duration(text)).toBe(seconds))

  it.each(['', '10', '0s', '-1s', 's', '1 0s', '1e3s', '10 parsec', `${'9'.repeat(400)}s`])(
    'not %j',
    (text) => expect(() => duration(text)).toThrow('Give a time with a unit'),
  )
})

describe('--wire', () => {
  it('is read as part, pin and pin, as often as wanted, the last one counting', () => {
    expect(wire('LSM9DS1.INT1=P1.11')).toEqual([INT1])
    const two = wire('LSM6DS3TR-C.INT2=P0.02', [INT1])
    expect(two).toEqual([INT1, { part: 'LSM6DS3TR-C', from: 'INT2', to: 'P0.02' }])
    expect(wire('LSM9DS1.INT1=P0.27', [INT1])).toEqual([{ ...INT1, to: 'P0.27' }])
  })

  it.each(['', 'LSM9DS1', 'LSM9DS1.INT1', 'LSM9DS1.INT3=P1.11', 'LSM9DS1.INT1=D2', 'LSM9DS1.INT1=P2.00'])(
    '%j is none',
    (text) => expect(() => wire(text)).toThrow(/Give a wire as|is not a pin/),
  )

  it.each(['P1.16', 'P0.32', 'P2.01'])('does not go to %s', (pin) =>
    expect(() => wire(`LSM9DS1.INT1=${pin}`)).toThrow(/is not a pin/),
  )
})
