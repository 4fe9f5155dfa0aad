import type { CheckReport, Finding, Outcome, Place } from '../check-report.ts'
import { causeText } from '../show/words.ts'
import { failing, placeOfRow } from './rows.ts'

const LEVELS: Readonly<Record<Outcome, string>> = {
  failed: 'error',
  warned: 'warning',
  tried: 'note',
  passed: 'none',
}

const RULES = [
  { id: 'budget', text: 'A figure of the firmware is beyond its budget' },
  { id: 'fault', text: 'The firmware ran into a fault' },
  { id: 'unmodelled', text: 'The firmware uses what the emulator does not model' },
  { id: 'problem', text: 'The firmware did what the chip or the recording cannot do' },
] as const

/** SARIF 2.1.0: faults, accesses to what is not modelled, problems, and budgets that do not hold. */
export function sarifCheck(report: CheckReport): string {
  const findings = report.targets.flatMap(({ name, findings: all }) =>
    all.map((one) =>
      result(one.kind, level(one), `${name}: ${one.message}`, one.place ?? { file: report.config, line: 1 }),
    ),
  )
  const budgets = failing(report).map(({ target, row }) =>
    result(
      'budget',
      LEVELS[row.outcome],
      [
        `${target}: ${row.message}`,
        ...row.because.map((one) => `${one.kind}: ${causeText(one)}`),
        row.reproduce,
      ].join('\n'),
      placeOfRow(row),
    ),
  )
  const driver = {
    name: 'boardless',
    version: report.tool.version,
    rules: RULES.map(({ id, text }) => ({ id, shortDescription: { text } })),
  }
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results: [...findings, ...budgets] }],
  }
  return `${JSON.stringify(sarif, undefined, 2)}\n`
}

const level = ({ kind }: Finding): string =>
  kind === 'fault' ? 'error' : kind === 'unmodelled' ? 'warning' : 'note'

function result(ruleId: string, of: string, text: string, { file, line }: Place) {
  return {
    ruleId,
    level: of,
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
          region: { startLine: line },
        },
      },
    ],
  }
}
