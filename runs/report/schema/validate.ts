import type { Schema } from './schema-parts.ts'

/** The first thing that is not as a schema has it. */
export interface Wrong {
  /** `power.parts[0].share`; empty for all of it. */
  readonly at: string
  /** "is null, and must be an object". */
  readonly why: string
}

/** What the schemas here are made of; another keyword is a mistake of ours. */
const KNOWN = new Set(
  (
    '$schema title type enum const anyOf oneOf properties required additionalProperties propertyNames ' +
    'items minItems maxItems minimum maximum pattern'
  ).split(' '),
)

/**
 * What of a value, which came from JSON, a schema does not allow; undefined where it allows all of it. It goes no
 * deeper than the schema does, evaluates no text as code, and takes each key as a key, `__proto__` too.
 */
export function wrongIn(value: unknown, schema: Schema, at = ''): Wrong | undefined {
  for (const keyword of Object.keys(schema))
    if (!KNOWN.has(keyword)) throw new Error(`this schema has ${keyword}, which nothing here reads`)
  return ofAlternatives(value, schema, at) ?? ofItself(value, schema, at) ?? ofParts(value, schema, at)
}

type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

const kindOf = (value: unknown): Kind =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : (typeof value as Kind)

const NAMES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  string: 'text',
  array: 'a list',
  object: 'an object',
}

const isOf = (value: unknown, type: string): boolean =>
  type === 'integer'
    ? Number.isInteger(value)
    : type === 'number'
      ? Number.isFinite(value)
      : kindOf(value) === type

const MOST_SHOWN = 40

/** A value in a few letters, whatever it is: nothing is gone into. */
export function shortly(value: unknown): string {
  const kind = kindOf(value)
  if (kind === 'array' || kind === 'object') return NAMES[kind] ?? kind
  const text = kind === 'string' ? JSON.stringify((value as string).slice(0, MOST_SHOWN + 1)) : String(value)
  return text.length > MOST_SHOWN + 2 ? `${text.slice(0, MOST_SHOWN)}…"` : text
}

function ofAlternatives(value: unknown, schema: Schema, at: string): Wrong | undefined {
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined
  if (!choices) return undefined
  const wrongs = choices.map((choice) => wrongIn(value, choice, at))
  const fitting = wrongs.filter((wrong) => wrong === undefined).length
  if (schema['oneOf'] ? fitting === 1 : fitting > 0) return undefined
  if (fitting > 1) return { at, why: 'fits more than one of what it may be' }
  // What went wrong deepest is of the alternative that was meant.
  const [deepest] = wrongs
    .filter((wrong) => wrong !== undefined)
    .toSorted((a, b) => b.at.length - a.at.length)
  if (deepest && deepest.at !== at) return deepest
  const names = choices.map(nameOf)
  return { at, why: `is ${shortly(value)}, and must be ${names.join(' or ')}` }
}

function nameOf(schema: Schema): string {
  const type = schema['type']
  if (typeof type === 'string') return NAMES[type] ?? type
  return 'one of what it may be'
}

function ofItself(value: unknown, schema: Schema, at: string): Wrong | undefined {
  const { type, minimum, maximum, minItems, maxItems, pattern } = schema
  const wrong = (why: string): Wrong => ({ at, why: `is ${shortly(value)}, and must be ${why}` })
  if (typeof type === 'string' && !isOf(value, type)) return wrong(NAMES[type] ?? type)
  if ('const' in schema && value !== schema['const']) return wrong(shortly(schema['const']))
  const allowed = schema['enum'] as readonly unknown[] | undefined
  if (allowed && !allowed.includes(value)) return wrong(`one of ${allowed.map(shortly).join(', ')}`)
  if (typeof value === 'number') {
    if (typeof minimum === 'number' && value < minimum) return wrong(`${minimum} or more`)
    if (typeof maximum === 'number' && value > maximum) return wrong(`${maximum} or less`)
  }
  if (typeof value === 'string' && typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value))
    return wrong(`text like ${pattern}`)
  if (Array.isArray(value)) {
    const [least, most] = [(minItems ?? 0) as number, (maxItems ?? Infinity) as number]
    if (value.length < least || value.length > most)
      return { at, why: `has ${value.length} entries, and must have ${value.length < least ? least : most}` }
  }
  return undefined
}

function ofParts(value: unknown, schema: Schema, at: string): Wrong | undefined {
  if (Array.isArray(value)) {
    const items = schema['items'] as Schema | undefined
    if (!items) return undefined
    for (const [i, item] of value.entries()) {
      const wrong = wrongIn(item, items, `${at}[${i}]`)
      if (wrong) return wrong
    }
    return undefined
  }
  if (kindOf(value) !== 'object') return undefined
  return ofObject(value as Readonly<Record<string, unknown>>, schema, at)
}

function ofObject(value: Readonly<Record<string, unknown>>, schema: Schema, at: string): Wrong | undefined {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>
  const others = schema['additionalProperties'] as Schema | boolean | undefined
  const names = schema['propertyNames'] as Schema | undefined
  const below = (key: string): string => {
    const shown = key.length > MOST_SHOWN ? `${key.slice(0, MOST_SHOWN)}…` : key
    return /^[A-Za-z]\w*…?$/.test(shown)
      ? at === ''
        ? shown
        : `${at}.${shown}`
      : `${at}[${JSON.stringify(shown)}]`
  }
  for (const key of (schema['required'] ?? []) as readonly string[])
    if (!Object.hasOwn(value, key)) return { at: below(key), why: 'is missing' }
  for (const [key, inner] of Object.entries(value)) {
    if (names && wrongIn(key, names, below(key)))
      return { at: below(key), why: 'has a name that is not known' }
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (!own && others === false) return { at: below(key), why: 'is not known' }
    const wanted = own ?? (typeof others === 'object' ? others : undefined)
    const wrong = wanted && wrongIn(inner, wanted, below(key))
    if (wrong) return wrong
  }
  return undefined
}
