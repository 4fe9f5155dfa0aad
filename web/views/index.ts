import type { View } from './view.ts'

/** In the order of the rail. */
export const views: readonly View[] = [
  {
    id: 'timeline',
    title: 'Timeline',
    icon: 'timeline',
    key: 't',
    load: async () => (await import('./timeline/timeline.tsx')).TimelineView,
  },
  {
    id: 'report',
    title: 'Report',
    icon: 'report',
    key: 'r',
    load: async () => (await import('./report/report.tsx')).ReportView,
  },
  {
    id: 'costs',
    title: 'Costs',
    icon: 'costs',
    key: 'c',
    load: async () => (await import('./costs/costs.tsx')).CostsView,
  },
]
