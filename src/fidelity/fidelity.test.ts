import { beforeAll, describe, expect, it } from 'vitest'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { UserError } from '../../runs/errors.ts'
import { projectRoot } from '../toolchain/paths.ts'
import { captureSchema, parseCapture } from './captures.ts'
import { compare, failures } from './compare.ts'
import { emulateMicrobench } from './emulate.ts'
import { assess, requireExact, type Fidelity } from './fidelity.ts'
import { buildMicrobench } from './firmware.ts'
import { fidelityMarkdown } from './show/markdown.ts'
import { renderFidelity } from './show/render.ts'
import { documentedMemory, memorySettings } from './memory/kernels.ts'
import { documentedNetworks } from './published/network-runs.ts'
import { cyclesPerBody } from './measurement.ts'
import { ruleGroups, rules } from './rules/index.ts'

const inProject = (...path: readonly string[]): string => join(projectRoot(), ...path)

let elf = ''
let fidelity: Fidelity
beforeAll(async () => {
  elf = (await buildMicrobench()).elfPath
  fidelity = await assess(pipelineTiming)
})

describe('the microbenchmarks', () => {
  it('are at least 80, each with one rule, and each rule with a kernel', () => {
    expect(fidelity.rules.length).toBeGreaterThanOrEqual(80)
    expect(new Set(rules.map(({ kernel }) => kernel)).size).toBe(rules.length)
  })

  it('give the same cycles every time', async () => {
    const [first, second] = [
      await emulateMicrobench(elf, pipelineTiming),
      await emulateMicrobench(elf, pipelineTiming),
    ]
    expect(second).toEqual(first)
  })

  it('see a parameter that changes', async () => {
    const { measurements } = await emulateMicrobench(elf, { ...pipelineTiming, refillDirect: 2 })
    const cycles = measurements.find(({ kernel }) => kernel === 'subs_bne_0')?.cycles
    expect(cycles).toBe(400)
  })

  it('tell which of them a chosen parameter moves, and from where: their rules are of the defaults', async () => {
    const moved = await assess({ ...pipelineTiming, refillDirect: 2 })
    const branch = moved.rules.find(({ rule }) => rule.kernel === 'subs_bne_0')
    const before = fidelity.rules.find(({ rule }) => rule.kernel === 'subs_bne_0')
    expect(branch?.defaultCycles).toBe(before?.predictedCycles)
    expect(moved.rules.find(({ rule }) => rule.kernel === 'ldr_8')?.defaultCycles).toBeNull()
    expect(moved.summary.moved).toBe(moved.rules.filter(({ defaultCycles }) => defaultCycles !== null).length)
    expect(renderFidelity(moved, { color: false, width: 120 })).toMatch(/subs_bne_0 [^\n]*\n +moved from/)
    expect(fidelity.summary.moved).toBeNull()
    expect(fidelity.rules.filter(({ defaultCycles }) => defaultCycles !== null)).toEqual([])
  })

  it('stand in one cycle an instruction where timing is off', async () => {
    const { measurements } = await emulateMicrobench(elf, { ...pipelineTiming, profile: 'oneCycle' })
    const of = (name: string) => measurements.find(({ kernel }) => kernel === name)?.cycles
    // SUBS and BNE; LDR, MLA and so on: instructions counted by hand.
    expect([of('subs_bne_0'), of('ldr_8'), of('multiply_accumulate_loop_0')]).toEqual([200, 128, 500])
  })
})

