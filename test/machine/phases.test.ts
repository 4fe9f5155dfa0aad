/** docs/phases.md, done as it says. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { phase } from '../../src/cli/parse.ts'
import { SourceFrames } from '../../runs/image/source-frames.ts'
import { SymbolTable } from '../../runs/image/symbols.ts'
import { parsePhase, resolvePhases } from '../../runs/simulation/phase-specs.ts'
import { simulate } from '../../src/files/simulate.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { compile } from '../cli/firmware.ts'

const [snippet = '', use = ''] = [
  ...readFileSync(new URL('../../docs/phases.md', import.meta.url), 'utf8').matchAll(/```c\n(.*?)```/gs),
].map(([, code]) => code)

const work = `
__attribute__((noinline)) void nops(int n) { while (n-- > 0) __asm__ volatile("nop"); }
__attribute__((noinline)) void read_window(void) { nops(100); }
__attribute__((noinline)) void classify(void) { nops(10); }
`
/** The example's endless loop, ended after its third round. */
const thrice = use.replace(/for \(;;\) \{/, 'for (int i = 0; i < 3; i++) {')
const run = (name: string, source: string, ...phases: readonly string[]): Promise<RunReport> =>
  simulate({ file: compile(name, source, '-O1 -g', 'cc'), phases: phases.map(parsePhase) })
const told = ({ problems }: RunReport): string[] =>
  problems.map(({ message, count }) => `${count} ${message}`)

describe('markers as the page has them', () => {
  it.each(['c', 'cc'] as const)('pasted into %s', async (language) => {
    const file = compile(
      `phases-${language}`,
      `${snippet}${work}int main(void) { ${thrice} leave(0); return 0; }`,
      '-O1 -g -Wall -Werror',
      language,
    )
    const report = await simulate({ file })
    const [sensor, inference] = report.phases
    expect(report.phases.map(({ name, passes, count }) => [name, passes, count])).toEqual([
      ['sensor', 3, 3],
      ['inference', 3, 3],
    ])
    expect(sensor!.minimumCycles).toBeGreaterThan(100)
    expect(inference!.maximumCycles).toBeLessThan(sensor!.minimumCycles)
    expect(told(report)).toEqual([])
  })

  it('without what switches them on: said, for each port', async () => {
    const source = `${snippet}${work}int main(void) { ${thrice.replace('phases_on();', '')} leave(0); return 0; }`
    const report = await run('phases-off', source)
    expect(report.phases).toEqual([])
    expect(told(report).map((line) => line.replace(/;.*/, ''))).toEqual([
      '6 a write to ITM port 1 is lost: trace is off, DEMCR.TRCENA is 0',
      '6 a write to ITM port 2 is lost: trace is off, DEMCR.TRCENA is 0',
    ])
  })

  it('an end without a begin, and an end by 0', async () => {
    const body = `phases_on(); phase_end("inference"); phase_begin("a"); phase_end(0); phase_begin("b"); leave(0);`
    const report = await run('phases-unmatched', `${snippet}int main(void) { ${body} return 0; }`)
    expect(report.phases.map(({ name }) => name)).toEqual(['a'])
    expect(told(report)).toEqual([
      '1 a phase ends that has not begun: ITM port 2 was given inference, which port 1 was not',
      '1 phase b began and never ended, so it is not among the phases',
    ])
  })
})

describe('--phase', () => {
  const source = `${work}
    __attribute__((noinline)) int nested(int n) { nops(5); return n > 0 ? nested(n - 1) + 1 : 0; }
    volatile int ticks;
    extern "C" void SysTick_Handler(void) { nops(20); ticks = ticks + 1; }
    int main(void) {
      print("begin 1\\n"); read_window(); print("end 1\\n"); classify();
      print("begin 2\\n"); read_window(); print("end 2\\n"); classify(); nested(4);
      REG(0xE000ED08) = 0x20001000;
      for (int i = 0; i < 16; i++) REG(0x20001000 + 4 * i) = REG(4 * i);
      REG(0x20001000 + 4 * 15) = (uint32_t)SysTick_Handler;
      REG(0xE000E014) = 1000; REG(0xE000E018) = 0; REG(0xE000E010) = 7;
      while (ticks < 4) ;
      leave(0); return 0; }`

  it('by function, by return, by lines; nothing of it costs a cycle', async () => {
    const without = await run('phase-option', source)
    const report = await run(
      'phase-option',
      source,
      'window=read_window',
      'talk=/^begin/../^end/',
      'boot=reset..main',
      'between=read_window@return..classify',
      'whole=nested',
      'isr=SysTick_Handler',
      'wrong=/never/..main',
    )
    expect(report.run).toEqual(without.run)
    const phases = new Map(report.phases.map((phase) => [phase.name, phase]))
    expect([...phases.values()].map(({ name, passes }) => [name, passes]).sort()).toEqual([
      ['between', 2],
      ['boot', 1],
      ['isr', 4],
      ['talk', 2],
      ['whole', 1],
      ['window', 2],
    ])
    const of = (name: string): number => phases.get(name)!.totalCycles
    const cost = (name: string): number =>
      report.functions.filter((one) => one.name === name).reduce((sum, { selfCycles }) => sum + selfCycles, 0)
    expect(of('talk')).toBeGreaterThan(of('window'))
    // All that nops takes is in these: 2 windows, 2 classifications, 5 levels, 4 interrupts.
    expect(of('window') + of('whole') + of('isr')).toBeGreaterThan(cost('nested') + cost('read_window'))
    expect(of('window') + of('whole')).toBeLessThan(
      cost('nops') + cost('nested') + cost('read_window') + cost('main'),
    )
    expect(phases.get('isr')!.minimumCycles).toBeGreaterThan(60)
    expect(phases.get('isr')!.maximumCycles).toBeLessThan(20 * 16 + 80)
    expect(told(report)).toEqual(['1 --phase wrong never began: the firmware did not come by there'])
  })

  it.each([
    ['window=nowhere', /--phase window: no function nowhere in the firmware/],
    ['window=reset..nops@returns', /no function nops@returns/],
  ])('%s: said', async (phase, message) => {
    await expect(run('phase-option', source, phase)).rejects.toThrow(message)
  })

  it('of one name are refused: neither would be right', () => {
    const given = phase('a=reset', phase('a=main'))
    expect(() =>
      resolvePhases(given, { symbols: new SymbolTable([]), frames: () => new SourceFrames({ file: '' }) }),
    ).toThrow(/--phase a is given twice/)
  })

  it.each([
    '',
    'window',
    '=main',
    'window=',
    'window=a..b..c',
    'window=/a/',
    'window=a@return',
    'window=a..',
  ])('"%s" is no phase', (text) => {
    expect(() => parsePhase(text)).toThrow(/Give NAME=FUNCTION/)
  })

  it.each([
    ['a=f', 'f', 'f@return'],
    ['a=f..g+0x10', 'f', 'g+0x10'],
    ['a=f(int, ...)..g(int, ...)', 'f(int, ...)', 'g(int, ...)'],
    ['a=A::operator==..b', 'A::operator==', 'b'],
    ['a=/x..y/../z\\/w/i', '/x..y/', '/z\\/w/i'],
  ])('%s', (text, from, to) => {
    const spec = parsePhase(text)
    const shown = [spec.from, spec.to].map((point) =>
      point.kind === 'line' ? String(point.pattern) : point.text,
    )
    expect(shown).toEqual([from, to])
  })
})
