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

/** Source files by their paths in debug information. Each is looked for, and read, once. */
export class SourceFiles {
  readonly #files = new Map<string, string | undefined>()
  readonly #texts = new Map<string, readonly string[] | undefined>()

  constructor(private readonly where: WhereSources) {}

  /** Where it lies on this machine; undefined where it is not. */
  fileOf(path: string): string | undefined {
    if (!this.#files.has(path)) this.#files.set(path, candidates(path, this.where).find(isFile))
    return this.#files.get(path)
  }

  /** Its lines; undefined where it is not there. */
  readonly textOf = (path: string): readonly string[] | undefined => {
    if (!this.#texts.has(path)) this.#texts.set(path, linesOf(this.fileOf(path)))
    return this.#texts.get(path)
  }
}

/** The user's folders come first: they know better than what a compiler has written down. */
function candidates(path: string, { roots, folders }: WhereSources): readonly string[] {
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

function isFile(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  return found !== undefined && found.isFile() && found.size <= LARGEST_BYTES
}

function linesOf(file: string | undefined): readonly string[] | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8').split(/\r\n|\n/)
  } catch {
    return undefined // May not be read: as if it were not there.
  }
}
