import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ExitCode, UserError } from './errors.ts'
import { boardNamed, cellNamed } from './power-choices.ts'
import { loadCurrents } from '../src/files/currents.ts'

const problem = (action: () => unknown): UserError => {
  try {
    action()
  } catch (error) {
    if (error instanceof UserError) return error
  }
  throw new Error('no UserError')
}

describe('boards', () => {
  it.each([
    ['nano33ble', 'Arduino Nano 33 BLE Sense'],
    ['nrf52840dk', 'Nordic nRF52840-DK'],
    ['xiao', 'Seeed XIAO nRF52840 Sense'],
  ])('%s is %s', (name, full) => expect(boardNamed(name).name).toBe(full))

  it.each(['', 'esp32', 'toString'])('%j is none', (name) => {
    const { message, exitCode } = problem(() => boardNamed(name))
    expect(message).toMatch(/unknown board. Give nano33ble, nano33blesenserev2, nrf52840dk, xiao\.$/)
    expect(exitCode).toBe(ExitCode.badInput)
  })
})

describe('cells', () => {
  it('knows coin cells and LiPo of any size', () => {
    expect(cellNamed('cr2032').milliampHours).toBe(225)
    expect(cellNamed('lipo:500').milliampHours).toBe(500)
  })

  it.each(['', 'AA', 'lipo', 'lipo:', 'lipo:-5', 'lipo:0', 'lipo:many', 'lipo:1e999'])(
    '%j is none',
    (name) => {
      const { message, exitCode } = problem(() => cellNamed(name))
      expect(message).toMatch(/^--cell .*(unknown cell|positive number)[^\n]*$/)
      expect(exitCode).toBe(ExitCode.badInput)
    },
  )
})

describe('coefficients of the user', () => {
  const file = async (content: string): Promise<string> => {
    const name = join(await mkdtemp(join(tmpdir(), 'boardless-currents-')), 'currents.json')
    await writeFile(name, content)
    return name
  }
  const led = (row: Record<string, unknown>): string =>
    JSON.stringify({ 'LED power': { states: { on: { ...good, ...row } } } })
  const good = {
    microamps: 900,
    range: [800, 1000],
    conditions: '',
    source: 'my meter',
    evidence: 'measured',
  }

  it('are read, and take the group of the part that they change', async () => {
    const parts = await loadCurrents(await file(led({})))
    expect(parts['LED power']).toMatchObject({ group: 'board', states: { on: { microamps: 900 } } })
  })

  it.each([
    ['negative', led({ microamps: -1 }), /LED power, on, microamps: -1 is negative/],
    ['too large', led({ microamps: 5e6 }), /5000000 is more than 1000000: wrong unit\?/],
    ['no number', led({ microamps: '9' }), /9 is not a number/],
    ['outside its range', led({ range: [1, 2] }), /900 lies outside its range 1 to 2/],
    ['without a range', led({ range: null }), /range needs two ends/],
    ['without a source', led({ source: '' }), /no source/],
    ['of no evidence', led({ evidence: 'rumour' }), /evidence must be one of/],
    ['of a misspelt part', '{"UATRE": {"states": {}}}', /no part is called UATRE\. Did you mean UARTE\?/],
    [
      'of a misspelt state',
      JSON.stringify({ UARTE0: { states: { recieve: good } } }),
      /UARTE0 has no state recieve\. Did you mean/,
    ],
    ['no JSON', '{', /is not JSON/],
    ['a list', '[]', /does not hold parts by name/],
    ['a part without states', '{"LED power": {}}', /LED power: has no states/],
    [
      'a state without figures',
      '{"LED power": {"states": {"on": 3}}}',
      /LED power, on: is not a coefficient/,
    ],
    ['with requests that are no list', led({ requests: true }), /requests is not a list of names/],
    ['with requests of nothing', led({ requests: ['constructor'] }), /requests constructor, which has no/],
    [
      'a part of no group by a name of JavaScript',
      '{"constructor": {"group": "x", "states": {}}}',
      /constructor: group must be chip or board/,
    ],
    [
      'events in a list',
      `{"LED power": {"states": {}, "events": [null]}}`,
      /LED power: events are not by name/,
    ],
    [
      'an event without figures',
      `{"LED power": {"states": {}, "events": {"blink": null}}}`,
      /LED power, blink: is not a coefficient/,
    ],
  ])('%s: one line, exit code 2', async (_, content, expected) => {
    const error: unknown = await loadCurrents(await file(content)).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).toMatch(expected)
    expect((error as UserError).message).not.toContain('\n')
    expect((error as UserError).exitCode).toBe(ExitCode.badInput)
  })

  it('in a file that is not there', async () => {
    await expect(loadCurrents('/nowhere/currents.json')).rejects.toThrow(/cannot be read for --currents/)
  })
})
