/** Where cycles go by line and instruction, of programs whose executions are counted by hand. */
import { dirname } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { annotate } from '../../runs/annotate/annotate.ts'
import type { Annotation } from '../../runs/annotate/annotation.ts'
import { chooseFunction } from '../../runs/annotate/choose-function.ts'
import { instructionCosts } from '../../runs/annotate/instruction-costs.ts'
import { renderAnnotation } from '../../runs/annotate/show/render-annotation.ts'
import { SourceFiles } from '../../src/files/source-text.ts'
import { SourceFrames } from '../../runs/image/source-frames.ts'
import type { Simulated } from '../../runs/simulation/simulate.ts'
import { simulateWhole } from '../../src/files/simulate.ts'
import { compile } from '../cli/firmware.ts'

const source = `
volatile uint32_t sink, entered, steps;
static inline __attribute__((always_inline)) uint32_t step(uint32_t x) { steps++; return x * 3 + sink; }
__attribute__((noinline)) void work(uint32_t n) {
  entered++;
  for (uint32_t i = 0; i < n; i++) {
    sink += step(i);
    if (i & 1) sink ^= step(sink); // odd
  }
}
__attribute__((noinline)) void never(void) { sink = 7; }
__asm__(".global in_assembly\\n.thumb_func_less:\\n.type in_assembly, %notype\\nin_assembly:\\n nop\\n nop\\n bx lr\\n");
void in_assembly(void);
int main(void) {
  for (int i = 0; i < 5; i++) work(10);
  __asm__ volatile("bl in_assembly" ::: "lr", "memory");
  leave(steps == 75 && entered == 5 ? 0 : 1);
  return (int)&never;
}`

function annotated(run: Simulated, name: string, withText = true): Annotation {
  const { image, observation } = run
  const { cycles, sleepCycles, stop } = observation.run
  const frames = new SourceFrames(image)
  return annotate({
    toolVersion: '0',
    image,
    frames,
    chosen: chooseFunction(name, image, frames),
    costs: instructionCosts(observation.profile!),
    run: { cycles, awakeCycles: cycles - sleepCycles, stop },
    file: 'a.elf',
    textOf: new SourceFiles({ roots: [], folders: withText ? [dirname(image.file)] : [] }).textOf,
  })
}

describe.each(['-O0', '-O1', '-O2', '-O3', '-Os'])('at %s', (level) => {
  let run: Simulated
  let work: Annotation
  beforeAll(async () => {
    run = await simulateWhole({ file: compile(`annotate${level}`, source, `${level} -g -fno-ipa-cp`) })
    work = annotated(run, 'work')
  })

  it('ends as the program says', () => {
    expect(run.report.run.exitCode).toBe(0)
  })

  it('adds up to the function’s cycles and instructions in the report', () => {
    const reported = run.report.functions.find(({ name }) => name === 'work')!
    const { function: whole, lines, instructions } = work
    expect(whole).toMatchObject({
      cycles: reported.selfCycles,
      instructions: reported.instructions,
      entries: 5,
      shareOfRun: reported.share,
    })
    const sum = (rows: readonly { readonly cycles: number }[]): number =>
      rows.reduce((total, { cycles }) => total + cycles, 0)
    expect(sum(lines)).toBe(whole.cycles)
    expect(sum(instructions)).toBe(whole.cycles)
    for (const { reasons, cycles } of [whole, ...lines, ...instructions])
      expect(Object.values(reasons!).reduce((total, one) => total + one, 0)).toBe(cycles)
    expect(instructions.reduce((total, { executions }) => total + executions, 0)).toBe(whole.instructions)
  })

  it('counts what the program counted', () => {
    const line = (part: string): Annotation['lines'][number] | undefined =>
      work.lines.find(({ text }) => text?.includes(part))
    expect(line('entered++')?.executions).toBe(5)
    // Two calls of step in each copy of the loop body, 50 and 25 times.
    if (level !== '-O3') expect(line('steps++')?.executions).toBe(75)
    const counts = work.instructions.filter(
      ({ places, text }) => places[0]?.line === line('steps++')?.line && /^str/.test(text),
    )
    if (level !== '-O0') expect(counts.reduce((total, { executions }) => total + executions, 0)).toBe(75)
  })

  it('tells inlined calls by their names', () => {
    expect(work.inlined.map(({ name }) => name)).toEqual(['step'])
    const inner = work.instructions.filter(({ places }) => places.length > 1)
    expect(
      inner.every(({ places }) => places[0]?.function === 'step' && places[1]?.function === 'work'),
    ).toBe(true)
  })

  it('says where branches lead', () => {
    for (const { text, target } of work.instructions) {
      if (!/^(b|bne|beq|bcc|bcs|bhi|bls|blt|cbz|cbnz)(\.w)? /.test(text)) continue
      expect(target).not.toBeNull()
      const there = work.instructions.find(({ address }) => address === target!.address)
      expect(there?.isTarget ?? target!.name !== null).toBe(true)
    }
  })

  it.each([80, 100, 116, 160])('fits %i columns', (width) => {
    const text = renderAnnotation(work, { color: false, width }, { all: true })
    expect(Math.max(...text.split('\n').map((row) => Array.from(row).length))).toBeLessThanOrEqual(width)
    expect(text).toContain('step')
  })

  it('is whole for a function that never ran, and for one in plain assembly', () => {
    const never = annotated(run, 'never')
    expect(never.function).toMatchObject({ cycles: 0, instructions: 0, entries: 0, share: 0 })
    expect(renderAnnotation(never, { color: false, width: 80 }, { all: true })).toContain('it never ran')
    const assembly = annotated(run, 'in_assembly')
    expect(assembly.function).toMatchObject({ name: 'in_assembly', instructions: 3, entries: 1 })
  })

  it('has lines by number where their text is not there', () => {
    const without = annotated(run, 'work', false)
    const texts = without.lines.map(({ text }) => text)
    if (without.files.every(({ hasText }) => !hasText))
      expect(texts.every((text) => text === null)).toBe(true)
    expect(without.lines.map(({ line }) => line)).toEqual(work.lines.map(({ line }) => line))
  })
})

