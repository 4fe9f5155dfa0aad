import type { TimelineState } from './timeline-state.ts'

const without = (list: readonly string[], one: string): readonly string[] =>
  list.filter((other) => other !== one)

export function hide(state: TimelineState, id: string): void {
  const { value } = state.arrangement
  state.arrangement.value = { ...value, hidden: [...without(value.hidden, id), id] }
}

/** Or lets it go where it was. */
export function pin(state: TimelineState, id: string): void {
  const { value } = state.arrangement
  const pinned = value.pinned.includes(id) ? without(value.pinned, id) : [...value.pinned, id]
  state.arrangement.value = { ...value, pinned }
}

export function closeGroup(state: TimelineState, group: string, close: boolean): void {
  const { value } = state.arrangement
  const closed = close ? [...value.closed, group] : without(value.closed, group)
  state.arrangement.value = { ...value, closed }
}

/** In front of another of its group. */
export function move(state: TimelineState, id: string, before: string): void {
  if (id === before) return
  const { value } = state.arrangement
  state.arrangement.value = { ...value, moved: [...value.moved.filter(([one]) => one !== id), [id, before]] }
}
