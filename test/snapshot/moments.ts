import { Fpccr } from '../../emulator/cpu/exceptions/floating-point-context.ts'
import { decodePlain } from '../../emulator/snapshot/decode.ts'
import { encodePlain } from '../../emulator/snapshot/encode.ts'
import type { Plain } from '../../emulator/snapshot/saved.ts'
import { seededRandom } from '../../src/model/random.ts'
import { buildReport } from '../../runs/report/build.ts'
import { serialise } from '../../runs/report/serialise.ts'
import type { ObserveOptions, RunSnapshot } from '../../runs/simulation/observe-options.ts'
import { Run } from '../../runs/simulation/run.ts'

/** What is hard to go on from. */
export const nasty = {
  'a multiple or divide that is not over': ({ machine: { cpu } }) => cpu.isWithinInstruction,
  'lazy stacking that is due': ({ machine: { cpu } }) =>
    (cpu.exceptions.floatingPoint.fpccr & Fpccr.LSPACT) !== 0,
  'in a handler': ({ machine: { cpu } }) => cpu.exceptions.activeException !== 0,
  'within an IT block': ({ machine: { cpu } }) => cpu.state.itState !== 0,
  asleep: ({ machine: { cpu } }) => cpu.isSleeping,
  'in System OFF': ({ machine: { chip } }) => chip.isOff,
  'the flash is busy': ({ machine }) => machine.chip.bus.read(0x4001_e400, 4) === 0,
  'EasyDMA that sends': ({ machine: { ledger } }) => ledger.parts.get('UARTE0')?.state?.state === 'transmit',
  'a transfer on a two-wire bus': ({ machine: { ledger } }) =>
    [...ledger.parts.values()].some(({ name, state }) => /^TWIM\d/.test(name) && state?.state === 'transfer'),
  'code in RAM': ({ machine: { cpu } }) => cpu.state.pc >= 0x2000_0000,
  'with the cache off': ({ machine: { cpu } }) => cpu.core.decoder.saveFetching().isSlow,
} as const satisfies Record<string, (run: Run) => boolean>

export type Nasty = keyof typeof nasty
const kinds = Object.keys(nasty) as Nasty[]

/** A run, its report in bytes, and snapshots of the way. */
export interface Moments {
  readonly options: ObserveOptions
  readonly report: string
  readonly snapshots: readonly RunSnapshot[]
  /** The last of them: where the run ended. */
  readonly end: RunSnapshot
  readonly met: ReadonlySet<Nasty>
}

/** Goes on to a cycle. @returns the report, where the run has ended before */
function goOn(run: Run, options: ObserveOptions, cycle: number): string | undefined {
  while (run.machine.now < cycle) {
    const ending = run.advance(cycle)
    if (ending) return reportOf(options, run.observation(ending))
  }
  return undefined
}

const reportOf = (
  { image }: ObserveOptions,
  observation: Parameters<typeof buildReport>[0]['observation'],
): string => serialise(buildReport({ toolVersion: '', image, observation }))

const SLICES = 2000

/** A run that nobody disturbs, and one of it in slices, to see where its instructions are. */
async function undisturbed(options: ObserveOptions): Promise<{
  readonly report: string
  readonly cycles: number
  /** At each slice, how many had been executed. */
  readonly instructions: readonly number[]
}> {
  const run = new Run(options)
  const observation = await run.toEnd()
  const cycles = run.machine.now
  const again = new Run(options)
  const instructions = Array.from({ length: SLICES }, (_, slice) => {
    goOn(again, options, Math.floor(((slice + 1) * (cycles - 1)) / SLICES))
    return again.machine.instructions
  })
  return { report: reportOf(options, observation), cycles, instructions }
}

/**
 * Takes snapshots at random cycles and at random instructions, and of every kind of `nasty` that comes within `search` single cycles after them.
 * @throws Error where the run is another one for that
 */
