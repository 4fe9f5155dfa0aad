/**
 * A passage begins before its first instruction is fetched and ends before what follows it is: functions at all
 * alignments, with cold and warm lines, held against the cycle counter that the firmware reads around them.
 */
import { describe, expect, it } from 'vitest'
import { parseMeasure, parsePhase } from '../../runs/simulation/phase-specs.ts'
import { Run } from '../../runs/simulation/run.ts'
import { observeOptionsOf } from '../../runs/simulation/simulate.ts'
import { loadImage } from '../../src/files/image.ts'
import { compile } from '../cli/firmware.ts'

const PLACES = [0, 2, 4, 6, 8, 10, 12, 14]

/**
 * First instructions: of 32 bits, of 16, and one that waits for the one above it where it is entered from there: that has
 * been seen once before it is called.
 */
const FIRST = {
  wide: { above: '', first: 'movw r0, #1000' },
  narrow: { above: '', first: 'movs r0, #100' },
  load: { above: 'adds r3, #0', first: 'ldr r0, [r3]' },
} as const
type First = keyof typeof FIRST

const nameOf = (place: number, first: First): string => `${first}${place}`
const subjects = PLACES.flatMap((place) =>
  Object.keys(FIRST).map((first) => ({ place, first: first as First })),
)
const names = subjects.map(({ place, first }) => nameOf(place, first))

/** One that begins so many bytes behind a line's. */
const subject = (place: number, first: First): string => `
  .balign 16
  .skip ${place}
  .thumb_func
above_${nameOf(place, first)}:
  ${FIRST[first].above}
  .type ${nameOf(place, first)}, %function
  .thumb_func
${nameOf(place, first)}:
  ${FIRST[first].first}
  movs r1, #3
1: subs r1, r1, #1
  bne 1b
  movw r2, #1234
  bx lr
  .size ${nameOf(place, first)}, . - ${nameOf(place, first)}`

/** What calls them is in lines of its own, and has been called before: so its part is the same each time. */
const source = (cache: boolean, padding: number): string => `
volatile uint32_t spent[2 * ${names.length}];
#define CYCCNT 0xE0001004
uint32_t around(void (*f)(void));
__asm__(".text\\n .syntax unified\\n"
${subjects
  .map(({ place, first }) => subject(place, first))
  .flatMap((text) => text.split('\n'))
  .map((line) => `"${line}\\n"`)
  .join('\n')}
" .balign 16\\n .type around, %function\\n .thumb_func\\naround:\\n push {r4, r5, r6, lr}\\n ldr r4, =0xE0001004\\n mov r3, sp\\n"
" ${'nop\\n'.repeat(padding)}"
" ldr r5, [r4]\\n blx r0\\n ldr.w r6, [r4]\\n subs r0, r6, r5\\n pop {r4, r5, r6, pc}\\n .ltorg\\n .size around, . - around\\n"
" .balign 16\\n .thumb_func\\nnothing:\\n bx lr\\n");
void nothing(void);
${names.map((name) => `void above_${name}(void);`).join('\n')}
${names.map((name) => `void ${name}(void);`).join('\n')}
int main(void) {
  static void (*const all[])(void) = { ${names.join(', ')} };
  static void (*const above[])(void) = { ${names.map((name) => (name.startsWith('load') ? `above_${name}` : 'nothing')).join(', ')} };
  REG(0x4001E540) = ${cache ? 1 : 0};
  REG(0xE000EDFC) |= 1u << 24; REG(CYCCNT) = 0; REG(0xE0001000) |= 1;
  around(nothing);
  for (uint32_t i = 0; i < ${names.length}; i++) { around(above[i]); spent[2 * i] = around(all[i]); spent[2 * i + 1] = around(all[i]); }
  leave(0);
  return 0;
}`

describe.each([
  { cache: true, padding: 0 },
  { cache: true, padding: 1 },
  { cache: false, padding: 0 },
  { cache: false, padding: 1 },
])('with the cache $cache, the caller $padding half-words further', ({ cache, padding }) => {
  const file = compile(`passages-${cache}-${padding}`, source(cache, padding), '-O1 -g')
  it.each([true, false])('cycles are those of the cycle counter; profile %s', async (profile) => {
    const image = await loadImage(file)
    const run = new Run(
      observeOptionsOf({
        image,
        profile,
        measures: names.map(parseMeasure),
        phases: names.map((name) => parsePhase(`p-${name}=${name}`)),
        functions: true,
      }),
    )
    const observation = await run.toEnd()
    const { address } = image.elf!.symbols.find(({ name }) => name === 'spent')!
    const spent = new Uint32Array(run.machine.readMemory(address, 8 * names.length).buffer)
    const [first = ''] = names
    const passagesOf = (name: string) => observation.measures.find((one) => one.name === name)!
    // What the caller adds between its two looks at the counter.
    const around = spent[1]! - passagesOf(first).cycles.minimumCycles
    names.forEach((name, i) => {
      const counted = [...spent.subarray(2 * i, 2 * i + 2)].sort((a, b) => a - b)
      const { cycles, reasons } = passagesOf(name)
      const measured = [cycles.minimumCycles, cycles.maximumCycles]
      if (name.startsWith('load')) {
        expect(cycles.count).toBe(3)
        expect(measured).toContain(counted[0]! - around)
        expect(counted[1]).toBe(counted[0])
      } else expect(measured).toEqual(counted.map((one) => one - around))
      expect(counted[0]! === counted[1]!).toBe(!cache || name.startsWith('load'))
      const phase = observation.phases.find((one) => one.name === `p-${name}`)!
      expect([phase.minimumCycles, phase.maximumCycles]).toEqual(measured)
      const index = observation.calls!.ranges.findIndex((range) => range.name === name) + 1
      const { returned } = observation.calls!.functions.find((one) => one.function === index)!
      expect([returned.minimumCycles, returned.maximumCycles]).toEqual(measured)
      if (profile) expect(Object.values(reasons).reduce((sum, one) => sum + one, 0)).toBe(cycles.totalCycles)
      if (profile) expect(Math.min(...Object.values(reasons))).toBeGreaterThanOrEqual(0)
    })
  })
})
