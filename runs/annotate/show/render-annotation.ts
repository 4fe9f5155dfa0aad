import { count, fit, grouped, percent } from '../../report/show/format.ts'
import {
  facts,
  heading,
  number,
  paint,
  paragraph,
  spare,
  table,
  text,
  type Style,
} from '../../report/show/style.ts'
import { visible } from '../../report/show/visible.ts'
import type { Annotation } from '../annotation.ts'
import { baseName, renderListing, type Showing } from './listing.ts'
import { reasonsText } from './reasons-text.ts'

const MOST_LINES = 10

/** For a terminal. Ends with a newline. */
export function renderAnnotation(found: Annotation, style: Style, showing: Showing): string {
  const annotation = visible(found)
  return [
    head(annotation, style),
    copiesOf(annotation, style),
    inlined(annotation, style),
    lines(annotation, style),
    renderListing(annotation, style, showing),
    split(annotation, style),
    missing(annotation, style),
    '',
  ]
    .filter((part) => part !== undefined)
    .join('\n')
}

function head({ function: one, firmware, run, copies }: Annotation, style: Style): string {
  const end = one.address + one.bytes
  const entered = one.entries ?? 0
  const each = entered > 0 ? `, ${grouped(one.cycles / entered, 1)} each time` : ''
  return [
    `${paint(style).bold(one.name)}  ${firmware.file}${one.entries === null ? '' : `, 0x${one.address.toString(16)} to 0x${end.toString(16)}`}`,
    '',
    facts(
      [
        [
          'cycles',
          `${grouped(one.cycles)}, ${percent(one.shareOfRun)} of the run’s ${grouped(run.awakeCycles)} awake`,
        ],
        one.entries === null
          ? ['inlined', `into ${count(copies.length, 'function')}; it has no code of its own`]
          : ['entered', `${count(entered, 'time')}${each}`],
        [
          'instructions',
          one.instructions === 0
            ? 'none: it never ran'
            : `${grouped(one.instructions)}, ${(one.cycles / one.instructions).toFixed(2)} cycles each`,
        ],
        ...(one.reasons ? [['cycles went', reasonsText(one, 8)] as const] : []),
      ],
      style,
    ),
  ].join('\n')
}

function copiesOf({ copies }: Annotation, style: Style): string | undefined {
  if (copies.length === 0) return undefined
  return [
    heading('Its copies', 'of the cycles above', style),
    table(
      [
        text('inlined into'),
        number('cycles'),
        number('share'),
        number('bytes'),
        spare(number('instructions')),
        spare(text('')),
      ],
      copies.map((row) => [
        row.function,
        grouped(row.cycles),
        percent(row.share),
        grouped(row.bytes),
        grouped(row.instructions),
        style.width >= 104 ? paint(style).dim(reasonsText(row, 2)) : '',
      ]),
      style,
    ),
  ].join('\n')
}

function inlined({ inlined: rows, function: one }: Annotation, style: Style): string | undefined {
  if (rows.length === 0) return undefined
  const cycles = rows.reduce((sum, row) => sum + row.cycles, 0)
  const own = one.cycles - cycles
  return [
    heading('Inlined into it', 'of the cycles above', style),
    table(
      [text('function'), number('cycles'), number('share'), spare(number('instructions')), spare(text(''))],
      [
        ...rows
          .filter((row) => row.instructions > 0)
          .map((row) => [
            row.name,
            grouped(row.cycles),
            percent(row.share),
            grouped(row.instructions),
            style.width >= 104 ? paint(style).dim(reasonsText(row, 2)) : '',
          ]),
        [
          'what stands in it itself',
          grouped(own),
          percent(one.cycles > 0 ? own / one.cycles : 0),
          grouped(one.instructions - rows.reduce((sum, row) => sum + row.instructions, 0)),
          '',
        ],
      ],
      style,
    ),
  ].join('\n')
}

function lines({ lines: all, files }: Annotation, style: Style): string | undefined {
  const rows = all.filter(({ cycles }) => cycles > 0).toSorted((a, b) => b.cycles - a.cycles)
  if (files.length === 0 || rows.length === 0) return undefined
  const shown = rows.slice(0, MOST_LINES)
  return [
    heading('Lines', `the dearest ${shown.length} of ${rows.length}`, style),
    table(
      [number('cycles'), number('share'), spare(number('executions')), text('line'), text('')],
      shown.map((row) => [
        grouped(row.cycles),
        percent(row.share),
        grouped(row.executions),
        row.file === null ? 'of no line' : `${fit(baseName(row.file), 20)}:${row.line}`,
        fit((row.text ?? row.function ?? '').trim(), Math.min(Math.max(style.width - 64, 18), 48)),
      ]),
      style,
    ),
  ].join('\n')
}

function split({ isSplitDwarf }: Annotation, style: Style): string | undefined {
  if (!isSplitDwarf) return undefined
  const what =
    'inlined functions are not known: debug information is in .dwo files, which are not read; compile without -gsplit-dwarf'
  return `\n${paragraph('  ! ', what, style)}`
}

function missing({ files }: Annotation, style: Style): string | undefined {
  const paths = files.filter(({ hasText }) => !hasText).map(({ path }) => path)
  if (files.length === 0)
    return `\n${paragraph('  ! ', 'no source lines: the firmware has no debug information here; -g when compiling adds it', style)}`
  if (paths.length === 0) return undefined
  const which = paths.slice(0, 6).join(', ') + (paths.length > 6 ? ` and ${paths.length - 6} more` : '')
  return `\n${paragraph('  ! ', `not found, so lines are by number only: ${which}. --source FOLDER says where they are`, style)}`
}
