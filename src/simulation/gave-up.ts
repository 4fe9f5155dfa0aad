import type { RunReport } from '../report/run-report.ts'

/** Why our firmware could not go on: it says so in a line of its own (firmware/runtime/console.cc, fatal). */
export const gaveUp = ({ console }: RunReport): string | undefined =>
  /^boardless: fatal: (.*)$/m.exec(console.text)?.[1]?.trim()
