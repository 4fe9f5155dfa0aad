import type { Annotation } from '../../annotate/annotation.ts'
import type { SourceBlock } from './protocol.ts'

/** Lines that are shown before and after those that have code, and between them where no more are left out. */
const AROUND = 2

/** The text around the lines that have code, of files whose text is there; by file and line. */
export function sourceBlocks(
  { files, lines }: Pick<Annotation, 'files' | 'lines'>,
  textOf: (path: string) => readonly string[] | undefined,
): readonly SourceBlock[] {
  return files.flatMap(({ path }) => {
    const text = textOf(path)
    if (!text) return []
    const ranges: { from: number; to: number }[] = []
    for (const { file, line } of lines) {
      if (file !== path || line < 1 || line > text.length) continue
      const [from, to] = [Math.max(line - AROUND, 1), Math.min(line + AROUND, text.length)]
      const before = ranges.at(-1)
      if (before && from <= before.to + 1) before.to = to
      else ranges.push({ from, to })
    }
    return ranges.map(({ from, to }) => ({ path, from, lines: text.slice(from - 1, to) }))
  })
}
