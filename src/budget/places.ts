import { existsSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import type { Cause, Finding, Place } from '../../runs/budget/check-report.ts'
import type { LoadedConfig } from './load-config.ts'

/** Source files as the repository has them, in place of where they were compiled. */
export class Places {
  readonly #root: string

  /** @param root of the repository; without one, the config's folder */
  constructor(
    private readonly config: LoadedConfig,
    root: string | undefined,
  ) {
    this.#root = root ?? config.folder
  }

  get configFile(): string {
    return this.#below(this.config.file) ?? this.config.file
  }

  of<T extends Cause | Finding>(one: T): T {
    const { place } = one
    if (place === null) return one
    const file = this.#found(place.file)
    return { ...one, place: file === undefined ? null : { file, line: Math.max(place.line, 1) } }
  }

  /** The line that names a budget behind its target's name; the first where it cannot be told. */
  declared(target: string, key: string): Place {
    const { text } = this.config
    const from = Math.max(text.indexOf(target), 0)
    const at = key === '' ? from : text.indexOf(key, from)
    return { file: this.configFile, line: text.slice(0, Math.max(at, 0)).split('\n').length }
  }

  #found(file: string): string | undefined {
    const paths = isAbsolute(file)
      ? [file]
      : [this.config.folder, this.#root].map((folder) => resolve(folder, file))
    const there = paths.find((path) => existsSync(path) && this.#below(path) !== undefined)
    return there === undefined ? undefined : this.#below(there)
  }

  #below(path: string): string | undefined {
    const below = relative(this.#root, path)
    return below === '' || below.startsWith('..') || isAbsolute(below)
      ? undefined
      : below.split('\\').join('/')
  }
}