describe('rules', () => {
  it('that are assumed or exact say where from; those without a source are open', () => {
    const unfounded = rules.filter(({ status, published }) => status !== 'open' && published.length === 0)
    expect(unfounded).toEqual([])
  })

  it('that only their parts support do not claim a measurement', () => {
    const silent = rules.filter(
      ({ published, note, status }) => status === 'open' && published.length === 0 && !note,
    )
    expect(silent.map(({ kernel }) => kernel)).toEqual(['pend_swi_float_handler_no_frame'])
  })

  it('are refused where the kernel is unknown, or a kernel has no rule', () => {
    const [group] = ruleGroups
    const all = fidelity.rules.map(({ rule }) => ({ kernel: rule.kernel, cycles: 1, bodies: 1 }))
    expect(() => compare(ruleGroups, [...all, { kernel: 'surprise', cycles: 1, bodies: 1 }])).toThrow(
      'kernels without a rule in src/fidelity/rules: surprise',
    )
    expect(() => compare(group ? [group] : [], [])).toThrow('firmware/microbench does not have')
  })

  it('under --strict, fail by name', () => {
    const [first] = fidelity.rules.filter(({ rule }) => rule.status === 'exact')
    const broken = { ...fidelity, rules: [{ ...first!, verdict: 'differs' as const }] }
    expect(() => requireExact(broken)).toThrow(first!.rule.kernel)
    expect(failures(broken.rules)).toHaveLength(1)
    expect(() => requireExact({ ...fidelity, rules: [] })).not.toThrow()
  })
})

it('docs/fidelity.md is what boardless fidelity --markdown docs/fidelity.md writes', async () => {
  const expected = fidelityMarkdown(fidelity, await documentedNetworks(), await documentedMemory())
  expect(readFileSync(inProject('docs', 'fidelity.md'), 'utf8')).toBe(expected)
})

it('docs/memory.json is of the timing model as it is: else npm run tools && node dist/bench/memory.js', async () => {
  const { settings, kernels } = await documentedMemory()
  expect(settings).toEqual(memorySettings())
  expect(kernels.length).toBeGreaterThan(5)
  const { measurements } = await emulateMicrobench(elf, pipelineTiming)
  const now = new Map(measurements.map((one) => [one.kernel, cyclesPerBody(one)]))
  for (const { kernel, cycles } of kernels) expect([kernel, now.get(kernel)]).toEqual([kernel, cycles])
  const [setting] = settings
  const { measurements: moved } = await emulateMicrobench(elf, { ...pipelineTiming, ...setting })
  const then = new Map(moved.map((one) => [one.kernel, cyclesPerBody(one)]))
  for (const { kernel, at } of kernels) expect([kernel, then.get(kernel)]).toEqual([kernel, at[0]])
})

describe('captures', () => {
  it('follow captures/schema.json, which is the schema that is checked', () => {
    const written: unknown = JSON.parse(readFileSync(inProject('captures', 'schema.json'), 'utf8'))
    expect(written).toEqual(captureSchema)
    for (const file of readdirSync(inProject('captures'))) {
      if (!file.endsWith('.json') || file === 'schema.json') continue
      const capture = parseCapture(readFileSync(inProject('captures', file), 'utf8'), file)
      expect(capture.measurements.length).toBeGreaterThan(0)
    }
  })

  it('beside the prediction: agreement, difference and kernels that did not run', async () => {
    const kernels = fidelity.rules.map(({ rule }) => rule.kernel)
    const { measurements } = await emulateMicrobench(elf, pipelineTiming)
    const some = measurements
      .filter(({ kernel }) => kernel !== 'ldr_ldr')
      .map((one) => (one.kernel === 'ldr' ? { ...one, cycles: 48 } : one))
    const capture = {
      schemaVersion: 1,
      kind: 'microbench',
      board: 'a',
      part: '52840',
      kernels: '0',
      note: '',
    } as const
    const compared = await assess(pipelineTiming, { ...capture, measurements: some })
    const of = (name: string) => compared.rules.find(({ rule }) => rule.kernel === name)?.measuredCycles
    expect([of('ldr'), of('ldr_ldr'), of('str')]).toEqual([3, null, 1])
    expect(compared.summary.boardAgrees).toBe(kernels.length - 2)
    const foreign = { ...capture, measurements: [{ kernel: 'nothing_like_it', cycles: 1, bodies: 1 }] }
    await expect(assess(pipelineTiming, foreign)).rejects.toThrow(UserError)
  })
})
