import { effect, untracked } from '@preact/signals'
import type { Extras } from '../../../../runs/session/timeline/protocol.ts'
import type { Extent } from '../model/camera.ts'
import { dependOn } from './depend-on.ts'
import type { Source } from './source.ts'
import type { TimelineState } from './timeline-state.ts'
import { BOARD, MEASURED } from './track-ids.ts'

/** Without a move, before what is in view is run again. */
const CALM_MILLISECONDS = 180

/** Loads what comes into view; what is folded there is run again once the view has come to rest. */
export function keepLoaded(state: TimelineState): () => void {
  let calm: ReturnType<typeof setTimeout> | undefined
  const stopLoading = effect(() => {
    const { value: view } = state.view
    const { perPixel } = state.camera.value
    if (state.width.value === 0) return
    dependOn(state.loaded.value)
    for (const source of state.sources.value) {
      const { offset, extent } = source
      const tracks = tracksOf(state, source)
      source.loader.want({ from: view.from - offset, to: view.to - offset }, extent, perPixel, tracks)
    }
    clearTimeout(calm)
    calm = setTimeout(() => {
      untracked(() => {
        for (const source of state.sources.value) void detail(state, source)
      })
    }, CALM_MILLISECONDS)
  })
  const stopExtras = effect(() => {
    const { functions, dma } = state.extras.value
    void record(state, { functions, dma })
  })
  const stopFollowing = effect(() => {
    const isRunning = state.run.live.value?.isRunning ?? false
    dependOn(state.extent.value)
    if (isRunning) untracked(() => state.width.value > 0 && state.follows.value && state.followEnd())
  })
  const stopWidth = effect(() => {
    if (state.width.value > 0 && untracked(() => state.camera.value.perPixel) === 1)
      untracked(() => {
        state.fit()
      })
  })
  return () => {
    clearTimeout(calm)
    stopLoading()
    stopExtras()
    stopFollowing()
    stopWidth()
  }
}

/** What is recorded of stretches from now on; what is in view is run again with it. */
async function record(state: TimelineState, extras: Extras): Promise<void> {
  try {
    await state.run.link.call.record(extras)
    state.whyNoExtras.value = ''
    wanted = undefined
    untracked(() => {
      state.drawAnew()
    })
  } catch (cause) {
    state.whyNoExtras.value = cause instanceof Error ? cause.message : String(cause)
    state.extras.value = await state.run.link.call.recorded()
  }
}

const tracksOf = (state: TimelineState, source: Source): readonly string[] => {
  const { pinned, rows } = state.rows.value
  const ids = [...pinned, ...rows].flatMap((row) =>
    row.kind === 'track' && row.run === source.id ? [row.info.id] : [],
  )
  return ids.includes(BOARD) && source.infoOf(MEASURED) ? [...ids, MEASURED] : ids
}

let wanted: Extent | undefined

async function detail(state: TimelineState, source: Source): Promise<void> {
  const { near } = source.loader
  if (!near) return
  const { perPixel } = state.camera.value
  const { from, to } = state.view.value
  const view = {
    from: Math.max(Math.floor(from) - source.offset, source.extent.from),
    to: Math.min(Math.ceil(to) - source.offset, source.extent.to),
  }
  const { functions, dma } = state.extras.value
  const isExtra = (functions || dma) && source.run === state.run
  const isCoarse =
    isExtra ||
    Object.values(near.folded).some(({ before, width }) => before > view.from && width > 2 * perPixel)
  const isThere = near.detailed.some((one) => one.from <= view.from && one.to >= view.to)
  state.whyFolded.value = ''
  if (!isCoarse || isThere || !(view.from < view.to)) {
    wanted = undefined
    state.detailing.value = undefined
    return
  }
  if (
    wanted &&
    wanted.from <= view.from &&
    wanted.to >= view.to &&
    wanted.to - wanted.from < 3 * (view.to - view.from)
  )
    return
  const reach = Math.ceil((view.to - view.from) / 4)
  const stretch = {
    from: Math.max(view.from - reach, source.extent.from),
    to: Math.min(view.to + reach, source.extent.to),
  }
  wanted = stretch
  state.detailing.value = stretch
  const answer = await source.run.link.call
    .detail(stretch.from, stretch.to)
    .catch(() => ({ kind: 'superseded' as const }))
  if (wanted !== stretch) return
  wanted = undefined
  state.detailing.value = undefined
  if (answer.kind === 'there') {
    source.loader.refresh()
    state.loaded.value += 1
  } else if (answer.kind === 'too-much')
    state.whyFolded.value = functions ? 'Zoom in for each call' : 'Zoom in further for every change'
  else if (answer.kind === 'never') state.whyFolded.value = `Folded: ${answer.why}`
}
