/** Calls and returns of real programs, held against what the programs count themselves and against the profile. */
import { beforeAll, describe, expect, it } from 'vitest'
import { branchSource } from '../../emulator/branch-source.ts'
import { CallTracer } from '../../emulator/probes/call-tracer.ts'
import type { CallNode, FunctionCalls } from '../../emulator/probes/call-tree.ts'
import { functionCosts } from '../../emulator/probes/functions.ts'
import { fallenInto } from '../../runs/image/fallen-into.ts'
import { compile } from '../cli/firmware.ts'
import { Running, start } from './start.ts'

interface Traced {
  readonly run: Running
  readonly tracer: CallTracer
  readonly names: readonly string[]
  calls(name: string): FunctionCalls
  paths(): ReadonlyMap<string, CallNode>
}

async function traced(file: string): Promise<Traced> {
  const { image } = await start(file)
  const { functions } = image.symbols
  const run = await start(file, { profile: true, functions })
  const tracer = new CallTracer(
    branchSource(run.machine, functions),
    functions,
    run.machine.cpu.state.pc,
    fallenInto(image),
  )
  run.machine.onReset = () => tracer.reset(run.machine.cpu.state.pc, run.machine.now)
  run.run()
  tracer.advance(run.machine.now)
  const names = ['?', ...functions.map(({ name }) => name)]
  return {
    run,
    tracer,
    names,
    calls: (name) => tracer.tree.functions().find((one) => names[one.function] === name)!,
    paths: () => {
      const nodes = tracer.tree.nodes()
      const path = ({ function: index, parent }: CallNode): string =>
        `${parent < 0 ? '' : `${path(nodes[parent]!)}/`}${names[index]}`
      return new Map(nodes.map((one) => [path(one), one]))
    },
  }
}

/** Sums by function are the profile's; the tree's sums are theirs. */
function expectExact({ run, tracer, names }: Traced): void {
  const profile = functionCosts(run.machine.profile!, run.image.symbols.functions)
  const self = new Map(tracer.tree.functions().map((one) => [names[one.function], one.selfCycles]))
  const expected = new Map(profile.map(({ name, selfCycles }) => [name, selfCycles]))
  expect([...self].filter(([, cycles]) => cycles > 0).sort()).toEqual(
    [...expected].filter(([, cycles]) => cycles > 0).sort(),
  )
  const nodes = tracer.tree.nodes()
  const total = [...self.values()].reduce((sum, one) => sum + one, 0)
  expect(nodes.reduce((sum, { selfCycles }) => sum + selfCycles, 0)).toBe(total)
  expect(nodes.filter(({ parent }) => parent < 0).reduce((sum, one) => sum + one.totalCycles, 0)).toBe(total)
  // Of a function, the paths on which it is not within itself.
  for (const { function: index, totalCycles } of tracer.tree.functions()) {
    const isWithin = ({ parent }: CallNode): boolean =>
      parent >= 0 && (nodes[parent]!.function === index || isWithin(nodes[parent]!))
    const outermost = nodes.filter((one) => one.function === index && !isWithin(one))
    expect(outermost.reduce((sum, one) => sum + one.totalCycles, 0)).toBe(totalCycles)
  }
}

const source = `
volatile uint32_t sink, leaves, recursions, evens, odds, thrown, ticks, spent[2];
#define CYCCNT REG(0xE0001004)
__attribute__((noinline)) uint32_t leaf(uint32_t n) { leaves++; for (uint32_t i = 0; i < n; i++) sink += i / (sink | 1); return sink; }
__attribute__((noinline)) uint32_t recursive(uint32_t n) { recursions++; return n == 0 ? leaf(3) : recursive(n - 1) + leaf(n) + recursive(n / 2); }
uint32_t odd(uint32_t n);
__attribute__((noinline)) uint32_t even(uint32_t n) { evens++; return n == 0 ? 1 : odd(n - 1); }
__attribute__((noinline)) uint32_t odd(uint32_t n) { odds++; return n == 0 ? 0 : even(n - 1); }
__attribute__((noinline)) uint32_t caller(uint32_t n) { return leaf(n + 1); }
void *jump[5];
__attribute__((noinline)) void thrower(uint32_t n) { thrown++; volatile uint32_t room[8]; room[n & 7] = n; if (n == 0) __builtin_longjmp(jump, 1); thrower(n - 1); room[1]++; }
__attribute__((noinline)) uint32_t catcher(void) { if (__builtin_setjmp(jump) == 0) { thrower(4); return 1; } return leaf(2); }
uint32_t (*volatile pointer)(uint32_t) = leaf;
__attribute__((noinline)) uint32_t choose(uint32_t n) { switch (n) { case 0: return leaf(1); case 1: sink++; return 2; case 2: sink--; return caller(3);
  case 3: return 7 + leaf(2); case 4: sink ^= 5; return 1; case 5: return leaf(9); default: return n; } }
// Not leaf: a handler in the middle of leaves++ would make the program lose count.
__attribute__((noinline)) uint32_t in_handler(uint32_t n) { uint32_t sum = 1; for (uint32_t i = 0; i < n; i++) sum += 100 / (ticks | i); return sum; }
void handler(void) { ticks++; in_handler(9); }
int main(void) {
  REG(0xE000ED88) |= 0xf << 20; pointer = leaf; __asm__ volatile("dsb\\n isb");
  REG(0xE000EDFC) |= 1u << 24; CYCCNT = 0; REG(0xE0001000) |= 1;
  recursive(5);
  even(10); odd(7);
  for (uint32_t i = 0; i < 3; i++) catcher();
  for (uint32_t i = 0; i < 20; i++) choose(i % 8);
  for (uint32_t i = 0; i < 4; i++) pointer(i);
  for (int i = 0; i < 2; i++) { uint32_t before = CYCCNT; caller(i == 0 ? 40 : 90); spent[i] = CYCCNT - before; }
  REG(0xE000ED08) = (uint32_t)table_in_flash;
  REG(0xE000E014) = 997; REG(0xE000E018) = 0; REG(0xE000E010) = 7;
  for (uint32_t i = 0; i < 60; i++) recursive(3);
  REG(0xE000E010) = 0;
  __asm__ volatile("wfi_free: nop");
  leave(0);
  return 0;
}`

