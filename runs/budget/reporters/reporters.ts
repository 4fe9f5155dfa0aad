import type { CheckReport } from '../check-report.ts'
import { bencherCheck } from './bencher.ts'
import { githubCheck } from './github.ts'
import { gitlabCheck } from './gitlab.ts'
import { junitCheck } from './junit.ts'
import { markdownCheck } from './markdown.ts'
import { sarifCheck } from './sarif.ts'

/** What a check is written as, beside the text for a terminal: pure functions of what was found. */
export const reporters: Readonly<Record<string, (report: CheckReport) => string>> = {
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  junit: junitCheck,
  markdown: markdownCheck,
  github: githubCheck,
  gitlab: gitlabCheck,
  bencher: bencherCheck,
  sarif: sarifCheck,
}
