/** Collapsed stacks, as flame graph tools read them: `main;loop;read 1234`, outermost first, then what it took itself. */
import type { CallTree } from './call-tree.ts'
import { gathered } from './output.ts'
import type { Piece } from './output.ts'

export function* collapsedStacks({ frames, weights }: CallTree): Generator<Piece> {
  const names = frames.map(({ name }) => plain(name))
  yield* gathered(
    (function* () {
      for (const { stack, weight } of weights)
        yield `${stack.map((frame) => names[frame] ?? '?').join(';')} ${weight}\n`
    })(),
  )
}

/** A semicolon parts frames, and the last blank the weight. */
// eslint-disable-next-line no-control-regex
const plain = (name: string): string => name.replace(/;/g, ':').replace(/[\u0000-\u001f\u007f]+/g, ' ') || '?'
