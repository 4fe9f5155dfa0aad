import type { Coverage, LineExecutions } from '../export/lcov.ts'
import { shortName } from '../image/demangle.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { SourceFrames } from '../image/source-frames.ts'

export interface CoverageInputs {
  readonly title: string
  readonly image: Pick<FirmwareImage, 'symbols'>
  readonly frames: SourceFrames
  /** How often the instruction at an address was executed; undefined where it never was. */
  readonly executionsAt: (address: number) => number | undefined
  /** The name that a file is to have, by its path in debug information. */
  readonly fileOf: (path: string) => string
}

/** How often each source line was gone through that has code: of each copy of it (inlined, a template's) its most executed instruction. */
export function coverageOf({ title, image, frames, executionsAt, fileOf }: CoverageInputs): Coverage {
  const rows = frames.lines?.rows ?? []
  const copies = new Map<string, LineExecutions>()
  rows.forEach(({ address, line, file }, i) => {
    const end = rows[i + 1]?.address ?? address
    if (line === 0 || end === address) return
    const owner = image.symbols.functionAt(address)
    if (!owner) return
    const path = frames.pathOf(file)
    const around = frames.at(address).slice(1)
    const key = JSON.stringify([path, line, owner.start, around.map((one) => [one.function, one.line])])
    const executions = mostExecuted(address, Math.min(end, owner.end), executionsAt)
    const known = copies.get(key)
    if (!known || known.executions < executions) copies.set(key, { file: fileOf(path), line, executions })
  })
  return {
    title,
    lines: copies.values(),
    functions: image.symbols.functions.flatMap(({ name, start }) => {
      const frame = frames.at(start).at(-1)
      return frame && frame.line > 0
        ? [
            {
              name: shortName(name),
              file: fileOf(frame.file),
              line: frame.line,
              executions: executionsAt(start) ?? 0,
            },
          ]
        : []
    }),
  }
}

function mostExecuted(
  start: number,
  end: number,
  executionsAt: (address: number) => number | undefined,
): number {
  let most = 0
  for (let address = start; address < end; address += 2) most = Math.max(most, executionsAt(address) ?? 0)
  return most
}