export async function momentsOf(
  options: ObserveOptions,
  { seed, count, search = 250 }: { readonly seed: number; readonly count: number; readonly search?: number },
): Promise<Moments> {
  const { report, cycles, instructions } = await undisturbed(options)
  const random = seededRandom(seed)
  const awake = (): number => {
    const executed = random() * (instructions.at(-1) ?? 0)
    const slice = instructions.findIndex((sum) => sum >= executed)
    return ((slice + random()) * (cycles - 1)) / SLICES
  }
  const stops = Array.from({ length: count }, (_, n) =>
    Math.floor(n % 2 === 0 ? random() * (cycles - 1) : awake()),
  ).sort((a, b) => a - b)
  const run = new Run(options)
  const snapshots: RunSnapshot[] = [run.save()]
  const met = new Map<Nasty, number>()
  /** @param isWanted whatever is met here */
  const look = (isWanted: boolean): void => {
    const here = kinds.filter((kind) => (met.get(kind) ?? 0) < 3 && nasty[kind](run))
    for (const kind of here) met.set(kind, (met.get(kind) ?? 0) + 1)
    if ((isWanted || here.length > 0) && snapshots.at(-1)?.cycle !== run.machine.now)
      snapshots.push(run.save())
  }
  for (const [n, stop] of stops.entries()) {
    goOn(run, options, stop)
    look(true)
    const { cpu, scheduler } = run.machine
    for (let step = 0; step < search && run.machine.now < cycles - 1; step++) {
      // Nothing happens before.
      if (cpu.isSleeping && scheduler.nextDue < (stops[n + 1] ?? cycles))
        goOn(run, options, scheduler.nextDue)
      goOn(run, options, run.machine.now + 1)
      look(false)
    }
  }
  const ended = goOn(run, options, Infinity)
  if (ended !== report) throw new Error(`stopping and saving changes the run: ${different(ended, report)}`)
  return { options, report, snapshots, end: run.save(), met: new Set(met.keys()) }
}

/** Lines of two reports that differ first. */
function different(one: string | undefined, other: string): string {
  const [a, b] = [(one ?? '').split('\n'), other.split('\n')]
  const at = a.findIndex((line, i) => line !== b[i])
  return `${a[at]?.trim()} | ${b[at]?.trim()}`
}

/** Where two values differ first, by their contents. What is the same object is not looked at. */
export function difference(one: unknown, other: unknown, path = ''): string | undefined {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return undefined
  if (ArrayBuffer.isView(one) && ArrayBuffer.isView(other)) {
    const [a, b] = [one as Uint8Array, other as Uint8Array]
    if (a.length !== b.length) return `${path}: ${a.length} and ${b.length} numbers`
    const at = a.findIndex((value, i) => !Object.is(value, b[i]))
    return at < 0 ? undefined : `${path}[${at}]: ${a[at]} and ${b[at]}`
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return `${path}: ${String(one)} and ${String(other)}`
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>]
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = difference(a[key], b[key], `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * How the reasons of a multiple are counted depends on whether the run stopped in the middle of it; what they come to,
 * which the report has, does not.
 */
function withoutCounts({ machine, ...rest }: RunSnapshot): unknown {
  const { processor, ...others } = machine.sections
  const state = processor?.state as { readonly memory: Readonly<Record<string, unknown>> }
  return { ...rest, others, processor: { ...state, memory: { ...state.memory, counts: null } } }
}

export interface Continuation {
  /** How many snapshots the state is compared at behind the one that is restored. */
  readonly ahead?: number
  /** Each so-manieth goes to the end of the run, each so-manieth through bytes, and into a machine of its own. */
  readonly toEnd: number
  readonly throughBytes: number
  readonly anew: number
}

/**
 * Restores each snapshot and runs on.
 * @returns a line for each that went on otherwise than the run that it is of
 */
export function* continuations(
  { options, report, snapshots, end }: Moments,
  { ahead = 1, toEnd, throughBytes, anew }: Continuation,
): Generator<string | undefined> {
  let run = new Run(options)
  for (const [n, snapshot] of snapshots.entries()) {
    if (n % anew === 0) run = new Run(options)
    const isThroughBytes = n % throughBytes === 0
    run.restore(
      isThroughBytes
        ? (decodePlain(encodePlain(snapshot as unknown as Plain)) as unknown as RunSnapshot)
        : snapshot,
    )
    const at = `snapshot ${n} at ${snapshot.cycle}${isThroughBytes ? ', through bytes' : ''}`
    const target = snapshots[n + ahead]
    let wrong: string | undefined
    if (n % toEnd === 0 || !target) {
      const ended = goOn(run, options, Infinity)
      wrong =
        ended === report
          ? difference(withoutCounts(run.save()), withoutCounts(end))
          : `another report: ${different(ended, report)}`
      run = new Run(options)
    } else {
      goOn(run, options, target.cycle)
      wrong = difference(run.save(), target)
    }
    yield wrong === undefined ? undefined : `${at}: ${wrong}`
  }
}
