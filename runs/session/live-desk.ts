import type { RunReport } from '../report/run-report.ts'
import { givenOf, type Given } from '../recording/given.ts'
import { Replay } from '../recording/replay.ts'
import { addressesOf, pointSources } from '../simulation/phase-specs.ts'
import { reportOf } from '../simulation/simulate.ts'
import type { RunInput, Unplaced } from '../simulation/inputs.ts'
import { Cursor } from './cursor.ts'
import { Inspector } from './inspect.ts'
import type { LiveRun } from './live-run.ts'
import type { Found, MachineView, MemoryView, StepKind } from './protocol.ts'
import { savedRun } from './save-run.ts'
import { Scout } from './scout.ts'

/** All that is asked of a run that goes on, beside going on. */
export class LiveDesk {
  readonly cursor: Cursor
  #scout: Scout | undefined
  #inspector: Inspector | undefined
  #ended: Promise<RunReport> | undefined
  #breakpoints: ReadonlyMap<number, string> = new Map()

  constructor(
    readonly live: LiveRun,
    private readonly given: Given,
    private readonly firmware: { readonly file: string; readonly bytes: Uint8Array },
    /** Another machine of the same run, which others use too. */
    private readonly another: () => Replay,
    breathe: () => Promise<void>,
  ) {
    this.cursor = new Cursor(live, () => this.#scouts, breathe)
  }

  /** As if it were interrupted where it is, unless it is over. */
  report(): Promise<RunReport> {
    const { live } = this
    const { ending } = live
    if (ending) return (this.#ended ??= reportOf(live.options, live.run.observation(ending)))
    // Observing ends a run: another machine takes its place.
    const replay = this.another()
    replay.take(live.run.save())
    const { image } = live.options
    return reportOf({ ...givenOf(this.given), image }, replay.run.interrupted())
  }

  async step(kind: StepKind): Promise<void> {
    this.live.pause()
    await this.cursor.step(kind)
  }

  async back(kind: StepKind): Promise<void> {
    this.live.pause()
    await this.cursor.back(kind)
  }

  look(cycle: number): void {
    this.cursor.goTo(cycle)
  }

  inspect(): MachineView {
    const { cursor } = this
    return this.#inspects.view(cursor.machine, cursor.isPast, new Set(this.#breakpoints.keys()))
  }

  memory(address: number, length: number): MemoryView {
    return this.#inspects.memory(this.cursor.machine, address, length)
  }

  find(text: string): readonly Found[] {
    return this.#inspects.find(text)
  }

  give(input: Unplaced<RunInput>): void {
    this.live.give(input)
  }

  /**
   * Where it stops: functions, `FILE:LINE` or addresses.
   * @returns their addresses @throws UserError for a place that the firmware does not have
   */
  breakAt(places: readonly string[]): readonly number[] {
    const sources = pointSources(this.live.options.image)
    const found = new Map<number, string>()
    for (const place of places)
      for (const address of addressesOf(place, sources, 'stop at')) found.set(address, place)
    this.#breakpoints = found
    const { live } = this
    live.stopsAhead = found.size === 0 ? undefined : (to) => this.#stopBefore(to)
    return [...found.keys()]
  }

  async save(): Promise<Uint8Array> {
    return savedRun(this.live, await this.report(), this.firmware)
  }

  #stopBefore(to: number): { readonly cycle: number; readonly why: string } | undefined {
    const scout = this.#scouts
    scout.take(this.live.run.save())
    const found = scout.firstAt(new Set(this.#breakpoints.keys()), to)
    return found && { cycle: found.cycle, why: this.#breakpoints.get(found.address) ?? '' }
  }

  /** With a machine of its own: where it stands matters to it. */
  get #scouts(): Scout {
    const { given, firmware, live } = this
    return (this.#scout ??= new Scout(
      new Replay({ given, firmware, snapshots: live.keeper, inputs: live.inputs }, firmware.file),
    ))
  }

  get #inspects(): Inspector {
    return (this.#inspector ??= new Inspector(this.live.options.image, this.#scouts.frames))
  }
}
