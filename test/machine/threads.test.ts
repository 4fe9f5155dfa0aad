/**
 * The call tree of threads, nested interrupts, faults that send a thread elsewhere and longjmp, held against the hooks
 * that the compiler puts at the beginning and the end of each function (-finstrument-functions).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { branchSource } from '../../emulator/branch-source.ts'
import { CallTracer } from '../../emulator/probes/call-tracer.ts'
import { functionCosts } from '../../emulator/probes/functions.ts'
import { fallenInto } from '../../runs/image/fallen-into.ts'
import { compile } from '../cli/firmware.ts'
import { start, type Running } from './start.ts'
import { expectExactReasons } from './reasons.ts'

/** Threads by their stacks of 1024 bytes; handlers by their exception. */
interface Context {
  readonly open: { readonly name: string; readonly entered: number; readonly stackPointer: number }[]
  clock: number
}

/** What the hooks say: calls and the code cycles in them, with what they called, of one context each. */
class Hooks {
  readonly calls = new Map<string, number>()
  readonly returned = new Map<string, number[]>()
  /** Outermost calls of each, also those that have not returned. */
  readonly totals = new Map<string, number>()
  readonly #threads = new Map<number, Context>()
  readonly #handlers: Context[] = []
  #since = 0

  constructor(
    readonly run: Running,
    nameAt: (address: number) => string,
  ) {
    const { machine } = run
    const { exceptions } = machine.cpu
    const { onEntry, onReturn } = exceptions
    exceptions.onEntry = (exception, cycle) => {
      onEntry?.(exception, cycle)
      // What was interrupted: the handler around, or the thread whose frame has just been stacked; EXC_RETURN says where.
      this.#pass(this.#current((machine.readRegister(14) & 4) !== 0))
      this.#handlers.push({ open: [], clock: 0 })
    }
    exceptions.onReturn = (exception, cycle) => {
      onReturn?.(exception, cycle)
      this.#pass(this.#current())
      this.#handlers.pop()
    }
    machine.addProbe(run.address('__cyg_profile_func_enter'), () => {
      const context = this.#current()
      this.#pass(context)
      this.#leave(context)
      const name = nameAt(machine.readRegister(0))
      if (INLINED.has(name)) return
      this.calls.set(name, (this.calls.get(name) ?? 0) + 1)
      context.open.push({ name, entered: context.clock, stackPointer: machine.readRegister(13) })
    })
    machine.addProbe(run.address('__cyg_profile_func_exit'), () => {
      const context = this.#current()
      this.#pass(context)
      const name = nameAt(machine.readRegister(0))
      if (INLINED.has(name)) return
      this.#leave(context)
      expect(context.open.at(-1)?.name).toBe(name)
      const { entered } = this.#end(context)
      this.returned.set(name, [...(this.returned.get(name) ?? []), context.clock - entered])
    })
  }

