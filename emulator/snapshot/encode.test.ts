import { describe, expect, it } from 'vitest'
import { decodePlain, EncodingError, PlainSeries } from './decode.ts'
import { encodePlain, encodeSeries } from './encode.ts'
import type { Plain } from './saved.ts'

const again = (value: Plain): Plain => decodePlain(encodePlain(value))

it.each<[string, Plain]>([
  ['what JSON has', { a: [1, 'two', null, true, { b: {} }], ünï: '\u0000\ud83d\ude00' }],
  ['what it has not', [undefined, NaN, Infinity, -Infinity, -0, 2n ** 90n, -3n, { a: undefined }]],
  [
    'typed arrays',
    [new Uint8Array([1, 2, 3]), Int32Array.of(-1), Uint32Array.of(0xffff_ffff), Float64Array.of(NaN, -0)],
  ],
  ['more of them', { counts: BigUint64Array.of(2n ** 63n), none: new Uint8Array() }],
  ['keys that mean something', { $: 'shared', is: 3, other: { $: 1, ['__proto__']: [2] } }],
  ['a part of a buffer', new Uint8Array(new ArrayBuffer(16), 3, 5).fill(7)],
])('%s come back', (_, value) => {
  expect(again(value)).toStrictEqual(value)
})

it('what stands in several places is written once, and shared again', () => {
  const page = new Uint8Array(4096).fill(1)
  const state = { deep: { deeper: [1, 2, 3] }, page }
  const many = Array.from({ length: 50 }, (_, i) => ({ i, state, page }))
  const bytes = encodePlain(many)
  expect(bytes.length).toBeLessThan(3 * 4096)
  const back = decodePlain(bytes) as typeof many
  expect(back).toStrictEqual(many)
  expect(back[49]!.state).toBe(back[0]!.state)
  expect(back[49]!.page).toBe(back[0]!.state.page)
})

describe('a series', () => {
  const page = new Uint8Array(4096).fill(1)
  const log = [{ a: 1 }, { b: 2n }]
  const values = Array.from({ length: 20 }, (_, i) => ({
    i,
    page: i < 10 ? page : Uint8Array.of(i),
    log: [log, { of: i }],
  }))
  const parts = encodeSeries(values)

  it('comes back one at a time, in any order, and shares what it shared', () => {
    const asked: number[] = []
    const series = new PlainSeries((part) => {
      asked.push(part)
      return parts[part]
    })
    const read = (i: number): (typeof values)[number] => series.read(i) as (typeof values)[number]
    expect(read(15)).toStrictEqual(values[15])
    expect(asked).toEqual([15, 0])
    expect(read(7)).toStrictEqual(values[7])
    expect(read(7)).toBe(read(7))
    expect(read(7).page).toBe(read(3).page)
    expect(read(15).log[0]).toBe(read(0).log[0])
    expect(values.map((_, i) => read(i))).toStrictEqual(values)
    expect(asked).toEqual([...new Set(asked)])
  })

  it('has what is shared once', () => {
    const bytes = parts.map(({ length }) => length)
    expect(Math.max(...bytes.slice(1))).toBeLessThan(300)
  })

  it('that lacks a part, or goes round, is damaged', () => {
    expect(() => new PlainSeries((part) => (part === 0 ? undefined : parts[part])).read(5)).toThrow(
      'it refers to what is not there',
    )
    const round = (to: number): Uint8Array => {
      const text = JSON.stringify({
        value: { $: 'shared', is: 0 },
        shared: [{ a: { $: 'shared', is: 0, part: to } }],
      })
      const bytes = encodePlain('x'.repeat(200))
      new DataView(bytes.buffer).setUint32(8, text.length, true)
      bytes.set(new TextEncoder().encode(text), 12)
      return bytes
    }
    expect(() => new PlainSeries((part) => round(1 - part)).read(0)).toThrow(EncodingError)
    for (const part of [-1, 0.5, 1e9])
      expect(() => new PlainSeries((one) => (one === 0 ? round(part) : undefined)).read(0)).toThrow(
        EncodingError,
      )
  })
})

it('the same data give the same bytes', () => {
  expect(encodePlain({ b: 1, a: [2n] })).toEqual(encodePlain({ b: 1, a: [2n] }))
})

it('what has an identity or a behaviour is refused', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  for (const value of [new Map(), new Date(0), () => 1, { a: new RegExp('a') }, circle])
    expect(() => encodePlain(value as unknown as Plain)).toThrow(TypeError)
})

it('damage is an EncodingError or other data, and never anything else', () => {
  const bytes = encodePlain({ a: [1, -0, 3n], page: Float64Array.of(1, 2), b: { c: [{}, {}] } })
  const outcome = (damaged: Uint8Array): unknown => {
    try {
      return typeof decodePlain(damaged)
    } catch (error) {
      return error
    }
  }
  for (let length = 0; length < bytes.length; length++)
    expect(outcome(bytes.subarray(0, length))).toBeInstanceOf(EncodingError)
  for (let at = 0; at < bytes.length; at++)
    for (const change of [1, 0x20, 0x80]) {
      const damaged = bytes.slice()
      damaged[at] = damaged[at]! ^ change
      const found = outcome(damaged)
      if (typeof found !== 'string') expect(found).toBeInstanceOf(EncodingError)
    }
  const deep = encodePlain('x'.repeat(20_000))
  const text = new TextEncoder().encode(`{"value":${'['.repeat(9_000)}${']'.repeat(9_000)},"shared":[]}`)
  new DataView(deep.buffer).setUint32(8, text.length, true)
  deep.set(text, 12)
  expect(() => decodePlain(deep)).toThrow('nested too deep')
  expect(() => decodePlain(Uint8Array.of(...bytes.subarray(0, 4), 9, 0, 0, 0, ...bytes.subarray(8)))).toThrow(
    'version 9, and this reads version 1',
  )
})
