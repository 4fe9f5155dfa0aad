import { disassembly } from '../../emulator/cpu/debug/disassembly.ts'
import type { CodeProfile } from '../../emulator/probes/functions.ts'
import { instructionCosts, sumReasons, type InstructionCost } from '../annotate/instruction-costs.ts'
import { sha256Of } from '../bytes/host.ts'
import { UserError } from '../errors.ts'
import { codeReader, isDataIn } from '../image/code.ts'
import { shortName } from '../image/demangle.ts'
import type { FirmwareImage } from '../image/image.ts'
import { SourceFrames } from '../image/source-frames.ts'
import type { FunctionRange } from '../image/symbols.ts'
import type { Replay } from '../recording/replay.ts'
import { memoryItems } from '../session/memory/items.ts'
import type { CodeOfFunction, LineCost, RunDetails } from './side.ts'

/** What of a run is not in its report. @param profile at its end; undefined where it was run without */
export function detailsOf(image: FirmwareImage, profile: CodeProfile | undefined): RunDetails {
  const frames = new SourceFrames(image)
  const code = codeOf(image)
  const lines =
    profile && frames.lines ? lineCosts(image, frames, instructionCosts(profile), code.texts) : null
  return {
    functions: image.symbols.functions.map((range) => ({
      name: shortName(range.name),
      address: range.start,
      bytes: range.end - range.start,
      file: frames.at(range.start).at(-1)?.file || null,
      code: code.of(range),
    })),
    memory: memoryItems(image, frames),
    lines,
    noLines: profile
      ? lines
        ? ''
        : `${image.file} has no debug information (-g)`
      : 'it ran without a profile',
  }
}

interface Code {
  of(range: FunctionRange): CodeOfFunction['code']
  /** Of an instruction, its name without operands. */
  readonly texts: ReadonlyMap<number, string>
}

function codeOf(image: FirmwareImage): Code {
  const isData = isDataIn(image)
  const read = codeReader(image)
  const texts = new Map<number, string>()
  const hashes = new Map<number, string>()
  for (const { start, end } of image.symbols.functions) {
    const lines: string[] = []
    for (const { address, text, target } of disassembly(start, end, read, isData)) {
      if (text.startsWith('.')) continue
      const [name = ''] = text.split(/\s/)
      texts.set(address, name)
      // Where it leads, and data beside the code that it reads, lie elsewhere in each build.
      lines.push(target === undefined ? text.replace(/\[?pc[,\]].*$|0x[0-9a-f]{5,}/g, '') : name)
    }
    hashes.set(start, `${lines.length} ${sha256Of(new TextEncoder().encode(lines.join('\n'))).slice(0, 16)}`)
  }
  return { of: ({ start }) => hashes.get(start) ?? '', texts }
}

/** In no order of files, each with its lines in theirs. */
function lineCosts(
  image: FirmwareImage,
  frames: SourceFrames,
  costs: ReadonlyMap<number, InstructionCost>,
  texts: ReadonlyMap<number, string>,
): readonly LineCost[] {
  interface Group {
    readonly file: string
    readonly line: number
    readonly function: string | null
    readonly costs: InstructionCost[]
    readonly copies: Map<string, number>
    readonly first: string
    readonly code: string[]
  }
  const groups = new Map<string, Group>()
  for (const cost of [...costs.values()].sort((a, b) => a.address - b.address)) {
    const places = frames.at(cost.address)
    const [place] = places
    const owner = image.symbols.functionAt(cost.address)
    if (!place || place.line === 0 || !owner) continue
    const name = places.length === 1 ? shortName(owner.name) : (place.function ?? null)
    const key = `${place.file}\0${place.line}\0${name}`
    const copy = `${owner.start}\0${JSON.stringify(places.slice(1))}`
    let group = groups.get(key)
    if (!group) {
      group = { ...place, function: name, costs: [], copies: new Map(), first: copy, code: [] }
      groups.set(key, group)
    }
    group.costs.push(cost)
    group.copies.set(copy, Math.max(group.copies.get(copy) ?? 0, cost.executions))
    if (copy === group.first) group.code.push(texts.get(cost.address) ?? '?')
  }
  return [...groups.values()].map((group) => ({
    file: group.file,
    line: group.line,
    function: group.function,
    cycles: group.costs.reduce((sum, { cycles }) => sum + cycles, 0),
    executions: [...group.copies.values()].reduce((sum, one) => sum + one, 0),
    reasons: sumReasons(group.costs.map(({ reasons }) => reasons)),
    code: group.code.join(' '),
  }))
}

/**
 * The same of a recorded run, which is gone through to its end; where that cannot be, as with snapshots of another
 * version, what its firmware says without lines.
 */
export function recordedDetails(replay: Replay, end: number): RunDetails {
  try {
    replay.goTo(end)
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause
    return { ...detailsOf(replay.image, undefined), noLines: cause.message.replace(/\.$/, '') }
  }
  return detailsOf(replay.image, replay.run.machine.profile)
}
