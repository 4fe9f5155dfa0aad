import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../time/scheduler.ts'
import { CortexM4 } from '../cpu.ts'
import { RAM_BASE } from '../layout.ts'
import { oneCycleTiming, pipelineTiming, type TimingParameters } from '../timing/timing.ts'

const FLASH_CODE = 0x100
const RAM_CODE = RAM_BASE + 0x4000
const NOP = 0xbf00
const BLX_R6 = 0x47b0
const BX_LR = 0x4770
const BX_R5 = 0x4728
const BKPT = 0xbeab
const SUBS_R4 = 0x3c01
/** BNE to the instruction before the one before it. */
const BNE_LOOP = (halfwords: number): number => 0xd100 | ((-halfwords - 2) & 0xff)

interface Stretch {
  readonly memory: 'flash' | 'RAM'
  readonly from: number
}

/** R6 is code in RAM, R5 code in flash, R4 a count. @returns when execution changed memories, and what each cost */
function execute(
  code: { flash: number[]; ram: number[] },
  timing: TimingParameters,
  cacheOn = true,
  slice = 1e6,
) {
  const scheduler = new Scheduler()
  const bus = { read: () => 0, write: () => undefined }
  const cpu = new CortexM4({ bus, scheduler, timing, profile: true })
  const put = (bytes: Uint8Array, offset: number, halfwords: readonly number[]): void => {
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    halfwords.forEach((one, i) => view.setUint16(offset + 2 * i, one, true))
  }
  put(cpu.flash, 0, [0x1000, 0x2000, FLASH_CODE | 1, 0])
  put(cpu.flash, FLASH_CODE, code.flash)
  put(cpu.ram, RAM_CODE - RAM_BASE, code.ram)
  cpu.onSemihosting = () => cpu.requestStop('done')
  cpu.reset(0)
  cpu.setInstructionCache(cacheOn)
  cpu.state.setRegister(4, 10)
  cpu.state.setRegister(5, (FLASH_CODE + 2 * code.flash.length - 2) | 1)
  cpu.state.setRegister(6, RAM_CODE | 1)
  const stretches: Stretch[] = []
  cpu.onCodeMemory = (memory) => stretches.push({ memory, from: scheduler.now })
  while (cpu.execute(scheduler.now + slice).kind !== 'requested');
  const spent = { flash: 0, RAM: 0 }
  const add = (memory: 'flash' | 'RAM', from: number, halfwords: number): void => {
    for (let i = 0; i < halfwords; i++) spent[memory] += cpu.core.profileAt(codeOffsetOf(from) + 2 * i).cycles
  }
  add('flash', FLASH_CODE, code.flash.length)
  add('RAM', RAM_CODE, code.ram.length)
  return { stretches, spent, end: scheduler.now, counters: cpu.counters() }
}

const codeOffsetOf = (address: number): number =>
  address < RAM_BASE ? address : 0x10_0000 + address - RAM_BASE

/** Cycles in RAM by the changes that were told. */
function toldInRam({ stretches, end }: { stretches: readonly Stretch[]; end: number }): number {
  return stretches.reduce((sum, { memory, from }, i) => {
    const to = stretches[i + 1]?.from ?? end
    return memory === 'RAM' ? sum + to - from : sum
  }, 0)
}

const cases: readonly [string, { flash: number[]; ram: number[] }][] = [
  ['once', { flash: [NOP, BLX_R6, NOP, NOP, BKPT], ram: [...new Array<number>(50).fill(NOP), BX_LR] }],
  ['in a loop', { flash: [BLX_R6, NOP, SUBS_R4, BNE_LOOP(3), BKPT], ram: [NOP, NOP, NOP, BX_LR] }],
  ['a loop in RAM', { flash: [NOP, BLX_R6, NOP, BKPT], ram: [NOP, SUBS_R4, BNE_LOOP(2), BX_LR] }],
  ['and never come back by a call', { flash: [BLX_R6, NOP, NOP, BKPT], ram: [NOP, BX_R5] }],
]

describe.each([
  ['cache on', true],
  ['cache off', false],
] as const)('code in RAM, %s', (_, cacheOn) => {
  it.each(cases)('is told to the cycle: %s', (_, code) => {
    const { stretches, spent, end, counters } = execute(code, pipelineTiming, cacheOn)
    expect(stretches.length % 2).toBe(0)
    expect(stretches.map(({ memory }) => memory)).toEqual(stretches.map((_, i) => (i % 2 ? 'flash' : 'RAM')))
    expect(toldInRam({ stretches, end })).toBe(spent.RAM)
    const { instructions, cpi, lsu, fold, exception, sleep, cycles } = counters ?? expect.fail('no profile')
    expect(instructions + cpi + exception + sleep + lsu - fold).toBe(cycles)
  })

  it.each(cases)('costs the same told of at any slice: %s', (_, code) => {
    const whole = execute(code, pipelineTiming, cacheOn)
    for (const slice of [1, 2, 7]) expect(execute(code, pipelineTiming, cacheOn, slice)).toEqual(whole)
  })
})

it('code in RAM is told when it begins with one cycle an instruction, too', () => {
  const { stretches } = execute(cases[0]?.[1] ?? { flash: [], ram: [] }, oneCycleTiming)
  expect(stretches[0]).toEqual({ memory: 'RAM', from: 2 })
})
