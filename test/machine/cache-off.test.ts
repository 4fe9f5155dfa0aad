import { expect, it } from 'vitest'
import { renderReport } from '../../runs/report/show/render.ts'
import { simulate } from '../../src/files/simulate.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { compile } from '../cli/firmware.ts'

const rounds = 20_000
const firmware = (name: string, before: string): string =>
  compile(
    name,
    `volatile int sum;
     int main(void) { ${before} for (int i = 0; i < ${rounds}; i++) sum += i * i; leave(0); return 0; }`,
    '-O1 -g',
  )
const each = ({ run }: RunReport): number => (run.cycles - run.sleepCycles) / run.instructions

it('what it costs that the cache is off is what the same code takes with it on', async () => {
  const off = await simulate({ file: firmware('cache-off', '') })
  const on = await simulate({ file: firmware('cache-on', 'REG(0x4001E540) = 1;') })
  const { cacheOff } = off.board
  expect(on.board.cacheOff).toBeNull()
  expect(cacheOff!.cyclesPerInstruction).toBe(each(off))
  expect(cacheOff!.cyclesPerInstructionIfOn).toBeCloseTo(each(on), 2)
  expect(each(off) / each(on)).toBeGreaterThan(1.2)
  const text = renderReport(off, { color: false, width: 400 })
  expect(text).toMatch(
    /the instruction cache stays off: \d\.\d\d cycles an instruction; the same run with it on takes \d\.\d\d/,
  )
  expect(renderReport(on, { color: false, width: 400 })).not.toContain('cache stays')
})

it('a long run is compared by its beginning; without a profile it is not run again', async () => {
  const busy = compile(
    'cache-off-busy',
    'int main(void) { for (;;) __asm__ volatile("nop"); return 0; }',
    '-O1 -g',
  )
  const report = await simulate({ file: busy, seconds: 5 })
  expect(report.board.cacheOff).toMatchObject({ comparedCycles: 256_000_000 })
  expect((await simulate({ file: busy, seconds: 0.1, profile: false })).board.cacheOff).toBeNull()
})
