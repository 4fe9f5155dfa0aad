import type { View } from './view.ts'

/** In the order of the rail. */
export const views: readonly View[] = [
  {
    id: 'report',
    title: 'Report',
    icon: 'report',
    key: 'r',
    load: async () => (await import('./report/report.tsx')).ReportView,
  },
]