const vectors = `
void handler(void);
void spin_for_ever(void);
__attribute__((aligned(512))) void *const table_in_flash[64] = { (void *)0x20040000, 0, (void *)spin_for_ever, (void *)spin_for_ever,
  0, 0, 0, 0, 0, 0, 0, (void *)spin_for_ever, 0, 0, (void *)spin_for_ever, (void *)handler };
`

describe.each(['-O0', '-O1', '-O2', '-O3', '-Os'])('at %s', (level) => {
  let found: Traced
  beforeAll(async () => {
    const flags = `${level} -g -fno-ipa-sra -fno-ipa-cp -fno-partial-inlining -fno-ipa-icf -fno-optimize-sibling-calls`
    found = await traced(
      compile(
        `calls${level}`,
        vectors + source,
        level === '-O0' || level === '-O1' ? flags : flags.replace(' -fno-optimize-sibling-calls', ''),
      ),
    )
  })

  it('ran to its end', () => {
    expect(found.run.machine.cpu.exceptions.isLockedUp).toBe(false)
    expect(found.run.word('ticks')).toBeGreaterThan(3)
  })

  it('has the cycles of each function that the profile has', () => {
    expectExact(found)
    expect(found.tracer.tree.fellThrough).toBe(0)
  })

  it('goes on from where it was saved', () => {
    const { image } = found.run
    const { functions } = image.symbols
    const started = (): { run: Running; tracer: CallTracer } => {
      const run = new Running(image, { profile: true, functions })
      const { pc } = run.machine.cpu.state
      return {
        run,
        tracer: new CallTracer(branchSource(run.machine, functions), functions, pc, fallenInto(image)),
      }
    }
    const end = found.run.machine.now
    for (let at = 1; at < 12; at++) {
      const before = started()
      before.run.run(Math.floor((end * at) / 12))
      const after = started()
      after.run.machine.restore(before.run.machine.save())
      after.tracer.tree.restore(before.tracer.tree.save())
      after.run.run()
      after.tracer.advance(after.run.machine.now)
      expect(after.tracer.tree.functions()).toEqual(found.tracer.tree.functions())
      expect(after.tracer.tree.nodes()).toEqual(found.tracer.tree.nodes())
    }
  })

  it.each([
    ['leaf', 'leaves'],
    ['thrower', 'thrown'],
    ['handler', 'ticks'],
    ['in_handler', 'ticks'],
  ])('counts as many calls of %s as the program', (name, counter) => {
    expect(found.calls(name).calls).toBe(found.run.word(counter))
  })

  it('takes as long as the cycle counter says', () => {
    // Two calls from one place: what is around them cancels out.
    const difference = found.run.word('spent', 1) - found.run.word('spent', 0)
    const path = [...found.paths()].find(([name]) => /main\/caller$/.test(name))![1]
    expect(path.calls).toBe(2)
    const { returned } = found.calls('caller')
    expect(returned.maximumCycles).toBeGreaterThan(difference)
    expect(found.run.word('spent', 1) - returned.maximumCycles).toBeLessThan(30)
    expect(found.run.word('spent', 1)).toBeGreaterThanOrEqual(returned.maximumCycles)
  })

  it('gives handlers a stack of their own', () => {
    const roots = [...found.paths()].filter(([path]) => !path.includes('/'))
    expect(roots.map(([path, { exception }]) => [path, exception]).sort()).toEqual([
      ['handler', 15],
      ['reset', 0],
    ])
  })

  it('knows what a jump over frames has ended', () => {
    const paths = [...found.paths().keys()].filter((path) => path.includes('catcher'))
    expect(paths.some((path) => /catcher\/leaf$/.test(path))).toBe(true)
    expect(paths.some((path) => /thrower.*\/leaf$/.test(path))).toBe(false)
  })
})

describe('functions that end in the next', () => {
  const assembly = `
__asm__(".syntax unified\\n.global first\\n.type first,%function\\nfirst: adds r0, #1\\n nop\\n"
 ".global second\\n.type second,%function\\nsecond: adds r0, #2\\n b third\\n"
 ".global third\\n.type third,%function\\nthird: adds r0, #4\\n bx lr\\n");
uint32_t first(uint32_t), second(uint32_t); volatile uint32_t sink;
int main(void) { for (int i = 0; i < 3; i++) sink += first(sink) + second(i); leave(0); return 0; }`
  it('have their own cycles', async () => {
    const found = await traced(compile('falls', assembly, '-O1 -g'))
    expectExact(found)
    expect(found.tracer.tree.fellThrough).toBe(0)
    expect(['first', 'second', 'third'].map((name) => found.calls(name).calls)).toEqual([3, 6, 6])
    expect([...found.paths().keys()]).toContain('reset/main/first/second/third')
  })
})
