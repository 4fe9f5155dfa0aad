import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A folder that a name stands for in debug information. */
export interface SourceRoot {
  readonly name: string
  readonly directory: string
}

export interface WhereSources {
  /** Named by those who built it. */
  readonly roots: readonly SourceRoot[]
  /** Given by the user, and where the firmware lies: whatever end of a path is in one of them is it. */
  readonly folders: readonly string[]
}

const LARGEST_BYTES = 16 * 1024 * 1024

/** Reads lines of source files by their paths in debug information; each file once. */
export function sourceTexts({
  roots,
  folders,
}: WhereSources): (path: string) => readonly string[] | undefined {
  const known = new Map<string, readonly string[] | undefined>()
  return (path) => {
    if (!known.has(path)) known.set(path, firstOf(candidates(path, roots, folders)))
    return known.get(path)
  }
}

/** The user's folders come first: they know better than what a compiler has written down. */
function candidates(
  path: string,
  roots: readonly SourceRoot[],
  folders: readonly string[],
): readonly string[] {
  if (path === '') return []
  const parts = path.split(/[/\\]/)
  const ends = parts.map((_, i) => parts.slice(i)).filter(([first]) => first !== '' && first !== '..')
  const below = (folder: string): readonly string[] => ends.map((end) => join(folder, ...end))
  const rooted = roots.flatMap(({ name, directory }) => {
    const root = name.split('/')
    return ends
      .filter((end) => root.every((part, i) => end[i] === part) && end.length > root.length)
      .toReversed()
      .map((end) => join(directory, ...end.slice(root.length)))
  })
  return [...folders.flatMap(below), ...rooted, ...(/^([/\\]|[a-z]:)/i.test(path) ? [path] : [])]
}

function firstOf(files: readonly string[]): readonly string[] | undefined {
  for (const file of files) {
    try {
      const { size } = statSync(file)
      if (size <= LARGEST_BYTES && statSync(file).isFile()) return readFileSync(file, 'utf8').split(/\r\n|\n/)
    } catch {
      // Not this one.
    }
  }
  return undefined
}
