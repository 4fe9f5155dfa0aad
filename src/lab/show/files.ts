import type { DesktopReport, LabReport } from '../../../runs/lab-report/lab-report.ts'
import { renderFrontierSvg } from './charts/frontier.ts'
import { renderLabHtml } from './html.ts'
import { renderLabMarkdown } from './markdown.ts'

/** What lies beside lab.json for people, by file name. */
export async function renderLabFiles(
  report: LabReport,
  desktop: DesktopReport | null,
): Promise<Record<string, string>> {
  const frontier = await renderFrontierSvg(report)
  return {
    'lab.md': renderLabMarkdown(report, desktop),
    'lab.html': await renderLabHtml(report, desktop),
    ...(frontier !== null && { 'frontier.svg': frontier }),
  }
}
