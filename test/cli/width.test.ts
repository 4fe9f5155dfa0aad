import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compare } from '../../src/fidelity/compare.ts'
import type { Fidelity } from '../../src/fidelity/fidelity.ts'
import { renderFidelity } from '../../src/fidelity/show/render.ts'
import type { Rule } from '../../src/fidelity/rule.ts'
import { ruleGroups, rules } from '../../src/fidelity/rules/index.ts'
import { openParameters } from '../../runs/open-parameters/parameters.ts'
import { renderUncertainty } from '../../src/fidelity/show/render-uncertainty.ts'
import { measureUncertainty } from '../../src/fidelity/parameters/uncertainty.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import type { LabReport } from '../../runs/lab-report/lab-report.ts'
import { renderLabText } from '../../src/lab/show/text.ts'
import { judgeClaims } from '../../src/power/claims.ts'
import { renderClaims } from '../../src/power/render-claims.ts'
import { compareRuns } from '../../runs/compare/compare.ts'
import { renderComparison } from '../../runs/compare/show/text.ts'
import { widthOf } from '../../runs/report/show/fit-table.ts'
import { renderReport } from '../../runs/report/show/render.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { sampleFault, sampleReport } from './sample-report.ts'

const LONG = 'tflite::reference_integer_ops::DepthwiseConvPerChannel<signed char, long>'

/** The widest figures and names that a report may have: a day of simulated time, names of C++. */
function wide(factor: number): RunReport {
  const report = sampleReport(factor)
  const many = {
    totalCycles: 5_529_600_000_000,
    medianCycles: 123_456_789_012,
    maximumCycles: 987_654_321_098,
  }
  const slow = { minimumMicroseconds: 1e9, medianMicroseconds: 2e9, maximumMicroseconds: 8.64e10 }
  return {
    ...report,
    run: { ...report.run, cycles: 5_529_600_000_000, instructions: 3_456_789_012_345, seconds: 86_400 },
    phases: report.phases.map((phase) => ({
      ...phase,
      name: `${phase.name} ${LONG}`,
      ...many,
      ...slow,
      passes: 86_400_000,
    })),
    interpreters: report.interpreters.map((one) => ({
      ...one,
      ...many,
      operators: one.operators.map((row) => ({
        ...row,
        ...many,
        type: null,
        kernel: LONG,
        macs: 1_234_567_890,
        outputShape: [1, 96, 96, 256],
      })),
    })),
    functions: report.functions.map((row) => ({
      ...row,
      name: LONG,
      selfCycles: 5_529_600_000_000,
      instructions: 3_456_789_012_345,
      entries: 123_456_789_012,
    })),
    power: {
      ...report.power,
      parts: report.power.parts.map((part) => ({
        ...part,
        part: `${part.part} of another name`,
        averageMicroamps: 1_234_567,
        lowMicroamps: 1_034_567,
        highMicroamps: 11_234_567,
        peakMicroamps: 12_345_678,
        estimate: true,
      })),
      phases: report.power.phases.map((phase) => ({
        ...phase,
        phase: LONG,
        chargeMicrocoulombs: 1e10,
        energyMicrojoules: 1e11,
        passes: 86_400_000,
      })),
    },
    problems: [
      {
        message: `the firmware did ${LONG} where the chip could not, which is said in a sentence that is long`,
        firstCycle: 0,
        count: 12_345,
      },
    ],
    fault: sampleFault,
  }
}

/** Every rule with figures as wide as they come. */
function everyRule(withAll: boolean): Fidelity {
  const publishedOf = ({ published: [first] }: Rule): number => [first?.cycles ?? 12].flat()[0] ?? 12
  const figures = (further: number) =>
    rules.map((rule) => ({
      kernel: rule.kernel,
      cycles: rule.edgeCycles + publishedOf(rule) + further,
      bodies: 1,
    }))
  const results = compare(
    ruleGroups,
    figures(123.56),
    withAll ? figures(110.5) : undefined,
    withAll ? figures(222.25) : undefined,
  )
  return {
    schemaVersion: 1,
    kind: 'fidelity',
    timing: withAll ? { ...pipelineTiming, flashReadWait: 4, refillDirect: 2, storeWait: 0 } : pipelineTiming,
    kernels: 'a',
    against: withAll
      ? { board: 'a Nano 33 BLE Sense of ours', part: 'nRF52840 QIAA C0', kernels: 'b' }
      : null,
    summary: {
      ...{ kernels: 428, exact: 153, exactMet: 153, assumed: 139, assumedMet: 137, open: 136 },
      ...{ contradictions: 79, moved: withAll ? 311 : null, boardAgrees: withAll ? 400 : null },
    },
    rules: results,
  }
}

const lines = (drawn: string): readonly string[] => drawn.split('\n')
const tooWide = (drawn: string, width: number): readonly string[] =>
  lines(drawn).filter((line) => widthOf(line) > width)

const drawings: Readonly<Record<string, (style: { color: boolean; width: number }) => string>> = {
  run: (style) => renderReport(sampleReport(), style),
  'run, wide figures': (style) => renderReport(wide(1), style),
  start: (style) =>
    renderComparison(
      compareRuns(
        { name: 'reference', report: sampleReport() },
        { name: 'cmsis-nn', report: sampleReport(0.2) },
      ),
      style,
    ),
  'start, wide figures': (style) =>
    renderComparison(
      compareRuns({ name: 'reference', report: wide(1) }, { name: 'cmsis-nn', report: wide(0.2) }),
      style,
    ),
  power: (style) => {
    const results = ['gesture-continuous', 'gesture-5hz', 'gesture-motion', 'keyword', 'keyword-gated'].map(
      (name) => ({ name, report: sampleReport() }),
    )
    return renderClaims(results, judgeClaims(results), style)
  },
  fidelity: (style) => renderFidelity(everyRule(false), style),
  'fidelity against a board, with other parameters': (style) => renderFidelity(everyRule(true), style),
  lab: (style) =>
    renderLabText(
      JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/lab/lab.json'), 'utf8')) as LabReport,
      null,
      style,
    ),
}

it.each(Object.keys(drawings).flatMap((name) => [80, 110, 200].map((width) => [name, width] as const)))(
  'no line of `%s` is wider than %d columns',
  (name, width) => {
    expect(tooWide(drawings[name]?.({ color: false, width }) ?? '', width)).toEqual([])
    expect(tooWide(drawings[name]?.({ color: true, width }) ?? '', width)).toEqual([])
  },
)

it('no line of `run --uncertainty` is wider than 80 columns', async () => {
  const uncertainty = await measureUncertainty({
    timing: pipelineTiming,
    parameters: openParameters,
    report: wide(1),
    run: (timing) =>
      Promise.resolve(wide(1 + timing.flashReadWait / 10 + timing.exceptionReturnRefill / 100)),
  })
  expect(tooWide(renderUncertainty(uncertainty, { color: false, width: 80 }), 80)).toEqual([])
})

it('what is on no terminal is not folded', () => {
  const drawn = renderReport(wide(1), { color: false, width: Infinity })
  expect(drawn).toContain(LONG)
  expect(
    lines(drawn).filter((line) => line.includes('which is said in a sentence that is long')),
  ).toHaveLength(1)
  expect(drawn).toContain('fno-rtti\n')
})
