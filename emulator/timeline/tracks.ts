import type { Cycles } from '../cpu/bus.ts'
import type { Plain, Saved } from '../snapshot/saved.ts'
import { binOf } from './level-bins.ts'
import { Spans } from './spans.ts'
import type { SavedSpans } from './spans.ts'
import { Steps } from './steps.ts'
import type { SavedSteps } from './steps.ts'
import { FURTHER, MOST_STATES } from './track.ts'
import type { TimelineLimits, TrackInfo } from './track.ts'

type InfoOf<Kind> = Omit<TrackInfo, 'kind'> & { readonly kind: Kind }
export type LevelInfo = InfoOf<'level'>
/** A track begins in its first state; those that `idle` names do not count as busy. */
export type StateInfo = InfoOf<'state'> & { readonly first: string; readonly idle: readonly string[] }
export type SpanInfo = InfoOf<'spans' | 'marks'>

/** Where and how a track begins. */
export interface TrackStart {
  readonly cycle: Cycles
  /** What it begins with was so before. */
  readonly continues: boolean
}

/** A whole number through time: picoamperes, a count. */
export class LevelTrack implements Saved<SavedSteps> {
  readonly steps: Steps

  constructor(
    readonly info: LevelInfo,
    { cycle, continues }: TrackStart,
    limits: TimelineLimits,
    value = 0,
  ) {
    this.steps = new Steps(cycle, value, binOf, limits.steps, continues ? value : undefined)
  }

  set(value: number, cycle: Cycles): void {
    this.steps.set(value, cycle)
  }

  get bytes(): number {
    return this.steps.bytes
  }

  save(): SavedSteps {
    return this.steps.save()
  }

  restore(saved: SavedSteps): void {
    this.steps.restore(saved)
  }

  /** The value, to go on with on an empty track. */
  present(): Plain {
    return this.steps.value
  }
}

export interface SavedStates {
  readonly states: readonly string[]
  readonly steps: SavedSteps
}

/** Named states through time. */
export class StateTrack implements Saved<SavedStates> {
  readonly states: string[]
  readonly steps: Steps
  /** Not saved: made of the states. */
  readonly #numbers = new Map<string, number>()

  constructor(
    readonly info: StateInfo,
    { cycle, continues }: TrackStart,
    limits: TimelineLimits,
    state = info.first,
  ) {
    this.states = [state]
    this.#numbers.set(state, 0)
    this.steps = new Steps(cycle, 0, (number) => number, limits.steps, continues ? 0 : undefined)
  }

  enter(state: string, cycle: Cycles): void {
    this.steps.set(this.#number(state), cycle)
  }

  get state(): string {
    return this.states[this.steps.value] ?? this.info.first
  }

  isBusy(state: string): boolean {
    return !this.info.idle.includes(state)
  }

  #number(state: string): number {
    const known = this.#numbers.get(state)
    if (known !== undefined) return known
    if (this.states.length >= MOST_STATES && state !== FURTHER) return this.#number(FURTHER)
    this.states.push(state)
    this.#numbers.set(state, this.states.length - 1)
    return this.states.length - 1
  }

  get bytes(): number {
    return this.steps.bytes
  }

  save(): SavedStates {
    return { states: [...this.states], steps: this.steps.save() }
  }

  restore({ states, steps }: SavedStates): void {
    this.states.splice(0, Infinity, ...states)
    this.#numbers.clear()
    states.forEach((state, number) => this.#numbers.set(state, number))
    this.steps.restore(steps)
  }

  present(): Plain {
    return this.state
  }
}

/** Spans that are nested or overlap, or marks with a text: what happened, and how long it took. */
export class SpanTrack implements Saved<SavedSpans> {
  readonly spans: Spans

  constructor(
    readonly info: SpanInfo,
    { cycle }: TrackStart,
    limits: TimelineLimits,
  ) {
    this.spans = new Spans(cycle, limits.spans, info.mostNames)
  }

  get bytes(): number {
    return this.spans.bytes
  }

  save(): SavedSpans {
    return this.spans.save()
  }

  restore(saved: SavedSpans): void {
    this.spans.restore(saved)
  }

  present(): SavedSpans {
    return this.spans.present()
  }
}

export type Track = LevelTrack | StateTrack | SpanTrack
