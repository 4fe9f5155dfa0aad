import { UserError } from '../../runs/errors.ts'
import type { BuildState } from '../../runs/session/page-app.ts'

/** Of what a compiler said, so many lines are shown. */
const MOST_LINES = 12

/** What is being built for the page, by the path that it asked for: it looks at it while it waits. */
export class Builds {
  readonly #states = new Map<string, BuildState>()

  /** How a build stands; undefined where none was asked for. */
  stateOf(path: string): BuildState | undefined {
    return this.#states.get(path)
  }

  /** @param build told where to say how far it is @throws what the build throws, with the last lines that it printed */
  async follow<T>(
    path: string,
    build: (onProgress: (fraction: number, step?: string) => void) => Promise<T>,
  ): Promise<T> {
    this.#states.set(path, { fraction: 0, step: 'looking for what is built already' })
    try {
      return await build((fraction, step) => {
        this.#states.set(path, { fraction, step: step ?? this.stateOf(path)?.step ?? '' })
      })
    } catch (cause) {
      throw cause instanceof UserError ? withLastLines(cause) : cause
    } finally {
      this.#states.delete(path)
    }
  }
}

/** What the compiler or linker printed last, below the line that says what is wrong. */
function withLastLines(error: UserError): UserError {
  const { cause } = error
  const said: unknown = cause instanceof Error && 'all' in cause ? cause.all : undefined
  if (typeof said !== 'string' || said.trim() === '') return error
  const lines = said.trimEnd().split('\n').slice(-MOST_LINES)
  return new UserError([error.message, ...lines].join('\n'), error.exitCode, { cause })
}
