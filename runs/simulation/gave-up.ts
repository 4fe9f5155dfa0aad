import type { RunReport } from '../report/run-report.ts'
import type { Piece } from './console-lines.ts'

/** Why our firmware could not go on: it says so in a line of its own (firmware/runtime/console.cc, fatal). */
export const fatalOf = ({ text, isBegin }: Piece): string | undefined =>
  isBegin ? /^boardless: fatal: (.*)$/.exec(text)?.[1]?.trim() : undefined

export const gaveUp = ({ run }: RunReport): string | undefined => run.gaveUp ?? undefined
