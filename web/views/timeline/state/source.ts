import { signal } from '@preact/signals'
import type { TrackInfo } from '../../../../emulator/timeline/track.ts'
import { INFERENCE } from '../../../../runs/recording/query/operator-name.ts'
import type { OpenRun } from '../../../state/open-run.ts'
import { KINDS, Paint, type Look } from '../draw/instances.ts'
import type { Extent } from '../model/camera.ts'
import { Loader } from './loader.ts'
import { DIFFERENCE, MEASURED } from './track-ids.ts'

/** Something with tracks that is drawn: the run in front, or another beside it. */
export class Source {
  readonly loader: Loader
  readonly #offset = signal(0)
  /** How it was aligned, in words; why it could not be. */
  readonly aligned = signal('')

  constructor(
    readonly run: OpenRun,
    onLoaded: () => void,
  ) {
    this.loader = new Loader(
      (request) => run.link.call.draw(request),
      (id) => lookOf(this.infoOf(id)),
      onLoaded,
    )
  }

  /** Cycles that are added to its own to be where it is drawn. */
  get offset(): number {
    return this.#offset.value
  }

  set offset(cycles: number) {
    this.#offset.value = cycles
  }

  get id(): string {
    return this.run.id
  }

  get tracks(): readonly TrackInfo[] {
    return this.run.facts.value?.tracks ?? []
  }

  get extent(): Extent {
    const facts = this.run.facts.value
    return { from: facts?.from ?? 0, to: facts?.to ?? 0 }
  }

  infoOf(id: string): TrackInfo | undefined {
    return this.tracks.find((info) => info.id === id)
  }
}

/** Measured, and what it has more than estimated. */
export const MEASURED_PAINT = 1

/** What is on most of the time is no matter for attention. */
export const QUIET = 110

/** Phases and what else recurs in most firmware have one colour wherever they are. */
const FIXED: Readonly<Record<string, number>> = {
  sensor: 0,
  preprocess: 4,
  inference: 1,
  output: 2,
  idle: 7,
}

function lookOf(info: TrackInfo | undefined): Look {
  const { id = '', kind = 'marks', group = '' } = info ?? {}
  if (id === MEASURED || id === DIFFERENCE)
    return { paint: MEASURED_PAINT, paintOf: () => MEASURED_PAINT, isFilled: id === DIFFERENCE }
  if (kind === 'level')
    return {
      paint: id === 'current/board' ? 0 : id === 'current/chip' ? 2 : 5,
      paintOf: () => 0,
      isFilled: true,
    }
  if (id === 'processor') return look(2)
  if (id === 'cache') return look(5, QUIET)
  if (group === 'pins') return look(7, QUIET)
  if (id === 'console') return look(0)
  if (id === 'unmodelled' || id === 'resets') return look(1)
  if (kind === 'state')
    return { paint: -1, paintOf: (name) => (/radio|tx|write|erase/i.test(name) ? 1 : 5), isFilled: false }
  const paints = new Map<string, number>()
  return {
    paint: -1,
    isFilled: false,
    paintOf: (name) => {
      const plain = name.replace(/, cut off$/, '')
      const fixed = group === 'phases' ? FIXED[plain] : undefined
      if (fixed !== undefined) return fixed
      if (INFERENCE.test(plain)) return Paint.soft
      const known = paints.get(plain) ?? hashOf(plain) % (KINDS - 1)
      paints.set(plain, known)
      return known
    },
  }
}

const look = (paint: number, alpha = 225): Look => ({ paint, paintOf: () => paint, isFilled: false, alpha })

const hashOf = (text: string): number => {
  let hash = 7
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0
  return (hash ^ (hash >>> 15)) >>> 0
}
