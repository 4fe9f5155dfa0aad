import { ALL, keyOf } from '../model/rows.ts'
import type { TimelineState } from './timeline-state.ts'

const without = (list: readonly string[], one: string): readonly string[] =>
  list.filter((other) => other !== one)

export function hide(state: TimelineState, id: string): void {
  const { value } = state.arrangement
  state.arrangement.value = { ...value, hidden: [...without(value.hidden, id), id] }
}

export function show(state: TimelineState, id: string, isShown: boolean): void {
  if (!isShown) {
    hide(state, id)
    return
  }
  const { value } = state.arrangement
  state.arrangement.value = { ...value, hidden: without(value.hidden, id) }
}

export function showAll(state: TimelineState): void {
  state.arrangement.value = { ...state.arrangement.value, hidden: [] }
}

/** Or lets it go where it was. */
export function pin(state: TimelineState, id: string): void {
  const { value } = state.arrangement
  const pinned = value.pinned.includes(id) ? without(value.pinned, id) : [...value.pinned, id]
  state.arrangement.value = { ...value, pinned }
}

/** @param run the first, or one below, which has its own */
export function closeGroup(state: TimelineState, run: string, group: string, close: boolean): void {
  const { value } = state.arrangement
  const id = run === state.run.id && group !== ALL ? group : keyOf(run, group)
  const closed = close ? [...value.closed, id] : without(value.closed, id)
  const opened = close ? without(value.opened ?? [], id) : [...(value.opened ?? []), id]
  state.arrangement.value = { ...value, closed, opened }
}

/** In front of another of its group. */
export function move(state: TimelineState, id: string, before: string): void {
  if (id === before) return
  const { value } = state.arrangement
  state.arrangement.value = { ...value, moved: [...value.moved.filter(([one]) => one !== id), [id, before]] }
}
