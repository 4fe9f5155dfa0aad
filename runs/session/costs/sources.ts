/** Source files that the user gave, found by the paths that debug information has. */
export class Sources {
  readonly #files = new Map<string, readonly string[]>()

  /** @param path with the folders that it was given with, at least its name */
  add(path: string, text: string): void {
    this.#files.set(parts(path).join('/'), text.split(/\r\n|\n/))
  }

  get size(): number {
    return this.#files.size
  }

  /**
   * The one whose path, or all of it but the folder that was given, ends the wanted one, or the other way round; the
   * longest, and nothing where two are as long: the wrong text is worse than none.
   */
  readonly textOf = (path: string): readonly string[] | undefined => {
    const wanted = parts(path)
    let best: readonly string[] | undefined
    let length = 0
    let isClear = true
    for (const [given, text] of this.#files) {
      const found = sharedEnd(wanted, given.split('/'))
      if (found === 0 || found < length) continue
      isClear = found > length
      best = text
      length = found
    }
    return isClear ? best : undefined
  }
}

const parts = (path: string): readonly string[] =>
  path.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..')

/** How many parts both end with; 0 unless that is all of one of them, but for the folder that was given. */
function sharedEnd(wanted: readonly string[], given: readonly string[]): number {
  let shared = 0
  while (shared < Math.min(wanted.length, given.length) && wanted.at(-1 - shared) === given.at(-1 - shared))
    shared++
  const isWhole = shared === wanted.length || shared >= Math.max(given.length - 1, 1)
  return isWhole ? shared : 0
}
