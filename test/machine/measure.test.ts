/** Passages from one place to another, held against the processor's own cycle counter. */
import { beforeAll, describe, expect, it } from 'vitest'
import { parseMeasure } from '../../runs/simulation/phase-specs.ts'
import type { Simulated } from '../../runs/simulation/simulate.ts'
import { simulateWhole } from '../../src/files/simulate.ts'
import type { ObservedPassages } from '../../runs/report/observation.ts'
import { compile } from '../cli/firmware.ts'

const source = `
volatile uint32_t sink, pairs[2];
#define CYCCNT REG(0xE0001004)
__attribute__((noinline)) void work(uint32_t n) { for (uint32_t i = 0; i < n; i++) sink += i / (sink | 1); }
__attribute__((noinline)) uint32_t recursive(uint32_t n) { if (n == 0) return sink; work(1); return recursive(n - 1) + recursive(n - 1); }
__attribute__((noinline)) void critical(uint32_t n) {
  __asm__ volatile("cpsid i");
  for (uint32_t i = 0; i < n; i++) sink ^= i;
  __asm__ volatile("cpsie i"); // end
}
int main(void) {
  REG(0xE000EDFC) |= 1u << 24; CYCCNT = 0; REG(0xE0001000) |= 1;
  for (int i = 0; i < 3; i++) work(10 * i);
  for (int i = 0; i < 2; i++) recursive(3);
  for (int i = 0; i < 4; i++) critical(5);
  print("begin\\n"); work(7); print("end\\n");
  for (int i = 0; i < 2; i++) { uint32_t before = CYCCNT; work(100 * (i + 1)); pairs[i] = CYCCNT - before; }
  __asm__ volatile("nop"); leave((int)pairs[1] & 0xff);
  return 0;
}`

const line = (part: string, text: string): number =>
  1 + text.split('\n').findIndex((one) => one.includes(part))

describe.each(['-O1', '-O2'])('at %s', (level) => {
  let run: Simulated
  const of = (name: string): ObservedPassages => run.observation.measures.find((one) => one.name === name)!
  beforeAll(async () => {
    const file = compile(`measure${level}`, source, `${level} -g -fno-ipa-cp -fno-ipa-sra -fno-unroll-loops`)
    const text = (await import('node:fs')).readFileSync(file.replace('.elf', '.c'), 'utf8')
    const begin = `measure${level}.c:${line('cpsid', text)}`
    const end = `measure${level}.c:${line('cpsie', text)}`
    run = await simulateWhole({
      file,
      measures: [
        'work',
        'recursive',
        `masked=${begin}..${end}`,
        'talk=/begin/../end/',
        'never=work..main',
      ].map(parseMeasure),
    })
  })

  it('counts passages, of calls within calls the outermost', () => {
    const counts = run.observation.measures.map(({ name, cycles }) => [name, cycles.count])
    // work: 3, 7 in each of two recursions, 1, 2.
    expect(counts).toEqual([
      ['work', 20],
      ['recursive', 2],
      ['masked', 4],
      ['talk', 1],
    ])
    expect(run.observation.problems.map(({ message }) => message)).toContain(
      '--measure never began and never ended',
    )
  })

  it('takes what the cycle counter says', () => {
    const { cycles } = of('work')
    // The firmware leaves with the low byte of what its longest call took, with the reads of the counter around it.
    const around = (run.report.run.exitCode! - cycles.maximumCycles) & 0xff
    expect(around).toBeGreaterThanOrEqual(2)
    expect(around).toBeLessThan(30)
    expect(cycles.maximumCycles).toBeGreaterThan(256)
  })

  it('counts instructions as the profile does', () => {
    const work = run.report.functions.find(({ name }) => name === 'work')!
    expect(of('work').instructions.totalCycles).toBe(work.instructions)
    expect(of('work').cycles.totalCycles).toBe(work.selfCycles)
    expect(of('recursive').instructions.minimumCycles).toBe(of('recursive').instructions.maximumCycles)
  })

  it('has charge, and reasons that add up to the cycles', () => {
    for (const { cycles, charge, reasons } of run.observation.measures) {
      expect(Object.values(reasons).reduce((sum, one) => sum + one, 0)).toBe(cycles.totalCycles)
      expect(charge.count).toBe(cycles.count)
      // A processor that is awake draws between 1 and 20 mA.
      const microamps = (charge.totalCycles * 1e-6) / (cycles.totalCycles / 64e6)
      expect(microamps).toBeGreaterThan(1000)
      expect(microamps).toBeLessThan(20_000)
    }
  })
})

describe('what is no passage is said', () => {
  const file = compile('measure-wrong', source, '-O1 -g')
  it.each([
    ['wrk', /--measure wrk: no function wrk in the firmware. Did you mean work\?/],
    ['measure-wrong.c:1..main', /no code at measure-wrong.c:1. The next line that has some is \d+/],
    ['other.c:7..main', /no code at other.c:7. Is it the name of a source file/],
  ])('%s', async (text, message) => {
    await expect(simulateWhole({ file, measures: [parseMeasure(text)] })).rejects.toThrow(message)
  })
})