describe('a name', () => {
  let image: Simulated['image']
  let frames: SourceFrames
  beforeAll(async () => {
    ;({ image } = await simulateWhole({ file: compile('annotate-names', source, '-O1 -g') }))
    frames = new SourceFrames(image)
  })

  it.each(['work', 'wor', 'WORK', '/^wor/', '/WORK/i'])('%s is work', (name) => {
    expect(chooseFunction(name, image, frames).name).toBe('work')
  })

  it('may be an address', () => {
    const { start } = chooseFunction('work', image, frames).ranges[0]!
    expect(chooseFunction(`0x${(start + 4).toString(16)}`, image, frames).name).toBe('work')
  })

  it('that is none offers the nearest', () => {
    expect(() => chooseFunction('wrok', image, frames)).toThrow('Did you mean work?')
  })

  it('that is several lists them', () => {
    expect(() => chooseFunction('/./', image, frames)).toThrow(/functions match .*work.*Say which/)
  })
})

describe('a function that is only inlined', () => {
  let run: Simulated
  beforeAll(async () => {
    const twice = `volatile uint32_t sink;
static inline __attribute__((always_inline)) void mix(uint32_t n) { sink = (sink << 3) ^ n; }
__attribute__((noinline)) void one(uint32_t n) { mix(n); }
__attribute__((noinline)) void other(uint32_t n) { for (uint32_t i = 0; i < n; i++) mix(i); }
int main(void) { for (uint32_t i = 0; i < 5; i++) { one(i); other(i); } leave(0); return 0; }`
    run = await simulateWhole({ file: compile('annotate-inlined', twice, '-O2 -g') })
  })

  it('has its copies, of which its cycles are the sum', () => {
    const { function: mix, copies, instructions, inlined } = annotated(run, 'mix')
    expect(mix).toMatchObject({ name: 'mix', entries: null })
    expect(copies.map((copy) => copy.function).sort()).toEqual(['one', 'other'])
    expect(copies.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(mix.cycles)
    expect(instructions.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(mix.cycles)
    // Five times in one, and 0 + 1 + 2 + 3 + 4 times in the other, a load and a store each time at least.
    expect(mix.instructions).toBeGreaterThanOrEqual(15 * 2)
    expect(inlined).toEqual([])
  })

  it('is what its callers say of it', () => {
    const mix = annotated(run, 'mix')
    for (const copy of mix.copies) {
      const [said] = annotated(run, copy.function).inlined
      expect(said).toMatchObject({ name: 'mix', cycles: copy.cycles, instructions: copy.instructions })
    }
  })

  it('is found without its namespace, and where two have it, both are listed', async () => {
    const spaces = `volatile uint32_t sink;
namespace a { static inline __attribute__((always_inline)) void mix(uint32_t n) { sink = (sink << 3) ^ n; }
static inline __attribute__((always_inline)) void only(uint32_t n) { sink = (sink << 5) ^ n; } }
namespace b { static inline __attribute__((always_inline)) void mix(uint32_t n) { sink = sink * n; } }
int main(void) { for (uint32_t i = 0; i < 5; i++) { a::mix(i); b::mix(i); a::only(i); } leave(0); return 0; }`
    const found = await simulateWhole({ file: compile('annotate-spaces', spaces, '-O2 -g', 'cc') })
    const only = annotated(found, 'only')
    expect(only.function.name).toBe('a::only')
    expect(only.inlined).toEqual([])
    const frames = new SourceFrames(found.image)
    expect(() => chooseFunction('mix', found.image, frames)).toThrow(
      '2 functions match mix: a::mix, b::mix. Say which.',
    )
  })

  it('is offered where its name is nearly right', () => {
    const frames = new SourceFrames(run.image)
    expect(() => chooseFunction('mxi', run.image, frames)).toThrow('Did you mean mix?')
  })
})
