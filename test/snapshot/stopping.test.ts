/** Where a run stops changes nothing: neither stopping there and going on, nor going on from a snapshot of there. */
import { describe, expect, it } from 'vitest'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { Run } from '../../runs/simulation/run.ts'
import { observeOptionsOf } from '../../runs/simulation/simulate.ts'
import { loadImage } from '../../src/files/image.ts'
import { compile } from '../cli/firmware.ts'
import { difference } from './moments.ts'

const FUNCTIONS = 16
/** Where most of the code has not executed yet, and where it has. */
const BEGINS = [100, 3000]
const STOPS = 200

/**
 * Functions at all alignments that return by POP and by BX, behind loops, to callers at all alignments: landings that cost
 * something and landings that do not, of instructions that can be stopped in the middle of.
 */
const source = (cache: boolean): string => `
void all(void);
__asm__(".text\\n .syntax unified\\n"
${Array.from(
  { length: FUNCTIONS },
  (_, n) => `
" .balign 16\\n .skip ${2 * (n % 8)}\\n .thumb_func\\nf${n}:\\n ${n % 2 ? 'push {r4, r5, lr}' : 'nop'}\\n movs r0, #2\\n"
"1: subs r0, r0, #1\\n bne 1b\\n ${n % 4 === 1 ? 'adds r3, r3, #1' : 'movw r3, #1000'}\\n ${n % 2 ? 'pop {r4, r5, pc}' : 'bx lr'}\\n"`,
).join('')}
" .balign 16\\n .type all, %function\\n .thumb_func\\nall:\\n push {r4, r5, r6, lr}\\n"
${Array.from({ length: FUNCTIONS }, (_, n) => `" bl f${n}\\n ${n % 3 ? 'nop' : 'movw r1, #1000'}\\n"`).join('\n')}
" pop {r4, r5, r6, pc}\\n");
int main(void) {
  REG(0x4001E540) = ${cache ? 1 : 0};
  for (int i = 0; i < 100; i++) all();
  leave(0);
  return 0;
}`

describe.each([true, false])('with the cache %s', (cache) => {
  const file = compile(`stopping-${cache}`, source(cache), '-O1 -g')
  it.each([true, false])('each cycle is as in one go; profile %s', async (profile) => {
    const options = observeOptionsOf({
      image: await loadImage(file),
      profile,
      timing: pipelineTiming,
      functions: false,
    })
    for (const begin of BEGINS) {
      const [run, inOneGo] = [new Run(options), new Run(options)]
      run.advance(begin)
      const from = run.save()
      for (let stop = 0; stop < STOPS; stop++) {
        run.advance(run.machine.now + 1)
        inOneGo.restore(from)
        inOneGo.advance(run.machine.now)
        expect(difference(run.save(), inOneGo.save()), `at ${run.machine.now}`).toBeUndefined()
      }
    }
  })
})
