import { describe, expect, it } from 'vitest'
import { indirectCalls, OperatorProfiler } from './operators.ts'
import type { OperatorProfilerOptions } from './operators.ts'
import type { ProbeTarget } from './target.ts'

/** A processor reduced to what probes see: the test says which addresses execute, when, and with which registers. */
class FakeTarget implements ProbeTarget {
  now = 0
  readonly registers = new Array<number>(16).fill(0)
  readonly memory = new Uint8Array(0x200)
  readonly #probes = new Map<number, Set<() => void>>()

  addProbe(address: number, callback: () => void): void {
    const set = this.#probes.get(address) ?? new Set()
    this.#probes.set(address, set.add(callback))
  }
  removeProbe(address: number, callback: () => void): void {
    this.#probes.get(address)?.delete(callback)
  }
  readRegister(index: number): number {
    return this.registers[index]!
  }
  readMemory(address: number, length: number): Uint8Array {
    return this.memory.slice(address, address + length)
  }
  get probeCount(): number {
    return [...this.#probes.values()].reduce((total, set) => total + set.size, 0)
  }

  execute(address: number, now: number, registers: Record<number, number> = {}): void {
    this.now = now
    for (const [index, value] of Object.entries(registers)) this.registers[Number(index)] = value
    for (const callback of [...(this.#probes.get(address) ?? [])]) callback()
  }
}

const loop = { start: 0x100, end: 0x120 }
const caller = 0x40
const call = 0x108
const back = call + 2

/** Interpreters by their object, operators in the order in which they come. */
function machine(
  identify: OperatorProfilerOptions['identify'] = ({ object }) => ({
    table: object,
    subgraph: undefined,
    index: undefined,
  }),
): {
  target: FakeTarget
  profiler: OperatorProfiler
} {
  const target = new FakeTarget()
  target.memory.set([0x98, 0x47], call) // BLX R3
  const profiler = new OperatorProfiler(target, { loops: [loop], identify })
  return { target, profiler }
}

const invoke = (target: FakeTarget, object: number, stack: number, now: number): void =>
  target.execute(loop.start, now, { 0: object, 13: stack, 14: caller | 1 })
const operator = (target: FakeTarget, evaluate: number, stack: number, from: number, to: number): void => {
  target.execute(call, from, { 3: evaluate | 1, 13: stack })
  target.execute(evaluate, from + 3, { 13: stack - 32 })
  target.execute(back, to, { 13: stack })
}

describe('operator profile', () => {
  it('finds BLX Rm only', () => {
    // BX R3, BLX R3, MOV R0 R0, BLX R12, BLX R0, ADD R7 SP
    const code = new Uint8Array([0x18, 0x47, 0x98, 0x47, 0, 0, 0xe0, 0x47, 0x80, 0x47, 0x6f, 0x44])
    expect(indirectCalls(code, 0x1000)).toEqual([
      { address: 0x1002, register: 3 },
      { address: 0x1006, register: 12 },
      { address: 0x1008, register: 0 },
    ])
  })

  it('times operators by index over invocations', () => {
    const { target, profiler } = machine()
    for (const [start, first] of [
      [1000, 50],
      [2000, 70],
      [3000, 60],
    ] as const) {
      invoke(target, 0x20, 0x1f0, start)
      operator(target, 0x80, 0x1e0, start + 10, start + 10 + first)
      operator(target, 0x90, 0x1e0, start + 100, start + 105)
      target.execute(caller, start + 200, { 13: 0x1f0 })
    }
    const [interpreter, ...others] = profiler.summary()
    expect(others).toEqual([])
    expect(interpreter).toMatchObject({ table: 0x20, count: 3, medianCycles: 200, totalCycles: 600 })
    expect(interpreter!.own).toMatchObject({ count: 3, totalCycles: 600 - (50 + 70 + 60) - 3 * 5 })
    expect(interpreter!.operators).toEqual([
      expect.objectContaining({
        path: [0],
        evalAddress: 0x80,
        count: 3,
        minimumCycles: 50,
        medianCycles: 60,
        maximumCycles: 70,
      }),
      expect.objectContaining({ path: [1], evalAddress: 0x90, count: 3, medianCycles: 5 }),
    ])
  })

  it('puts a subgraph below the operator that invoked it', () => {
    const { target, profiler } = machine()
    invoke(target, 0x20, 0x1f0, 0)
    target.execute(call, 10, { 3: 0x81, 13: 0x1e0 }) // WHILE
    for (const start of [20, 40]) {
      target.execute(loop.start, start, { 0: 0x20, 13: 0x1c0, 14: 0x85 })
      operator(target, 0x90, 0x1b0, start + 1, start + 9)
      target.execute(0x84, start + 10, { 13: 0x1c0 })
    }
    target.execute(back, 60, { 13: 0x1e0 })
    operator(target, 0x90, 0x1e0, 70, 75)
    target.execute(caller, 80, { 13: 0x1f0 })
    const [interpreter] = profiler.summary()
    expect(interpreter).toMatchObject({ count: 1, totalCycles: 80 })
    expect(interpreter!.operators.map(({ path, count, totalCycles }) => [path, count, totalCycles])).toEqual([
      [[0], 1, 50],
      [[0, 0], 2, 16],
      [[1], 1, 5],
    ])
  })

  it('keeps interpreters apart and leaves out calls that are no operators', () => {
    const { target, profiler } = machine(({ callee, object }) =>
      callee === 0xa0 ? undefined : { table: object, subgraph: undefined, index: undefined },
    )
    for (const object of [0x20, 0x60]) {
      invoke(target, object, 0x1f0, object * 100)
      operator(target, 0xa0, 0x1e0, object * 100 + 1, object * 100 + 2)
      operator(target, 0x80, 0x1e0, object * 100 + 3, object * 100 + 9)
      target.execute(caller, object * 100 + 20, { 13: 0x1f0 })
    }
    const summary = profiler.summary()
    expect(summary.map(({ table }) => table)).toEqual([0x20, 0x60])
    expect(summary.map(({ operators }) => operators.map(({ evalAddress }) => evalAddress))).toEqual([
      [0x80],
      [0x80],
    ])
  })

  it('takes the index that the interpreter says, and another model as another table', () => {
    const models = [1, 1, 2]
    let model = 0
    const { target, profiler } = machine(({ callee }) => ({ table: model, subgraph: 0, index: callee >> 4 }))
    models.forEach((one, i) => {
      model = one
      invoke(target, 0x20, 0x1f0, i * 100)
      operator(target, 0x90, 0x1e0, i * 100 + 10, i * 100 + 20)
      operator(target, 0x80, 0x1e0, i * 100 + 30, i * 100 + 45)
      target.execute(caller, i * 100 + 50, { 13: 0x1f0 })
    })
    expect(
      profiler.summary().map(({ table, count, totalCycles, own, operators }) => ({
        table,
        count,
        rest: totalCycles - own.totalCycles,
        rows: operators.map(({ path, subgraph, totalCycles }) => [path, subgraph, totalCycles]),
      })),
    ).toEqual([
      {
        table: 1,
        count: 2,
        rest: 50,
        rows: [
          [[8], 0, 30],
          [[9], 0, 20],
        ],
      },
      {
        table: 2,
        count: 1,
        rest: 25,
        rows: [
          [[8], 0, 15],
          [[9], 0, 10],
        ],
      },
    ])
  })

  it('takes Invoke and the loop that it calls for one invocation, called or jumped to', () => {
    for (const [stack, link] of [
      [0x1e0, 0x51],
      [0x1f0, caller | 1],
    ] as const) {
      const target = new FakeTarget()
      target.memory.set([0x98, 0x47], call)
      const profiler = new OperatorProfiler(target, {
        loops: [{ start: 0x180, end: 0x190 }, loop],
        identify: ({ object }) => ({ table: object, subgraph: 0, index: 0 }),
      })
      for (const begin of [0, 1000]) {
        target.execute(0x180, begin, { 0: 0x20, 13: 0x1f0, 14: caller | 1 })
        target.execute(loop.start, begin + 5, { 0: 0x60, 13: stack, 14: link })
        operator(target, 0x80, stack - 0x10, begin + 10, begin + 70)
        if (link !== (caller | 1)) target.execute(link & ~1, begin + 80, { 13: stack })
        target.execute(caller, begin + 100, { 13: 0x1f0 })
      }
      expect(profiler.summary()).toMatchObject([
        {
          table: 0x20,
          count: 2,
          totalCycles: 200,
          own: { totalCycles: 80 },
          operators: [{ totalCycles: 120 }],
        },
      ])
    }
  })

  it('leaves an invocation that has not ended out of the sums, and says so', () => {
    const { target, profiler } = machine()
    invoke(target, 0x20, 0x1f0, 0)
    operator(target, 0x80, 0x1e0, 10, 20)
    target.now = 25
    expect(profiler.summary()).toEqual([])
    expect(profiler.unfinished()).toEqual([{ table: 0x20, cycles: 25 }])
  })

  it('keeps an interpreter that an operator invokes apart from its own', () => {
    const { target, profiler } = machine()
    invoke(target, 0x20, 0x1f0, 0)
    target.execute(call, 10, { 3: 0x81, 13: 0x1e0 })
    target.execute(loop.start, 20, { 0: 0x60, 13: 0x1c0, 14: 0x85 })
    operator(target, 0x90, 0x1b0, 21, 29)
    target.execute(0x84, 30, { 13: 0x1c0 })
    target.execute(back, 60, { 13: 0x1e0 })
    target.execute(caller, 80, { 13: 0x1f0 })
    expect(profiler.summary()).toMatchObject([
      { table: 0x20, totalCycles: 80, own: { totalCycles: 30 }, operators: [{ path: [0], totalCycles: 50 }] },
      { table: 0x60, totalCycles: 10, own: { totalCycles: 2 }, operators: [{ path: [0], totalCycles: 8 }] },
    ])
  })

  it('forgets what never returned', () => {
    const { target, profiler } = machine()
    invoke(target, 0x20, 0x1c0, 0)
    target.execute(call, 10, { 3: 0x81, 13: 0x1b0 }) // longjmp out of it
    invoke(target, 0x20, 0x1f0, 100)
    operator(target, 0x80, 0x1e0, 110, 120)
    target.execute(caller, 130, { 13: 0x1f0 })
    expect(profiler.summary()).toMatchObject([
      { count: 1, totalCycles: 30, operators: [{ path: [0], count: 1 }] },
    ])
    profiler.detach()
    expect(target.probeCount).toBe(0)
  })
})
