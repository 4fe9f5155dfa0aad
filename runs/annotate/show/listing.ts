import { fit, grouped, percent } from '../../report/show/format.ts'
import { heading, paint, type Style } from '../../report/show/style.ts'
import type { Annotation, InstructionSpent, Spent } from '../annotation.ts'
import { reasonsText } from './reasons-text.ts'

export interface Showing {
  /** Instructions that never executed too. */
  readonly all: boolean
}

/** Columns that cells get. Source stands beside the instructions where there is room for it, or else above them. */
const INSTRUCTION = 36
const WHY = 30
const LEAST_WHY = 18
const LEAST_SOURCE = 30
const LEFT_OF_INSTRUCTION = 20
/** Of instructions that never executed, so many in a row are shown. */
const FEW = 3

/** Instructions that stand together and are of one line. */
interface Group {
  readonly source: string
  readonly place: string
  readonly cycles: number
  readonly instructions: readonly InstructionSpent[]
}

/** Source and instructions, in the order of addresses. */
export function renderListing(annotation: Annotation, style: Style, { all }: Showing): string {
  const shown = all ? annotation.instructions : withoutDead(annotation.instructions)
  const rows = new Rows(annotation, style)
  const body = groupsOf(shown, annotation).flatMap((group) => rows.of(group))
  return [heading('Instructions', legend(annotation), style), rows.titles, ...body].join('\n')
}

const legend = ({ instructions }: Annotation): string =>
  instructions.some(({ isTarget }) => isTarget) ? '> is where a branch of the function leads' : ''

/** A gap stands for what was left out. */
interface Gap {
  readonly left: number
}

function withoutDead(instructions: readonly InstructionSpent[]): readonly (InstructionSpent | Gap)[] {
  const kept: (InstructionSpent | Gap)[] = []
  let dead: InstructionSpent[] = []
  const flush = (): void => {
    kept.push(...(dead.length <= FEW ? dead : [{ left: dead.length }]))
    dead = []
  }
  for (const one of instructions) {
    if (one.executions > 0 || one.cycles > 0) {
      flush()
      kept.push(one)
    } else dead.push(one)
  }
  flush()
  return kept
}

function groupsOf(
  shown: readonly (InstructionSpent | Gap)[],
  { lines }: Annotation,
): readonly (Group | Gap)[] {
  const texts = new Map(lines.map(({ file, line, text }) => [`${file}:${line}`, text]))
  const groups: (Group | Gap)[] = []
  let members: InstructionSpent[] = []
  const flush = (): void => {
    const [first] = members
    if (!first) return
    const place = first.places[0]
    const around = first.places.length > 1 ? `${place?.function ?? '?'}: ` : ''
    groups.push({
      place: place && place.line > 0 ? `${fit(baseName(place.file), 20)}:${place.line}` : 'no line',
      source: `${around}${place ? (texts.get(`${place.file}:${place.line}`) ?? '').trim() : ''}`,
      cycles: members.reduce((sum, { cycles }) => sum + cycles, 0),
      instructions: members,
    })
    members = []
  }
  for (const one of shown) {
    if ('left' in one) {
      flush()
      groups.push(one)
    } else {
      if (keyOf(members[0]) !== keyOf(one)) flush()
      members.push(one)
    }
  }
  flush()
  return groups
}

const keyOf = (one: InstructionSpent | undefined): string => JSON.stringify(one?.places)

class Rows {
  readonly titles: string
  readonly #style: Style
  readonly #beside: boolean
  readonly #cycles: number
  readonly #executions: number
  readonly #address: number
  readonly #instruction: number
  readonly #why: number

  constructor({ instructions }: Annotation, style: Style) {
    const widest = (title: string, of: (one: InstructionSpent) => string): number =>
      Math.max(title.length, ...instructions.map((one) => of(one).length))
    this.#style = style
    this.#cycles = widest('cycles', ({ cycles }) => grouped(cycles))
    this.#executions = widest('executions', ({ executions }) => grouped(executions))
    this.#address = widest('', ({ address }) => address.toString(16))
    const left = this.#cycles + this.#executions + this.#address + LEFT_OF_INSTRUCTION
    const hasReasons = instructions.some(({ reasons }) => reasons !== null)
    const longest = widest('instruction', instructionText)
    const whyBeside = hasReasons ? WHY + 2 : 0
    this.#beside = style.width - left - Math.min(longest, INSTRUCTION) - whyBeside - 2 >= LEAST_SOURCE
    const room = this.#beside ? INSTRUCTION : style.width - left - (hasReasons ? LEAST_WHY + 2 : 0)
    this.#instruction = Math.min(longest, Math.max(room, 16))
    this.#why = !hasReasons ? 0 : Math.min(WHY, Math.max(style.width - left - this.#instruction - 2, 0))
    this.titles = paint(style).dim(
      [
        `  ${'cycles'.padStart(this.#cycles)}`,
        ' share',
        'executions'.padStart(this.#executions),
        ' '.repeat(this.#address + 2),
        this.#cell('instruction', this.#instruction),
        ...(this.#why > 0 ? [this.#cell('why', this.#why)] : []),
        ...(this.#beside ? ['source'] : []),
      ]
        .join('  ')
        .trimEnd(),
    )
  }

  of(group: Group | Gap): readonly string[] {
    const { dim, bold } = paint(this.#style)
    if ('left' in group) return [dim(`  ... ${grouped(group.left)} instructions that never executed`)]
    const source = `${group.place}  ${group.source}`.trimEnd()
    const rows = group.instructions.map((one, i) => this.#row(one, this.#beside && i === 0 ? source : ''))
    if (this.#beside) return rows
    return [`  ${bold(cut(source, this.#style.width - 2))}`, ...rows]
  }

  #row(one: InstructionSpent, source: string): string {
    const ran = one.executions > 0 || one.cycles > 0
    const cells = [
      `  ${(ran ? grouped(one.cycles) : '').padStart(this.#cycles)}`,
      (ran ? percent(one.share) : '').padStart(6),
      (ran ? grouped(one.executions) : '').padStart(this.#executions),
      `${one.isTarget ? '>' : ' '} ${one.address.toString(16).padStart(this.#address)}`,
      this.#cell(instructionText(one), this.#instruction),
      ...(this.#why > 0 ? [this.#cell(whyText(one, this.#why), this.#why)] : []),
    ]
    const left = this.#coloured(cells.join('  '), one)
    return source === '' ? left.trimEnd() : `${left}  ${cut(source, Math.max(this.#room(), 24))}`
  }

  #room(): number {
    const left = this.#cycles + this.#executions + this.#address + LEFT_OF_INSTRUCTION + this.#instruction
    return this.#style.width - left - 2 - (this.#why > 0 ? this.#why + 2 : 0)
  }

  #cell(content: string, width: number): string {
    return fit(content, width).padEnd(width)
  }

  #coloured(row: string, { share, executions }: InstructionSpent): string {
    const { red, yellow, dim } = paint(this.#style)
    if (executions === 0) return dim(row)
    return share >= 0.1 ? red(row) : share >= 0.025 ? yellow(row) : row
  }
}

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`

const instructionText = ({ text, target }: InstructionSpent): string =>
  target?.name ? `${text} <${target.name}>` : text

/** Reasons other than issuing it, the dearest: as many as there is room for. */
function whyText({ reasons, cycles }: Spent, width: number): string {
  const others = Object.fromEntries(Object.entries(reasons ?? {}).filter(([reason]) => reason !== 'issue'))
  const said = (most: number): string => reasonsText({ reasons: reasons && others, cycles }, most, 0)
  const two = said(2)
  return two.length <= width ? two : said(1)
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
