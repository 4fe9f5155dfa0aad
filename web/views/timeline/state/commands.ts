import type { Command } from '../../../state/commands.ts'
import { goTo as goToView } from '../../../state/address.ts'
import { showAll } from './arrange.ts'
import { nextEdge } from '../model/lookup.ts'
import { frameMeter } from './frame-meter.ts'
import type { Search } from './search.ts'
import type { TimelineState } from './timeline-state.ts'

const STEP = 0.12

/** What can be done on the timeline, by the palette and by keys. */
export function timelineCommands(
  state: TimelineState,
  search: Search,
  {
    goTo,
    toggleDetails,
    keep,
    chooseMeasured,
  }: {
    readonly goTo: () => void
    readonly toggleDetails: () => void
    readonly keep: () => void
    readonly chooseMeasured: () => void
  },
): readonly Command[] {
  const group = 'Timeline'
  const zoom = (factor: number) => (): void => {
    state.zoom(factor, state.hover.value?.x)
  }
  const pan = (share: number) => (): void => {
    state.pan(share * state.width.value)
  }
  const commands: Omit<Command, 'group'>[] = [
    { id: 'zoom-in', title: 'Zoom in', keys: 'w', run: zoom(0.7) },
    { id: 'zoom-in-2', title: 'Zoom in', keys: '+', run: zoom(0.7) },
    { id: 'zoom-out', title: 'Zoom out', keys: 's', run: zoom(1 / 0.7) },
    { id: 'zoom-out-2', title: 'Zoom out', keys: '-', run: zoom(1 / 0.7) },
    { id: 'left', title: 'Earlier', keys: 'a', run: pan(-STEP) },
    { id: 'left-2', title: 'Earlier', keys: 'Left', run: pan(-STEP) },
    { id: 'right', title: 'Later', keys: 'd', run: pan(STEP) },
    { id: 'right-2', title: 'Later', keys: 'Right', run: pan(STEP) },
    {
      id: 'fit',
      title: 'All of the run',
      keys: 'f',
      run: () => {
        state.fit()
      },
    },
    {
      id: 'zoom-selection',
      title: 'Zoom to the selection',
      keys: 'z',
      isPossible: () => state.selection.value !== undefined,
      run: () => {
        if (state.selection.value) state.fit(state.selection.value, 0.1)
      },
    },
    {
      id: 'edge-before',
      title: 'Previous edge',
      keys: '[',
      run: () => {
        toEdge(state, -1)
      },
    },
    {
      id: 'edge-next',
      title: 'Next edge',
      keys: ']',
      run: () => {
        toEdge(state, 1)
      },
    },
    {
      id: 'marker',
      title: 'Set a marker at the pointer',
      keys: 'm',
      run: () => {
        setMarker(state)
      },
    },
    {
      id: 'markers-away',
      title: 'Take the markers away',
      isPossible: () => state.markers.value.length > 0,
      run: () => (state.markers.value = []),
    },
    {
      id: 'align',
      title: 'Align the runs below: what is at B comes to A',
      isPossible: () => state.sources.value.length > 1 && state.markers.value.length === 2,
      run: () => {
        state.align()
      },
    },
    {
      id: 'deselect',
      title: 'Select nothing',
      keys: 'Escape',
      isPossible: () => state.selection.value !== undefined,
      run: () => (state.selection.value = undefined),
    },
    {
      id: 'select-view',
      title: 'Select what is in view',
      keys: 'v',
      run: () => {
        selectView(state)
      },
    },
    { id: 'find', title: 'Find', keys: '/', run: () => document.getElementById('timeline-find')?.focus() },
    {
      id: 'find-next',
      title: 'Next found',
      keys: 'n',
      run: () => {
        search.step(1)
      },
    },
    {
      id: 'find-before',
      title: 'Previous found',
      keys: 'p',
      run: () => {
        search.step(-1)
      },
    },
    { id: 'go-to-time', title: 'Go to a time', keys: 'G', run: goTo },
    {
      id: 'logarithmic',
      title: 'Logarithmic or linear current',
      keys: 'l',
      run: () => (state.isLogarithmic.value = !state.isLogarithmic.value),
    },
    {
      id: 'tight',
      title: 'Axis of the current: as far as what is in view',
      keys: 'y',
      run: () => (state.isTight.value = !state.isTight.value),
    },
    {
      id: 'follow',
      title: 'Keep the end in view',
      keys: 'e',
      isPossible: () => state.run.live.value !== undefined,
      run: () => (state.follows.value = !state.follows.value),
    },
    {
      id: 'keep',
      title: 'Give the selection, or marker A, a name',
      keys: 'k',
      isPossible: () => state.selection.value !== undefined || state.markers.value.length > 0,
      run: keep,
    },
    { id: 'details', title: 'Statistics of each track', keys: 'i', run: toggleDetails },
    {
      id: 'show-all',
      title: 'Show all tracks',
      isPossible: () => state.arrangement.value.hidden.length > 0,
      run: () => {
        showAll(state)
      },
    },
    ...extras(state),
    {
      id: 'select-gap',
      title: 'Select from marker A to B',
      keys: 'b',
      isPossible: () => state.markers.value.length === 2,
      run: () => {
        const [a = 0, b = 0] = state.markers.value
        state.select(a, b)
      },
    },
    {
      id: 'save-names',
      title: 'Save the run with its names',
      run: () => {
        state.names.save()
      },
    },
    { id: 'measured', title: 'Lay a measured current over it: .ppk2 or CSV', run: chooseMeasured },
    {
      id: 'frames',
      title: 'Show the time that a frame takes',
      run: () => (frameMeter.isShown.value = !frameMeter.isShown.value),
    },
    {
      id: 'report',
      title: 'Figures of the whole run',
      run: () => {
        goToView('report')
      },
    },
  ]
  return commands.map((command) => ({ ...command, id: `timeline-${command.id}`, group }))
}

