import { Ajv2020 } from 'ajv/dist/2020.js'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { configSchema } from '../report/schema/config-schema.ts'
import { parseConfig } from './parse-config.ts'

const whole = {
  baseline: 'base.json',
  defaults: { board: 'nano33ble', for: '20s', set: { flashReadWait: 2 } },
  targets: {
    gesture: {
      app: 'gesture',
      arena: 'auto',
      kernels: 'cmsis-nn',
      measure: ['x=memcpy'],
      budgets: {
        inference: 40_000,
        flash: '64 kB',
        'phase preprocess': ['+1 %', { max: '2 ms', of: 'maximum', severity: 'soft' }],
        'battery life': { min: '10 days', end: 'worse' },
        accuracy: '>= 95 %',
        console: { matches: 'prediction', lacks: 'error' },
      },
    },
    file: { firmware: ['a.elf', 'b.hex'], build: 'make', budgets: { 'function main': 0 } },
  },
}
const one = (target: object): object => ({
  targets: { one: { firmware: 'a.elf', budgets: { flash: 1 }, ...target } },
})
const budget = (budgets: object): object => ({ targets: { one: { firmware: 'a.elf', budgets } } })

const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(configSchema)

it('is in the repository as config-schema.json', async () => {
  const text = await format(JSON.stringify(configSchema), { parser: 'json', printWidth: 110 })
  await expect(text).toMatchFileSnapshot('../report/schema/config-schema.json')
})

describe('a config', () => {
  it('gives each target its budgets, with defaults', () => {
    validate(whole)
    expect(validate.errors).toBeNull()
    const { baseline, targets } = parseConfig(whole, 'c.json')
    expect(baseline).toBe('base.json')
    expect(targets.map(({ name, config, budgets }) => [name, config.for, budgets.length])).toEqual([
      ['gesture', '20s', 8],
      ['file', '20s', 1],
    ])
    expect(targets[0]!.budgets.map(({ asked }) => asked)).toEqual([
      { kind: 'limit', bound: '<=', value: 40_000 },
      { kind: 'limit', bound: '<=', value: 65_536 },
      { kind: 'change', by: 1, isPercent: true },
      { kind: 'limit', bound: '<=', value: 128_000 },
      { kind: 'limit', bound: '>=', value: 240 },
      { kind: 'limit', bound: '>=', value: 95 },
      { kind: 'matches', pattern: 'prediction' },
      { kind: 'lacks', pattern: 'error' },
    ])
  })

  it.each([
    [{ targts: {} }, 'c: there is no targts. Did you mean targets?'],
    [{ targets: {} }, 'c: targets: there is none, and nothing is checked. Give one.'],
    [[], 'c: give a config'],
    [null, 'c: give a config'],
    [{ targets: [] }, 'c: targets: give one by name at least.'],
    [{ targets: { 'a b': {} } }, `c: "a b": a target's name has neither spaces nor commas nor =.`],
    [one({ recordng: 'a.csv' }), 'c: one: there is no recordng. Did you mean recording?'],
    [one({ kernels: 'cmsisnn' }), 'c: one: kernels: give reference or cmsis-nn. Did you mean cmsis-nn?'],
    [one({ for: 20 }), 'c: one: for: give text.'],
    [one({ app: 'gesture' }), 'c: one: firmware and app are both what is run. Give one.'],
    [one({ model: 'a.tflite' }), 'c: one: firmware is built already: model would change nothing.'],
    [one({ firmware: undefined }), 'c: one: firmware: give text, or a list of it.'],
    [{ targets: { one: { budgets: { flash: 1 } } } }, 'c: one: what is run? Give firmware, a file, or app.'],
    [budget({}), 'c: one: budgets: there is none, and nothing is checked.'],
    [budget({ inferense: 1 }), 'c: one: there is no figure inferense. Did you mean inference?'],
    [
      budget({ 'phse preprocess': 1 }),
      'c: one: there is no figure phse preprocess. Did you mean phase preprocess?',
    ],
    [budget({ phase: 1 }), 'c: one: phase: of which? Give phase NAME.'],
    [budget({ inference: { maximum: 1 } }), 'c: one: inference: there is no maximum. Did you mean max?'],
    [budget({ inference: {} }), 'c: one: inference: nothing is asked for.'],
    [budget({ inference: '10 kB' }), 'c: one: inference: "10 kB": kB is no unit of it.'],
    [budget({ inference: '-1 %' }), 'c: one: inference: "-1 %": say how much worse'],
    [budget({ inference: 'much' }), 'c: one: inference: "much" is no limit.'],
    [budget({ inference: -1 }), 'c: one: inference: give a number that is not negative'],
    [budget({ inference: NaN }), 'c: one: inference: give a number that is not negative'],
    [
      budget({ inference: { max: 1, of: 'mean' } }),
      'c: one: inference: of: give minimum or median or maximum',
    ],
    [budget({ flash: { max: 1, end: 'worse' } }), 'c: one: flash: end: flash has no interval'],
    [budget({ console: { max: 1 } }), 'c: one: console: max: the console is text.'],
    [budget({ console: '(' }), 'c: one: console: matches: ( is no JavaScript regular expression.'],
    [budget({ flash: { matches: 'x' } }), 'c: one: flash: matches is of the console alone.'],
  ])('of %j says what is wrong, where, and what to do', (config, message) => {
    expect(() => parseConfig(config, 'c')).toThrow(message)
  })
})
