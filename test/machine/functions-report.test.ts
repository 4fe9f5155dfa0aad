/** Calls, measures and coverage in a run of one of our apps, each held against another way to know it. */
import { beforeAll, describe, expect, it } from 'vitest'
import { coverageOf } from '../../runs/annotate/coverage.ts'
import { SourceFrames } from '../../runs/image/source-frames.ts'
import { compareRuns } from '../../runs/compare/compare.ts'
import { renderComparison } from '../../runs/compare/show/text.ts'
import { renderReport } from '../../runs/report/show/render.ts'
import { parseMeasure } from '../../runs/simulation/phase-specs.ts'
import type { Simulated } from '../../runs/simulation/simulate.ts'
import { simulate, simulateWhole } from '../../src/files/simulate.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'
import { heldOutRecording } from '../../src/toolchain/testing/testing-apps.ts'

describe('the gesture app', () => {
  let run: Simulated
  let file: string
  beforeAll(async () => {
    const { elfPath } = await buildFirmware({
      app: 'gesture',
      kernels: 'cmsis-nn',
      resolver: 'mutable',
      optimise: '-O2',
      console: 'uarte',
    })
    file = elfPath
    const recording = { recording: heldOutRecording() } as never
    run = await simulateWhole({
      file,
      recording,
      seconds: 11,
      functions: true,
      measures: [parseMeasure('tflite::MicroInterpreter::Invoke')],
    })
  })

  it('has an inference as long as the probes of operators see it', () => {
    const { interpreters, functions, measures } = run.report
    const [interpreter] = interpreters
    const invoke = functions.find(({ name }) => name === 'tflite::MicroInterpreter::Invoke')!
    expect(invoke.calls).toMatchObject({
      calls: interpreter!.count,
      totalCycles: interpreter!.totalCycles,
      medianCycles: interpreter!.medianCycles,
    })
    expect(measures).toMatchObject([
      {
        count: interpreter!.count,
        totalCycles: interpreter!.totalCycles,
        maximumCycles: interpreter!.maximumCycles,
      },
    ])
  })

  it('has all cycles of code in the tree, and the profile’s in each function', () => {
    const { calls, functions } = run.report
    const sum = (rows: readonly number[]): number => rows.reduce((total, one) => total + one, 0)
    expect(sum(run.observation.calls!.nodes.map(({ selfCycles }) => selfCycles))).toBe(
      sum(functions.map(({ selfCycles }) => selfCycles)),
    )
    const { ranges, functions: traced } = run.observation.calls!
    const self = new Map(traced.map((one) => [ranges[one.function - 1]?.start, one.selfCycles]))
    for (const { address, selfCycles } of functions)
      expect([address, self.get(address)]).toEqual([address, selfCycles])
    for (const { parent, totalCycles, selfCycles } of calls!) {
      expect(totalCycles).toBeGreaterThanOrEqual(selfCycles)
      if (parent !== null) expect(calls![parent]!.totalCycles).toBeGreaterThanOrEqual(totalCycles)
    }
  })

  it('runs as without', async () => {
    const recording = { recording: heldOutRecording() } as never
    const plain = await simulate({ file, recording, seconds: 11 })
    expect(plain.run).toEqual(run.report.run)
    expect(plain.functions).toEqual(run.report.functions.map((one) => ({ ...one, calls: null })))
  })

  it.each([80, 120])('fits %i columns', (width) => {
    const style = { color: false, width }
    const named = { name: 'a', report: run.report }
    for (const text of [
      renderReport(run.report, style),
      renderComparison(compareRuns(named, { ...named, name: 'b' }), style),
    ])
      expect(Math.max(...text.split('\n').map((row) => Array.from(row).length))).toBeLessThanOrEqual(width)
  })

  it('covers the lines that ran', () => {
    const executions = new Map<number, number>()
    run.observation.profile!.forEachExecuted((address, _cycles, count) => executions.set(address, count))
    const { lines, functions } = coverageOf({
      title: 'gesture',
      image: run.image,
      frames: new SourceFrames(run.image),
      executionsAt: (address) => executions.get(address),
      fileOf: (path) => path,
    })
    const all = [...lines]
    expect(all.filter((one) => one.executions > 0).length).toBeGreaterThan(300)
    expect(all.some((one) => one.executions === 0)).toBe(true)
    // Overloads and static functions share names.
    const sums = (
      all: readonly { readonly name: string; readonly times: number }[],
    ): ReadonlyMap<string, number> => {
      const found = new Map<string, number>()
      for (const { name, times } of all) found.set(name, (found.get(name) ?? 0) + times)
      return found
    }
    const covered = sums([...functions].map(({ name, executions: times }) => ({ name, times })))
    const reported = sums(run.report.functions.map(({ name, entries: times }) => ({ name, times })))
    for (const [name, times] of reported)
      if (covered.has(name)) expect([name, covered.get(name)]).toEqual([name, times])
  })
})
