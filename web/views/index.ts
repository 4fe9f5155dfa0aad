import { COMPARE } from '../state/comparing.ts'
import type { OpenRun } from '../state/open-run.ts'
import type { View } from './view.ts'

/** In the order of the rail. */
export const views: readonly View[] = [
  {
    id: 'run',
    title: 'Run',
    icon: 'play',
    key: 'x',
    kinds: ['live'],
    load: async () => (await import('./run/run.tsx')).RunView,
  },
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
  {
    id: 'memory',
    title: 'Memory',
    icon: 'memory',
    key: 'm',
    load: async () => (await import('./memory/memory.tsx')).MemoryView,
  },
  {
    id: 'duty',
    title: 'Duty cycle',
    icon: 'duty',
    key: 'u',
    load: async () => (await import('./duty/duty.tsx')).DutyView,
  },
  {
    id: COMPARE,
    title: 'Compare',
    icon: 'compare',
    key: 'v',
    load: async () => (await import('./compare/compare.tsx')).CompareView,
  },
]

/** Those that have something to show of a run. */
export const viewsOf = (run: OpenRun | undefined): readonly View[] => {
  const kind = run?.facts.value?.kind
  return views.filter(({ kinds }) => kind !== undefined && kinds?.includes(kind) !== false)
}

/** Where one is when it was opened. */
export const firstViewOf = (run: OpenRun | undefined): string => viewsOf(run)[0]?.id ?? ''
