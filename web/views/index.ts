import { COMPARE } from '../state/comparing.ts'
import type { OpenKind } from '../../runs/session/protocol.ts'
import type { OpenRun } from '../state/open-run.ts'
import type { View } from './view.ts'

const RUNS: readonly OpenKind[] = ['report', 'recorded', 'live']

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
    kinds: RUNS,
    load: async () => (await import('./timeline/timeline.tsx')).TimelineView,
  },
  {
    id: 'report',
    title: 'Report',
    icon: 'report',
    key: 'r',
    kinds: RUNS,
    load: async () => (await import('./report/report.tsx')).ReportView,
  },
  {
    id: 'costs',
    title: 'Costs',
    icon: 'costs',
    key: 'c',
    kinds: RUNS,
    load: async () => (await import('./costs/costs.tsx')).CostsView,
  },
  {
    id: 'memory',
    title: 'Memory',
    icon: 'memory',
    key: 'm',
    kinds: RUNS,
    load: async () => (await import('./memory/memory.tsx')).MemoryView,
  },
  {
    id: 'duty',
    title: 'Duty cycle',
    icon: 'duty',
    key: 'u',
    kinds: RUNS,
    load: async () => (await import('./duty/duty.tsx')).DutyView,
  },
  {
    id: 'lab',
    title: 'Lab',
    icon: 'lab',
    key: 'l',
    kinds: ['lab'],
    load: async () => (await import('./lab/lab.tsx')).LabView,
  },
  {
    id: COMPARE,
    title: 'Compare',
    icon: 'compare',
    key: 'v',
    kinds: RUNS,
    load: async () => (await import('./compare/compare.tsx')).CompareView,
  },
]

/** Those that have something to show of a run. */
export const viewsOf = (run: OpenRun | undefined): readonly View[] => {
  const kind = run?.facts.value?.kind
  return views.filter(({ kinds }) => kind !== undefined && kinds.includes(kind))
}

/** Where one is when it was opened. */
export const firstViewOf = (run: OpenRun | undefined): string => viewsOf(run)[0]?.id ?? ''
