import { signal, type Signal } from '@preact/signals'
import type { OpenRun } from './open-run.ts'

/** Larger files are no source that anybody wrote. */
const LARGEST_BYTES = 4 * 2 ** 20
const MOST_FILES = 20_000

const isSource = /\.(c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|inc|inl|ipp|s|asm|rs|ino|tpp)$/i

export const isSourceFile = ({ name, size }: File): boolean => isSource.test(name) && size <= LARGEST_BYTES

const given = new WeakMap<OpenRun, Signal<number>>()

/** How many source files a run was given. */
export function sourcesOf(run: OpenRun): Signal<number> {
  let found = given.get(run)
  if (!found) given.set(run, (found = signal(0)))
  return found
}

/** They stay in this page. @returns how many of them are source */
export async function giveSources(run: OpenRun, files: Iterable<File>): Promise<number> {
  const wanted = [...files].filter(isSourceFile).slice(0, MOST_FILES)
  const texts = await Promise.all(
    wanted.map(async (file) => ({
      path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
      text: await file.text(),
    })),
  )
  if (texts.length > 0) await run.link.call.addSources(texts)
  sourcesOf(run).value += texts.length
  return texts.length
}
