import type { RunReport } from '../run-report.ts'
import { facts, paint } from './style.ts'
import type { Style } from './style.ts'
import { runFacts } from './words/header.ts'

export function title({ tool, board }: RunReport, style: Style): string {
  const { bold } = paint(style)
  const what = `${board.name} · ${board.chip}, ${board.processor} at ${board.clockHz / 1e6} MHz`
  const more = `instruction cache ${board.instructionCache} · boardless ${tool.version}`
  const isNarrow = what.length + 3 + more.length > style.width
  return `${bold(what)}${isNarrow ? '\n' : ' · '}${more}`
}

export const header = (report: RunReport, style: Style): string => facts(runFacts(report), style)
