import { lastAt } from '../../../emulator/last-at.ts'
import type { CodeRange } from '../../../emulator/probes/target.ts'
import type { Frame } from '../../export/call-tree.ts'
import { shortName } from '../../image/demangle.ts'
import type { FirmwareImage } from '../../image/image.ts'
import { SourceFrames } from '../../image/source-frames.ts'
import type { InlinedCall } from '../../image/source-frames.ts'
import type { FunctionRange } from '../../image/symbols.ts'
import { UNKNOWN_CODE } from '../../report/parts/calls.ts'

/** More cannot be told apart: `BranchTrace`. */
const MOST_PARTS = 65_535

/** What a call tree has: functions by their number, 0 for code of none, and behind them the calls inlined into them. */
export class CodeFrames {
  readonly frames: Frame[]
  /** Of each frame, the first one of its name: calls of one function that are inlined in different places are its own. */
  readonly sameAs: readonly number[]
  /** Code in which the same calls are inlined, without overlap, in order. */
  readonly parts: readonly CodeRange[]
  /** Of each part, frames inlined there, outermost first. */
  readonly #chains: (readonly number[])[] = []

  constructor(image: FirmwareImage, functions: readonly FunctionRange[]) {
    const source = new SourceFrames(image)
    this.frames = [
      { name: UNKNOWN_CODE },
      ...functions.map(({ name, start }) => frameOf(shortName(name), source.at(start).at(-1))),
    ]
    const numbers = new Map<InlinedCall, number>()
    const numberOf = (one: InlinedCall): number => {
      let number = numbers.get(one)
      if (number === undefined) {
        number = this.frames.push(frameOf(one.name ?? UNKNOWN_CODE, one.call)) - 1
        numbers.set(one, number)
      }
      return number
    }
    const parts: CodeRange[] = []
    functions.forEach(({ start, end }, i) => {
      // Where there are too many, functions go undivided.
      const left = MOST_PARTS - parts.length - (functions.length - i)
      const all = source.inlinedIn(start, end)
      for (const one of all.length <= left ? all : [{ start, end, calls: [] }]) {
        parts.push({ start: one.start, end: one.end })
        this.#chains.push(one.calls.map(numberOf))
      }
    })
    this.parts = parts
    const first = new Map<string, number>()
    this.sameAs = this.frames.map(({ name }, i) => {
      // Functions of one name are not one: it may be static in several files.
      const known = i > functions.length ? first.get(name) : undefined
      if (!first.has(name)) first.set(name, i)
      return known ?? i
    })
  }

  /** Frames that are inlined at an address, outermost first. */
  inlinedAt(address: number): readonly number[] {
    const place = lastAt(this.parts.length, (i) => this.parts[i]?.start, address)
    return address < (this.parts[place]?.end ?? 0) ? (this.#chains[place] ?? []) : []
  }
}

const frameOf = (
  name: string,
  place: { readonly file: string; readonly line: number } | undefined,
): Frame => ({
  name,
  ...(place && place.file !== '' && { file: place.file }),
  ...(place && place.line > 0 && { line: place.line }),
})
