import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/model/random.ts'
import { fullReport, spoilt } from '../testing/spoilt.ts'
import { commandSchemas } from './command-schemas.ts'
import { comparisonSchema } from './comparison-schema.ts'
import { runReportSchema } from './schema.ts'
import { count, list, nullable, object, oneOf, share, text } from './schema-parts.ts'
import { wrongIn } from './validate.ts'

const part = object({ name: text, share }, { count })
const schema = object({ version: { const: 4 }, kind: oneOf('a', 'b'), parts: list(nullable(part)) })
const good = { version: 4, kind: 'a', parts: [{ name: 'x', share: 0.5 }, null] }

describe('what a schema does not allow', () => {
  it('is nothing of what is as it should be', () => {
    expect(wrongIn(good, schema)).toBeUndefined()
  })

  it.each([
    [null, '', 'is null, and must be an object'],
    [[], '', 'is a list, and must be an object'],
    [{ ...good, version: 5 }, 'version', 'is 5, and must be 4'],
    [{ ...good, kind: 'c' }, 'kind', 'is "c", and must be one of "a", "b"'],
    [{ version: 4, kind: 'a' }, 'parts', 'is missing'],
    [{ ...good, more: 1 }, 'more', 'is not known'],
    [{ ...good, parts: {} }, 'parts', 'is an object, and must be a list'],
    [{ ...good, parts: [null, 3] }, 'parts[1]', 'is 3, and must be an object or null'],
    [{ ...good, parts: [{ name: 1, share: 0 }] }, 'parts[0].name', 'is 1, and must be text'],
    [{ ...good, parts: [{ name: '', share: 2 }] }, 'parts[0].share', 'is 2, and must be 1 or less'],
    [{ ...good, parts: [{ name: '', share: -1 }] }, 'parts[0].share', 'is -1, and must be 0 or more'],
    [
      { ...good, parts: [{ name: '', share: 0, count: 1.5 }] },
      'parts[0].count',
      'is 1.5, and must be a whole number',
    ],
    [JSON.parse('{"__proto__": 1, "version": 4, "kind": "a", "parts": []}'), '["__proto__"]', 'is not known'],
    [{ ...good, kind: 'x'.repeat(1e6) }, 'kind', `is "${'x'.repeat(39)}…", and must be one of "a", "b"`],
    [{ ...good, ['x'.repeat(1e6)]: 1 }, `${'x'.repeat(40)}…`, 'is not known'],
    [{ ...good, '\u001b[2J\n': 1 }, '["\\u001b[2J\\n"]', 'is not known'],
  ])('is said of %.60j', (value, at, why) => {
    expect(wrongIn(value, schema)).toEqual({ at, why })
  })

  it('is a mistake of ours where the schema has what nobody reads', () => {
    expect(() => wrongIn(1, { multipleOf: 2 })).toThrow('this schema has multipleOf')
  })
})

describe('beside ajv', () => {
  it.each([
    ['RunReport', runReportSchema, fullReport()],
    ['Comparison', comparisonSchema, {}],
    ['commands', commandSchemas, { kind: 'build', schemaVersion: 1 }],
  ])('%s: both refuse the same, of a thousand that were spoilt at random', (_, wanted, whole) => {
    const validate = new Ajv2020({ strict: true }).compile(wanted)
    const random = seededRandom(7)
    const counts = { taken: 0, refused: 0 }
    expect(wrongIn(whole, wanted) === undefined).toBe(validate(whole))
    for (let i = 0; i < 1000; i++) {
      const value = spoilt(whole, random)
      const wrong = wrongIn(value, wanted)
      expect([i, wrong === undefined, wrong]).toEqual([i, validate(value), wrong])
      counts[wrong ? 'refused' : 'taken']++
    }
    expect(counts.refused).toBeGreaterThan(500)
  })
})
