import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { parseInstant, parseStretch } from './instant.ts'
import { marksJson, namedBy, parseMarks, withMark, withoutMark, type Mark } from './marks.ts'
import { spliced } from './splice.ts'

const END = 1000
const mark = (name: string, fromCycle: number, toCycle: number | null = null, note = ''): Mark => ({
  name,
  fromCycle,
  toCycle,
  note,
})
const all = [mark('boot', 0, 100), mark('late', 500, null, 'why?')]

describe('markers', () => {
  it('are kept in the order of time, each name once', () => {
    expect(withMark(all, mark('mid', 200, 300), END).map(({ name }) => name)).toEqual(['boot', 'mid', 'late'])
    expect(withMark(all, mark('late', 50), END)).toEqual([all[0], mark('late', 50)])
    expect(withoutMark(all, 'boot')).toEqual([all[1]])
    expect(parseMarks(marksJson(all), 'a', END)).toEqual(all)
  })

  it.each([
    '',
    ' ',
    '1s',
    '0',
    'end',
    'end-10ms',
    'a b',
    'a..b',
    'a+1ms',
    '__proto__',
    '-x',
    'a\nb',
    '\u001b[31mred',
    '\u202eevil',
    'x'.repeat(65),
    '../x',
  ])('by the name %j are refused in one line', (name) => {
    expect(() => withMark([], mark(name, 1), END)).toThrow(/^[\p{L}\p{P}\p{S}\p{N} ]+$/u)
  })

  it.each([
    [-1, null],
    [1001, null],
    [5, 5],
    [6, 5],
    [0, 1001],
    [0.5, null],
    [NaN, null],
  ])('from %s to %s are refused', (from, to) => {
    const written = marksJson([mark('a', from, to)])
    expect(() => parseMarks(written, 'a.boardless', END)).toThrow('a.boardless: its markers cannot be read')
    if (Number.isInteger(from))
      expect(() => withMark([], mark('a', from, to), END)).toThrow('a would not lie in the run')
  })

  it.each([
    '',
    '{',
    '[]',
    'null',
    '3',
    '{"version":1}',
    '{"version":1,"marks":{}}',
    '{"version":1,"marks":[null]}',
    marksJson([all[0]!, all[0]!]),
    marksJson([mark('end', 1)]),
    marksJson([{ ...all[0]!, note: 'x'.repeat(1001) }]),
  ])('%j are damaged', (text) => {
    expect(() => parseMarks(text, 'a.boardless', END)).toThrow(
      /^a\.boardless: its markers cannot be read[^\n]*$/,
    )
  })

  it('of another version are refused with it', () => {
    expect(() => parseMarks('{"version":2,"marks":[]}', 'a', END)).toThrow(
      'a: its markers are of version 2, and this tool reads version 1.',
    )
  })

  it('stand where times are expected', () => {
    const named = namedBy(all)
    expect(parseInstant('late', END, named)).toBe(500)
    expect(parseStretch('boot', END, named)).toEqual({ from: 0, to: 100 })
    expect(parseStretch('boot..late', END, named)).toEqual({ from: 0, to: 500 })
    expect(parseStretch('50c..boot', END, named)).toEqual({ from: 50, to: 100 })
    expect(parseStretch('late+20c', END, named)).toEqual({ from: 500, to: 520 })
    expect(parseStretch('late..end', END, named)).toEqual({ from: 500, to: END })
    expect(() => parseStretch('late', END, named)).toThrow('late is a moment')
    expect(() => parseInstant('lat', END, named)).toThrow('no marker "lat". Did you mean late?')
    expect(() => parseInstant('constructor', END, named)).toThrow('no marker "constructor"')
    expect(() => parseInstant('late', END, namedBy([]))).toThrow('Give a time with a unit')
  })
})

describe('a ZIP with a member put in', () => {
  const zip = zipSync({ 'a.txt': strToU8('a'.repeat(1000)), 'b/c.bin': Uint8Array.of(1, 2, 3) })
  const plain = (bytes: Uint8Array) =>
    Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, one]) => [name, strFromU8(one)]))

  it('has the others as they were, and taken out again is the same to the byte', () => {
    const once = spliced(zip, 'marks', strToU8('one'))
    expect(plain(once)).toEqual({ ...plain(zip), marks: 'one' })
    const again = spliced(once, 'marks', strToU8('another'))
    expect(plain(again)).toEqual({ ...plain(zip), marks: 'another' })
    expect(again.length - once.length).toBeLessThan(20)
    expect(spliced(again, 'marks', undefined)).toEqual(zip)
    expect(plain(spliced(zip, 'a.txt', strToU8('new')))).toEqual({ ...plain(zip), 'a.txt': 'new' })
  })

  it('is none where it was none, or is damaged', () => {
    for (const bytes of [new Uint8Array(), strToU8('hello'), zip.subarray(0, zip.length - 30)])
      expect(() => spliced(bytes, 'marks', undefined)).toThrow(RangeError)
    for (let at = zip.length - 22; at < zip.length; at++) {
      const damaged = zip.slice()
      damaged[at] = damaged[at]! ^ 0x55
      try {
        spliced(damaged, 'marks', strToU8('one'))
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }
  })
})
