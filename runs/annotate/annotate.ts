import { disassembly } from '../../emulator/cpu/debug/disassembly.ts'
import { shortName } from '../image/demangle.ts'
import { codeReader, isDataIn } from '../image/code.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { SourceFrames } from '../image/source-frames.ts'
import type { FunctionRange } from '../image/symbols.ts'
import type {
  Annotation,
  CopySpent,
  InlinedSpent,
  InstructionSpent,
  LineSpent,
  Place,
  Spent,
} from './annotation.ts'
import type { Chosen } from './choose-function.ts'
import { sumReasons, type InstructionCost } from './instruction-costs.ts'

export interface AnnotateInputs {
  readonly toolVersion: string
  readonly image: FirmwareImage
  readonly frames: SourceFrames
  readonly chosen: Chosen
  readonly costs: ReadonlyMap<number, InstructionCost>
  readonly run: Annotation['run']
  /** File name without folder. */
  readonly file: string
  /** Lines of a source file by its path in debug information; undefined where it is not there. */
  readonly textOf: (path: string) => readonly string[] | undefined
}

/** Where the cycles of one function went. Pure. */
export function annotate(inputs: AnnotateInputs): Annotation {
  const { image, chosen, costs, run, textOf } = inputs
  const { name, ranges, isInlined } = chosen
  const address = ranges[0]?.start ?? 0
  const instructions = describeInstructions(inputs)
  const all = instructions.map(({ cost }) => cost)
  const cycles = all.reduce((sum, one) => sum + one.cycles, 0)
  const spent = spentOf(cycles)
  const lines = describeLines(instructions, spent, textOf)
  const paths = [...new Set(lines.flatMap(({ file }) => file ?? []))].sort()
  return {
    schemaVersion: 1,
    kind: 'annotation',
    tool: { name: 'boardless', version: inputs.toolVersion },
    firmware: { file: inputs.file, sha256: image.sha256 },
    run,
    function: {
      name,
      address,
      bytes: ranges.reduce((sum, { start, end }) => sum + end - start, 0),
      instructions: all.reduce((sum, one) => sum + one.executions, 0),
      entries: isInlined ? null : (costs.get(address)?.executions ?? 0),
      shareOfRun: run.awakeCycles > 0 ? Math.min(cycles / run.awakeCycles, 1) : 0,
      ...spent(all),
    },
    copies: isInlined ? describeCopies(chosen, instructions, spent) : [],
    inlined: describeInlined(instructions, spent, isInlined ? name : undefined),
    isSplitDwarf: inputs.frames.isSplit,
    files: paths.map((path) => ({ path, hasText: textOf(path) !== undefined })),
    lines,
    instructions: instructions.map(({ cost, ...one }) => ({ ...one, ...spent([cost]) })),
  }
}

type Described = Omit<InstructionSpent, keyof Spent> & { readonly cost: InstructionCost }
type Sum = (costs: readonly InstructionCost[]) => Spent

const spentOf =
  (whole: number): Sum =>
  (costs) => {
    const cycles = costs.reduce((sum, one) => sum + one.cycles, 0)
    return {
      cycles,
      share: whole === 0 ? 0 : cycles / whole,
      reasons: sumReasons(costs.map(({ reasons }) => reasons)),
    }
  }

