import { batch, effect, signal } from '@preact/signals'
import { CYCLES_PER_SECOND } from '../../../emulator/time/ratio-clock.ts'
import type { MachineView, MemoryView, Pace, StepKind } from '../../../runs/session/protocol.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import type { LevelDrawing } from '../../../emulator/timeline/drawn/level.ts'
import type { RunChoices } from '../../../runs/session/choices.ts'
import { download } from '../../state/download.ts'
import type { OpenRun } from '../../state/open-run.ts'
import { feel } from './devices.ts'

const BOARD = 'current/board'
const MEMORY_BYTES = 256
/** Between two looks at what is drawn and listed, while it runs. */
const LOOK_MILLISECONDS = 120
const MOST_WAITING = 8

/** Up to a cycle. */
export type DrawnCurrent = LevelDrawing & { readonly to: number }

/** What the view knows of a run here beside what the run tells by itself, and all that is done with it. */
export class Desk {
  readonly pace = signal<Pace>('fast')
  readonly view = signal<MachineView | undefined>(undefined)
  readonly memory = signal<MemoryView | undefined>(undefined)
  readonly memoryAt = signal(0x2000_0000)
  readonly predictions = signal<RunReport['predictions']>(null)
  readonly current = signal<DrawnCurrent | undefined>(undefined)
  /** Simulated seconds that are drawn of the current. */
  readonly seconds = signal(10)
  readonly breakpoints = signal<readonly string[]>([])
  readonly pressed = signal<ReadonlySet<string>>(new Set())
  /** What could not be done, in one line. */
  readonly trouble = signal<string | undefined>(undefined)
  readonly isBusy = signal(false)
  /** Where one was before each step: to go back to. */
  #before: number[] = []
  #lookedAt = 0
  #isLooking = false
  /** Looks that were asked for. */
  #wanted = 0
  #given: Promise<void> = Promise.resolve()
  #isGiving = false
  #queue: Promise<void> = Promise.resolve()
  #waiting = 0
  #stopFeeling: (() => void) | undefined

  constructor(readonly run: OpenRun) {}

  /** While the view is there. @returns what ends it */
  follow(): () => void {
    return effect(() => {
      const state = this.run.live.value
      if (state) void this.#look(state.isRunning)
    })
  }

  get isRunning(): boolean {
    return this.run.live.value?.isRunning ?? false
  }

  get isOver(): boolean {
    return this.run.live.value?.ended !== undefined
  }

