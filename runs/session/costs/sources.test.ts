import { describe, expect, it } from 'vitest'
import { Sources } from './sources.ts'

const given = (...paths: string[]): Sources => {
  const sources = new Sources()
  for (const path of paths) sources.add(path, path)
  return sources
}

describe('sources that were given', () => {
  it('are found by the end of their path', () => {
    expect(given('app/src/main.cc').textOf('/home/me/app/src/main.cc')).toEqual(['app/src/main.cc'])
    expect(given('main.cc').textOf('C:\\work\\src\\main.cc')).toEqual(['main.cc'])
  })
  it('are found where the folder that was given has another name', () => {
    expect(given('copy/src/main.cc').textOf('/build/app/src/main.cc')).toEqual(['copy/src/main.cc'])
  })
  it('are found where the compiler was given less of the path', () => {
    expect(given('work/app/src/main.cc').textOf('src/main.cc')).toEqual(['work/app/src/main.cc'])
  })
  it('are not taken for others of the same name', () => {
    expect(given('lib/drivers/main.cc').textOf('/app/src/main.cc')).toBeUndefined()
  })
  it('are the longest that fits, and none where two fit as well', () => {
    const sources = given('a/src/main.cc', 'b/other/main.cc', 'main.cc')
    expect(sources.textOf('/app/src/main.cc')).toEqual(['a/src/main.cc'])
    expect(given('a/src/main.cc', 'b/src/main.cc').textOf('/app/src/main.cc')).toBeUndefined()
  })
  it('have lines, whatever ends them', () => {
    const sources = new Sources()
    sources.add('a.c', 'one\r\ntwo\nthree')
    expect(sources.textOf('a.c')).toEqual(['one', 'two', 'three'])
  })
})