const extras = (state: TimelineState): readonly Omit<Command, 'group'>[] =>
  (['functions', 'dma'] as const).map((what) => ({
    id: what,
    title:
      what === 'functions'
        ? 'Functions: run what is in view again with its calls recorded'
        : 'EasyDMA: run what is in view again with its transfers recorded',
    isPossible: () => state.run.facts.value?.whyNoReplay === '',
    run: () => (state.extras.value = { ...state.extras.value, [what]: !state.extras.value[what] }),
  }))

/** A selection of one cycle at the next edge of the row under the pointer, or of any row in view. */
function toEdge(state: TimelineState, direction: 1 | -1): void {
  const { selection, view, hover } = state
  const row = hover.value?.row
  const at = selection.value
    ? direction > 0
      ? selection.value.to - 1
      : selection.value.from
    : (view.value.from + view.value.to) / 2
  const { pinned, rows } = state.rows.value
  const candidates = row ? [row] : [...pinned, ...rows].flatMap((one) => (one.kind === 'track' ? [one] : []))
  const edges = candidates.flatMap((one) => {
    const drawn = state.drawingAt(one, at)
    const edge = drawn && nextEdge(drawn.drawing, at - drawn.offset, direction)
    return drawn && edge !== undefined ? [edge + drawn.offset] : []
  })
  if (edges.length === 0) {
    state.pan(direction * state.width.value * 0.8)
    return
  }
  const edge = direction > 0 ? Math.min(...edges) : Math.max(...edges)
  state.select(edge, edge + 1)
  state.show(edge)
}

/** The first is A, the second B; a third begins anew. */
function setMarker(state: TimelineState): void {
  const { hover, selection, view, markers } = state
  const cycle = hover.value
    ? state.snapped(hover.value.x, hover.value.y, false)
    : (selection.value?.from ?? (view.value.from + view.value.to) / 2)
  markers.value = markers.value.length >= 2 ? [Math.round(cycle)] : [...markers.value, Math.round(cycle)]
}

function selectView(state: TimelineState): void {
  const { from, to } = state.view.value
  state.select(Math.round(from), Math.round(to))
}