  #current(isOnProcessStack = this.run.machine.cpu.exceptions.special.usesProcessStack): Context {
    const handler = this.#handlers.at(-1)
    if (handler) return handler
    const { special } = this.run.machine.cpu.exceptions
    const thread = isOnProcessStack ? (special.psp - 1) >>> 10 : 0
    let context = this.#threads.get(thread)
    if (!context) this.#threads.set(thread, (context = { open: [], clock: 0 }))
    return context
  }

  #pass(context: Context): void {
    const { cpu, scheduler } = this.run.machine
    const now = cpu.codeCyclesAt(scheduler.now)
    context.clock += now - this.#since
    this.#since = now
  }

  /** Calls whose stack is given up have been left by longjmp. */
  #leave(context: Context): void {
    const stackPointer = this.run.machine.readRegister(13)
    while ((context.open.at(-1)?.stackPointer ?? Infinity) < stackPointer) this.#end(context)
  }

  #end({ open, clock }: Context): Context['open'][number] {
    const ended = open.pop()!
    if (!open.some(({ name }) => name === ended.name))
      this.totals.set(ended.name, (this.totals.get(ended.name) ?? 0) + clock - ended.entered)
    return ended
  }

  finish(): void {
    this.#pass(this.#current())
    for (const context of [...this.#threads.values(), ...this.#handlers])
      while (context.open.length > 0) this.#end(context)
  }
}

/** Cycles of one call before its first hook and behind its last. */
const AROUND = 110
/** Of the runtime, and inlined. */
const INLINED = new Set(['print', 'leave', 'semihosting'])

describe.each(['-O0', '-O1', '-O2', '-Os'])('at %s', (level) => {
  let run: Running
  let hooks: Hooks
  let tracer: CallTracer
  let names: readonly string[]
  const calls = (name: string) => tracer.tree.functions().find((one) => names[one.function] === name)

  beforeAll(async () => {
    const source = readFileSync(join(import.meta.dirname, 'firmware', 'threads.c'), 'utf8')
    const flags = `${level} -g -finstrument-functions -fno-optimize-sibling-calls`
    const file = compile(`threads${level}`, source, flags)
    const { image } = await start(file)
    const { functions } = image.symbols
    run = await start(file, { profile: true, functions })
    const { machine } = run
    const { pc } = machine.cpu.state
    const source_ = branchSource(machine, functions)
    tracer = new CallTracer(source_, functions, pc, fallenInto(image))
    names = ['?', ...functions.map(({ name }) => name)]
    hooks = new Hooks(run, (address) => names[source_.functionAt(address & ~1)] ?? '?')
    expect(run.run(20_000_000)).toEqual({ kind: 'exit', code: 0 })
    tracer.advance(machine.now)
    hooks.finish()
  })

  it('does all of it', () => {
    const counts = ['ticks', 'above', 'beside', 'calls', 'recovered', 'thrown', 'switches']
    for (const count of counts) expect([count, run.word(count) > 5]).toEqual([count, true])
    expect(run.machine.cpu.exceptions.counters.tailChains).toBeGreaterThan(50)
  })

  it('has the cycles of each function that the profile has, and the reasons of each', () => {
    const profile = functionCosts(run.machine.profile!, run.image.symbols.functions)
    const self = new Map(tracer.tree.functions().map((one) => [names[one.function], one.selfCycles]))
    const expected = new Map(profile.map(({ name, selfCycles }) => [name, selfCycles]))
    const lasting = (all: ReadonlyMap<string | undefined, number>) => [...all].filter(([, n]) => n > 0).sort()
    expect(lasting(self)).toEqual(lasting(expected))
    expectExactReasons(run.machine)
  })

  it('has trees whose totals are the functions’', () => {
    const nodes = tracer.tree.nodes()
    for (const { function: index, totalCycles } of tracer.tree.functions()) {
      const isWithin = (parent: number): boolean =>
        parent >= 0 && (nodes[parent]!.function === index || isWithin(nodes[parent]!.parent))
      const outermost = nodes.filter((one) => one.function === index && !isWithin(one.parent))
      const total = outermost.reduce((sum, one) => sum + one.totalCycles, 0)
      expect([names[index], total]).toEqual([names[index], totalCycles])
    }
  })

  it('counts the calls that the hooks count, and those that returned', () => {
    for (const [name, count] of hooks.calls) {
      const found = calls(name)
      expect([name, found?.calls]).toEqual([name, count])
      const returned = hooks.returned.get(name)?.length ?? 0
      // One that is between its last hook and its return, where the run ends or is sent elsewhere.
      expect([name, Math.abs((found?.returned.count ?? 0) - returned) <= 1]).toEqual([name, true])
    }
    expect(calls('thrower')?.returned.count).toBe(0)
    expect(calls('catcher')!.returned.count).toBe(calls('catcher')!.calls / 2)
  })

  it('has the cycles that passed between the hooks, but for what stands before the first and behind the last', () => {
    const expectNear = (name: string, what: string, more: number, least: number, most: number): void =>
      expect([name, what, more, more >= least && more <= most]).toEqual([name, what, more, true])
    for (const [name, total] of hooks.totals) {
      // These begin on the main stack, and go on as the first thread.
      if (name === 'main' || name === 'reset') continue
      const found = calls(name)!
      const around = AROUND * found.calls
      // longjmp is seen by the hooks at the next of them.
      expectNear(name, 'total', found.totalCycles - total, name === 'thrower' ? -around : 0, around)
      const returned = hooks.returned.get(name) ?? []
      if (returned.length !== found.returned.count || returned.length === 0) continue
      const { minimumCycles, maximumCycles } = found.returned
      expectNear(name, 'minimum', minimumCycles - Math.min(...returned), 0, AROUND)
      expectNear(name, 'maximum', maximumCycles - Math.max(...returned), 0, AROUND)
    }
  })

  it('gives each handler and thread a tree of its own', () => {
    const roots = tracer.tree.nodes().filter(({ parent }) => parent < 0)
    expect(roots.map((one) => `${names[one.function]} ${one.exception}`).sort()).toEqual([
      'above_handler 16',
      'beside_handler 17',
      'idle 0',
      'pendsv_handler 14',
      'reset 0',
      'second 0',
      'svc_handler 11',
      'tick_handler 15',
      'usage_handler 6',
    ])
    expect(tracer.tree.fellThrough).toBe(0)
  })
})