function describeInstructions({
  image,
  frames,
  chosen: { ranges },
  costs,
}: AnnotateInputs): readonly Described[] {
  const inside = (address: number): boolean =>
    ranges.some(({ start, end }) => address >= start && address < end)
  const isData = isDataIn(image)
  const read = codeReader(image)
  // What executed is code, whatever the file says.
  const all = ranges.flatMap(({ start, end, owner }) =>
    disassembly(
      start,
      end,
      read,
      (address) => isData(address) && !costs.has(address) && !costs.has(address - 2),
    ).map((one) => ({ ...one, owner })),
  )
  const targets = new Set(all.flatMap(({ target, isCall }) => (target === undefined || isCall ? [] : target)))
  return all
    .filter(({ text }) => !text.startsWith('.'))
    .map(({ address, text, target, owner }) => {
      const cost = costs.get(address) ?? { address, cycles: 0, executions: 0, reasons: undefined }
      return {
        address,
        text,
        executions: cost.executions,
        target:
          target === undefined ? null : { address: target, name: inside(target) ? null : named(target) },
        isTarget: targets.has(address),
        places: placesOf(address, owner),
        cost: costs.has(address) || !hasReasons(costs) ? cost : { ...cost, reasons: {} },
      }
    })

  function named(address: number): string | null {
    const found = image.symbols.functionAt(address)
    return found ? shortName(image.symbols.describe(address)) : null
  }

  function placesOf(address: number, owner: FunctionRange): readonly Place[] {
    const places = frames.at(address)
    return places.map(({ function: name, file, line }, i) => ({
      function: i === places.length - 1 ? shortName(owner.name) : (name ?? null),
      file,
      line,
    }))
  }
}

const hasReasons = (costs: ReadonlyMap<number, InstructionCost>): boolean => {
  for (const { reasons } of costs.values()) return reasons !== undefined
  return false
}

/** Groups, in the order of their first members. */
function grouped<T>(
  all: readonly T[],
  keyOf: (one: T) => string | undefined,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}

function describeCopies(
  { ranges }: Chosen,
  instructions: readonly Described[],
  spent: Sum,
): readonly CopySpent[] {
  return [...new Set(ranges.map(({ owner }) => owner))].map((owner) => {
    const pieces = ranges.filter((one) => one.owner === owner)
    const members = instructions.filter(({ address }) =>
      pieces.some(({ start, end }) => address >= start && address < end),
    )
    return {
      function: shortName(owner.name),
      address: pieces[0]?.start ?? 0,
      bytes: pieces.reduce((sum, { start, end }) => sum + end - start, 0),
      instructions: members.reduce((sum, { executions }) => sum + executions, 0),
      ...spent(members.map(({ cost }) => cost)),
    }
  })
}

/** @param itself a function that is inlined, whose own code is not meant */
function describeInlined(
  instructions: readonly Described[],
  spent: Sum,
  itself: string | undefined,
): readonly InlinedSpent[] {
  const groups = grouped(instructions, ({ places: [innermost, ...around] }) => {
    const name = innermost?.function ?? '?'
    return around.length > 0 && name !== itself ? name : undefined
  })
  return [...groups]
    .map(([name, members]) => ({
      name,
      instructions: members.reduce((sum, { executions }) => sum + executions, 0),
      ...spent(members.map(({ cost }) => cost)),
    }))
    .sort((a, b) => b.cycles - a.cycles || (a.name < b.name ? -1 : 1))
}

function describeLines(
  instructions: readonly Described[],
  spent: Sum,
  textOf: AnnotateInputs['textOf'],
): readonly LineSpent[] {
  const known = ({ places: [place] }: Described): boolean => place !== undefined && place.line > 0
  const groups = grouped(instructions, (one) =>
    known(one) ? `${one.places[0]?.file}\0${one.places[0]?.line}` : '',
  )
  const lines = [...groups.values()].map((members): LineSpent => {
    const [first] = members
    const place = first && known(first) ? first.places[0] : undefined
    // Each inlined copy has its own way in.
    const copies = grouped(members, ({ places }) => JSON.stringify(places.slice(1)))
    const most = [...copies.values()].map((copy) => Math.max(...copy.map(({ executions }) => executions)))
    return {
      file: place?.file ?? null,
      line: place?.line ?? 0,
      function: place?.function ?? null,
      text: place ? (textOf(place.file)?.[place.line - 1] ?? null) : null,
      executions: most.reduce((sum, one) => sum + one, 0),
      ...spent(members.map(({ cost }) => cost)),
    }
  })
  const order = ({ file, line }: LineSpent): string => `${file ?? ''}\0${String(line).padStart(8, '0')}`
  return lines.sort((a, b) => (order(a) < order(b) ? -1 : 1))
}
