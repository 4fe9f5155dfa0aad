import { describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { readSettings, settingsFrom, writeSettings } from './settings.ts'

describe('settings', () => {
  it.each([
    'rate:5,regulator:ldo,leds:power=on,cell:lipo:500',
    'samples:0.5,window:10,sleep:off,start:0.02,cache:on,hfxo:off,lfclk:LFXO',
    'peripherals:stopped,sensor:gyroscope,odr:59.5,magnetometer:ultra-high,between:off,leds:red=12.5%+blue=off',
    '',
  ])('%j is read and written the same', (text) => {
    expect(writeSettings(settingsFrom(text))).toBe(text)
  })

  it('takes times with their units', () => {
    expect(readSettings({ window: '2min', start: '20ms' })).toEqual({ window: 120, start: 0.02 })
  })

  it('has one name for a light, whichever way it is called', () => {
    expect(settingsFrom('leds:LED power=off+red=on')).toEqual({ leds: { 'LED power': 0, 'LED red': 1 } })
    expect(writeSettings(settingsFrom('leds:LED power=off+power=on'))).toBe('leds:power=on')
  })

  it.each([
    ['rate:0', /^rate 0: give a number from/],
    ['rate:', /^rate : /],
    ['rate:-1', /give a number/],
    ['rate:1e9', /give a number/],
    ['rate:NaN', /give a number/],
    ['rate:0x10', /give a number/],
    ['rate', /^rate rate: |^rate : /],
    ['window:10 days', /give a time/],
    ['regulator:dcd', /Did you mean dcdc\?/],
    ['hfxo:maybe', /Give one of on, off/],
    ['leds:power', /give NAME=on/],
    ['leds:power=200%', /100 %/],
    ['cell:AA', /unknown cell/],
    ['speed:5', /no such setting/],
    ['__proto__:5', /no such setting/],
    ['toString:5', /no such setting/],
  ])('%j is refused in one line', (text, message) => {
    expect(() => settingsFrom(text)).toThrow(UserError)
    expect(() => settingsFrom(text)).toThrow(message)
  })

  it('names options as they were typed', () => {
    expect(() => readSettings({ rate: 'fast' }, (name) => `--${name}`)).toThrow(/^--rate fast: /)
  })
})
