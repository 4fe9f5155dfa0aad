import type { Annotation, InstructionSpent, LineSpent } from '../../../../runs/annotate/annotation.ts'
import type { SourceBlock } from '../../../../runs/session/costs/protocol.ts'

/** What stands in the source pane. */
export type SourceRow =
  | { readonly kind: 'file'; readonly path: string; readonly hasText: boolean }
  | {
      readonly kind: 'line'
      readonly path: string | null
      readonly line: number
      readonly text: string | undefined
      /** undefined: it has no code in this function. */
      readonly spent: LineSpent | undefined
    }
  /** Lines that are left out. */
  | { readonly kind: 'gap' }

export const keyOfLine = (file: string | null, line: number): string => `${file ?? ''}:${line}`

/** The line that an instruction is of. */
export const lineOf = ({ places: [place] }: InstructionSpent): string =>
  place && place.line > 0 ? keyOfLine(place.file, place.line) : keyOfLine(null, 0)

/** Files one after the other, that of the function first. */
export function sourceRows(
  { files, lines, instructions }: Annotation,
  blocks: readonly SourceBlock[],
): readonly SourceRow[] {
  const own = instructions[0]?.places.at(-1)?.file
  const paths: readonly (string | null)[] = [
    ...files.map(({ path }) => path).sort((a, b) => Number(b === own) - Number(a === own)),
    ...(lines.some(({ file }) => file === null) ? [null] : []),
  ]
  return paths.flatMap((path) => {
    const spent = lines.filter(({ file }) => file === path)
    const own = blocks.filter((block) => block.path === path)
    const head: SourceRow[] = [{ kind: 'file', path: path ?? 'of no known line', hasText: own.length > 0 }]
    return own.length > 0 ? [...head, ...withText(own, spent)] : [...head, ...spent.map(withoutText)]
  })
}

const withoutText = (spent: LineSpent): SourceRow => ({
  kind: 'line',
  path: spent.file,
  line: spent.line,
  text: undefined,
  spent,
})

function withText(blocks: readonly SourceBlock[], spent: readonly LineSpent[]): readonly SourceRow[] {
  const byLine = new Map(spent.map((one) => [one.line, one]))
  return blocks.flatMap(({ path, from, lines }, i) => [
    ...(i > 0 ? [{ kind: 'gap' } as const] : []),
    ...lines.map((text, k): SourceRow => ({
      kind: 'line',
      path,
      line: from + k,
      text,
      spent: byLine.get(from + k),
    })),
  ])
}