  go(): void {
    if (this.isOver) return
    void this.#feel()
    this.#remember()
    void this.#do(async () => {
      await this.#given
      await this.run.link.call.go(this.pace.value)
    })
  }

  pause(): void {
    this.#feelNoMore()
    void this.run.link.call.pause()
  }

  toggle(): void {
    if (this.isRunning || (this.isBusy.value && !this.#isGiving)) this.pause()
    else this.go()
  }

  setPace(pace: Pace): void {
    this.pace.value = pace
    if (!this.isRunning) return
    const { call } = this.run.link
    void call.pause().then(() => this.#do(() => call.go(pace)))
  }

  step(kind: StepKind): void {
    this.#remember()
    void this.#busy(() => this.run.link.call.step(kind))
  }

  back(kind: StepKind): void {
    void this.#busy(() => this.run.link.call.back(kind))
  }

  /** To where one was before the last step or run. */
  undo(): void {
    const cycle = this.#before.pop()
    if (cycle === undefined) this.back('instruction')
    else this.lookAt(cycle)
  }

  lookAt(cycle: number): void {
    void this.#do(() => this.run.link.call.look(cycle))
  }

  reset(): void {
    void this.give(this.run.choices.value)
  }

  /** Begins anew with what it is given, one after the other: the last one is what runs. */
  give(choices: RunChoices): Promise<void> {
    return (this.#given = this.#given.then(() => this.#put(choices)))
  }

  async #put(choices: RunChoices): Promise<void> {
    const { firmware, link } = this.run
    if (!firmware) return
    this.#isGiving = true
    await this.#busy(async () => {
      await link.call.pause()
      await this.run.put(firmware, choices)
      this.#before = []
      batch(() => {
        this.predictions.value = null
        this.pressed.value = new Set()
      })
      if (this.breakpoints.value.length > 0) await link.call.breakAt(this.breakpoints.value)
    })
    this.#isGiving = false
  }

  type(text: string): void {
    const bytes = new TextEncoder().encode(text)
    void this.#do(() => this.run.link.call.give({ kind: 'console', bytes }))
  }

  press(button: string, isPressed: boolean): void {
    const now = new Set(this.pressed.value)
    if (now.has(button) === isPressed) return
    if (isPressed) now.add(button)
    else now.delete(button)
    this.pressed.value = now
    void this.#do(() => this.run.link.call.give({ kind: 'button', button, isPressed }))
  }

  breakAt(places: readonly string[]): void {
    void this.#do(async () => {
      await this.run.link.call.breakAt(places)
      this.breakpoints.value = places
      await this.#inspect()
    })
  }

  showMemory(address: number): void {
    this.memoryAt.value = address
    void this.#do(() => this.#inspect())
  }

  /** What is drawn, anew. */
  lookAgain(): void {
    void this.#do(() => this.#draw())
  }

  async find(text: string): ReturnType<OpenRun['link']['call']['symbols']> {
    return text === '' ? [] : this.run.link.call.symbols(text)
  }

  save(): void {
    void this.#busy(async () => {
      const bytes = await this.run.link.call.save()
      download(`${this.#name}.boardless`, bytes, 'application/zip')
    })
  }

  saveReport(): void {
    void this.#busy(async () => {
      const report = await this.run.link.call.reportText()
      download(`${this.#name}.json`, new TextEncoder().encode(report), 'application/json')
    })
  }

  saveConsole(): void {
    download(`${this.#name}.txt`, new TextEncoder().encode(this.run.console.value), 'text/plain')
  }

  get #name(): string {
    return (this.run.facts.value?.title ?? 'run').replace(/\.[^.]*$/, '')
  }

  /** What moves this device, where the run is given that. */
  async #feel(): Promise<void> {
    if (!this.run.choices.value.feelsMotion || this.#stopFeeling) return
    await this.#do(async () => {
      this.#stopFeeling = await feel((values) => {
        void this.run.link.call.give({ kind: 'motion', values })
      })
    })
  }

  #feelNoMore(): void {
    this.#stopFeeling?.()
    this.#stopFeeling = undefined
  }

  #remember(): void {
    const state = this.run.live.value
    if (state) this.#before.push(state.cursor ?? state.cycle)
  }

  /** One after the other, as they were asked for; of a key that is held, a few. */
  #busy(act: () => Promise<unknown>): Promise<void> {
    if (this.#waiting >= MOST_WAITING) return Promise.resolve()
    this.#waiting += 1
    this.isBusy.value = true
    return (this.#queue = this.#queue.then(async () => {
      await this.#do(act)
      this.#waiting -= 1
      this.isBusy.value = this.#waiting > 0
    }))
  }

  async #do(act: () => Promise<unknown>): Promise<void> {
    this.trouble.value = undefined
    try {
      await act()
    } catch (cause) {
      this.trouble.value = cause instanceof Error ? cause.message : String(cause)
    }
  }

  /** What is shown of where it is: now and then while it runs, always once it stands. */
  async #look(isRunning: boolean): Promise<void> {
    this.#wanted += 1
    if (this.#isLooking || (isRunning && performance.now() - this.#lookedAt < LOOK_MILLISECONDS)) return
    this.#isLooking = true
    let seen: number
    try {
      do {
        seen = this.#wanted
        await Promise.all([this.#draw(), this.#list(), this.isRunning ? undefined : this.#inspect()])
      } while (this.#wanted !== seen && !this.isRunning)
    } catch {
      // The worker is gone, which the page says by itself.
    }
    this.#lookedAt = performance.now()
    this.#isLooking = false
  }

  async #draw(): Promise<void> {
    const state = this.run.live.peek()
    if (!state) return
    const to = state.cursor ?? state.cycle
    const from = Math.max(0, to - this.seconds.peek() * CYCLES_PER_SECOND)
    if (to === from) {
      this.current.value = undefined
      return
    }
    const column = 2 ** Math.max(0, Math.ceil(Math.log2((to - from) / 300)))
    const { drawings } = await this.run.link.call.draw({ tracks: [BOARD], from, to, column })
    const drawing = drawings[BOARD]
    this.current.value = drawing?.kind === 'level' ? { ...drawing, to } : undefined
  }

  async #list(): Promise<void> {
    const count = this.run.live.peek()?.predictions ?? 0
    if (count === 0) this.predictions.value = null
    else if (count !== this.predictions.peek()?.total || !this.isRunning)
      this.predictions.value = await this.run.link.call.predictions()
  }

  async #inspect(): Promise<void> {
    const { call } = this.run.link
    const [view, memory] = await Promise.all([
      call.inspect(),
      call.memory(this.memoryAt.peek(), MEMORY_BYTES),
    ])
    batch(() => {
      this.view.value = view
      this.memory.value = memory
    })
  }
}

const desks = new WeakMap<OpenRun, Desk>()

/** One a run: what was typed and chosen stays while another view is looked at. */
export function deskOf(run: OpenRun): Desk {
  const desk = desks.get(run) ?? new Desk(run)
  desks.set(run, desk)
  return desk
}
