import { effect, untracked } from '@preact/signals'
import { address, remember } from '../../../state/address.ts'
import type { Mark } from '../../../../runs/recording/marks.ts'
import { clamped, type Extent } from '../model/camera.ts'
import { NOTHING_ARRANGED } from '../model/rows.ts'
import { frameMeter } from './frame-meter.ts'
import type { TimelineState } from './timeline-state.ts'

const CALM_MILLISECONDS = 250

/** What is in view, selected, marked and shown, from the address. */
export function readAddress(state: TimelineState): void {
  const { values } = address.value
  const numbers = (text: string | undefined): readonly number[] =>
    (text ?? '').split('-').flatMap((one) => (/^\d+$/.test(one) ? [Number(one)] : []))
  const list = (text: string): readonly string[] => (text === '' ? [] : text.split('~'))
  const [from, to] = [Number(values['from']), Number(values['to'])]
  const arrive = effect(() => {
    const width = state.width.value
    if (width === 0) return
    untracked(() => {
      if (Number.isFinite(from) && to > from)
        state.camera.value = clamped({ from, perPixel: (to - from) / width }, state.extent.value, width)
    })
    queueMicrotask(() => {
      arrive()
    })
  })
  const [begin, end] = numbers(values['sel'])
  if (begin !== undefined && end !== undefined) state.select(begin, end)
  state.markers.value = numbers(values['mark']).slice(0, 2)
  state.names.begin(
    values['kept']?.split('~').flatMap((text): Mark[] => {
      const [, first, last, name = ''] = /^(\d+)-(\d*)-(.*)$/.exec(text) ?? []
      const toCycle = last === undefined || last === '' ? null : Number(last)
      return first === undefined ? [] : [{ fromCycle: Number(first), toCycle, name, note: '' }]
    }),
  )
  const extras = (values['with'] ?? '').split('~')
  state.extras.value = { functions: extras.includes('functions'), dma: extras.includes('dma') }
  state.isLogarithmic.value = values['axis'] === 'log'
  frameMeter.isShown.value = values['frames'] === '1'
  state.arrangement.value = {
    ...NOTHING_ARRANGED,
    ...(values['hide'] !== undefined && { hidden: list(values['hide']) }),
    ...(values['pin'] !== undefined && { pinned: list(values['pin']) }),
    ...(values['closed'] !== undefined && { closed: list(values['closed']) }),
    ...(values['order'] !== undefined && {
      moved: list(values['order']).flatMap((pair) => {
        const [id, before] = pair.split('>')
        return id !== undefined && before !== undefined ? [[id, before] as const] : []
      }),
    }),
  }
}

/** Once it has come to rest. */
export function writeAddress(state: TimelineState): () => void {
  let calm: ReturnType<typeof setTimeout> | undefined
  let isFirst = true
  const stop = effect(() => {
    const values = valuesOf(state)
    if (isFirst) {
      isFirst = false
      return
    }
    clearTimeout(calm)
    calm = setTimeout(() => {
      if (address.value.view === '' || address.value.view === 'timeline') remember(values)
    }, CALM_MILLISECONDS)
  })
  return () => {
    clearTimeout(calm)
    stop()
  }
}

const nameText = ({ fromCycle, toCycle, name }: Mark): string => `${fromCycle}-${toCycle ?? ''}-${name}`

function valuesOf(state: TimelineState): Readonly<Record<string, string | number | undefined>> {
  const { from, to } = state.view.value
  const { extent, selection, markers, names, arrangement, isLogarithmic, extras } = state
  const isAll = from <= extent.value.from && to >= extent.value.to
  const { hidden, pinned, closed, moved } = arrangement.value
  const unlessSame = (list: readonly string[], usual: readonly string[]): string | undefined =>
    list.join('~') === usual.join('~') ? undefined : list.join('~')
  const stretch = ({ from: begin, to: end }: Extent): string => `${begin}-${end}`
  return {
    from: isAll ? undefined : Math.round(from),
    to: isAll ? undefined : Math.round(to),
    sel: selection.value && stretch(selection.value),
    mark: markers.value.length > 0 ? markers.value.join('-') : undefined,
    kept: names.all.value === names.ofFile.value ? undefined : names.all.value.map(nameText).join('~'),
    with:
      [extras.value.functions && 'functions', extras.value.dma && 'dma'].filter(Boolean).join('~') ||
      undefined,
    axis: isLogarithmic.value ? 'log' : undefined,
    hide: unlessSame(hidden, NOTHING_ARRANGED.hidden),
    pin: unlessSame(pinned, NOTHING_ARRANGED.pinned),
    closed: unlessSame(
      closed.filter((id) => !id.includes(':')),
      NOTHING_ARRANGED.closed,
    ),
    order: moved.length > 0 ? moved.map(([id, before]) => `${id}>${before}`).join('~') : undefined,
  }
}
