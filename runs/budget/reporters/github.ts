import type { CheckReport, Outcome } from '../check-report.ts'
import { causeText, headlineText } from '../show/words.ts'
import { failing, placeOfRow } from './rows.ts'

const COMMANDS: Readonly<Record<Exclude<Outcome, 'passed'>, string>> = {
  failed: 'error',
  warned: 'warning',
  tried: 'notice',
}

/** Workflow commands of GitHub Actions, which make annotations of a run, of forks too: they need no token. */
export function githubCheck(report: CheckReport): string {
  const rows = failing(report).map(({ target, row }) => {
    const command = row.outcome === 'passed' ? 'notice' : COMMANDS[row.outcome]
    const { file, line } = placeOfRow(row)
    const lines = [
      row.message,
      ...row.because.slice(0, 6).map((one) => `${one.kind}: ${causeText(one)}`),
      `again: ${row.reproduce}`,
    ]
    return `::${command} file=${property(file)},line=${line},title=${property(`${target}: ${row.budget}`)}::${data(lines.join('\n'))}\n`
  })
  return rows.length === 0 ? `::notice title=boardless check::${data(headlineText(report))}\n` : rows.join('')
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
