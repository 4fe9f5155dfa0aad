import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { QEMU_HANGS } from '../../src/toolchain/testing/testing.ts'
import { compile } from '../cli/firmware.ts'
import { start, type Running } from './start.ts'

const build = (name: string): string =>
  compile(name, readFileSync(join(import.meta.dirname, 'firmware', `${name}.c`), 'utf8'), '-O2 -g')

/** Writes variables of the firmware before it runs. */
async function startWith(
  elf: string,
  variables: Readonly<Record<string, number>>,
  timing = pipelineTiming,
): Promise<Running> {
  const running = await start(elf, { timing })
  const { ram } = running.machine.cpu
  const view = new DataView(ram.buffer, ram.byteOffset, ram.length)
  for (const [name, value] of Object.entries(variables))
    view.setUint32(running.address(name) - 0x2000_0000, value, true)
  return running
}

describe('tasks, interrupts within interrupts, and floating point in all of them', () => {
  const reloads = 200
  let elf = ''
  beforeAll(() => {
    elf = build('exceptions')
  })

  /** A task's code is interrupted at each of these. */
  function interrupted(running: Running): Set<number> {
    const found = new Set<number>()
    const work = running.image.symbols.functionsMatching(/^work/)[0]!
    running.machine.addProbe(running.address('systick_handler'), () => {
      const { machine } = running
      const psp = machine.cpu.exceptions.special.psp
      const pc = new DataView(machine.readMemory(psp + 24, 4).buffer).getUint32(0, true)
      if (pc >= work.start && pc < work.end) found.add(pc)
    })
    return found
  }

  it.each([
    ['lazy', 1],
    ['eager', 0],
  ] as const)('come to the same with SysTick every 601 to 800 cycles, %s stacking', async (_, lazy) => {
    const running = await startWith(elf, { first_reload: 600, reloads, lazy, has_instruction_cache: 1 })
    const places = interrupted(running)
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    const alone = [1, 2].map((task) => running.word('alone', task))
    expect(new Set(alone).size).toBe(2)
    for (let i = 0; i < reloads; i++) {
      expect(running.word('results', 3 * i)).toBeGreaterThan(5)
      expect([1, 2].map((task) => running.word('results', 3 * i + task))).toEqual(alone)
    }
    expect(running.word('wrong')).toBe(0)
    const ticks = running.word('ticks')
    expect(ticks).toBeGreaterThan(reloads * 10)
    for (const count of ['low_entries', 'high_entries', 'switches']) expect(running.word(count)).toBe(ticks)
    // Of the some 70 instructions of the tasks' loop, IT blocks among them.
    expect(places.size).toBeGreaterThan(60)
  })

  it('come to the checksums that QEMU comes to', async () => {
    const running = await startWith(elf, { first_reload: 700, reloads: 1, lazy: 1, has_instruction_cache: 1 })
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    const variables = { first_reload: 20_000, reloads: 20, lazy: 1 }
    const pokes = Object.entries(variables).flatMap(([name, value]) => [
      '-device',
      `loader,addr=${running.address(name)},data=${value},data-len=4`,
    ])
    const { all, exitCode } = await execa(
      'qemu-system-arm',
      ['-M', 'mps2-an386', '-nographic', '-semihosting', '-kernel', elf, ...pokes],
      { stdin: 'ignore', all: true, reject: false, timeout: QEMU_HANGS },
    )
    expect([exitCode, all.trim()]).toEqual([0, running.text.trim()])
  })
})

describe('latency, with memory without wait states and code at one cycle an instruction', () => {
  const zeroWaitStates = { ...pipelineTiming, flashReadWait: 0, flashFetchWait: 0, cacheMissCycles: 0 }
  // The return beside which the pipeline is filled again takes its one cycle.
  const bx = 1
  const reload = 150
  let elf = ''
  beforeAll(() => {
    elf = build('latency')
  })

  interface Tick {
    readonly entry: number
    readonly tailChain: number
    readonly back: number
  }

  /** Cycles from SysTick's zero to the handler's first instruction, from its BX to PendSV's, and from there back. */
  async function measure(variables: Readonly<Record<string, number>>): Promise<Tick[]> {
    const running = await startWith(elf, { first_reload: reload, reloads: 200, ...variables }, zeroWaitStates)
    const { machine } = running
    const [first, last] = [running.address('first_nop'), running.address('last_nop')]
    const ticks: Tick[] = []
    let tick = { entry: 0, tailChain: 0, back: 0, left: 0 }
    let stacked = 0
    machine.addProbe(running.address('systick_handler'), () => {
      const read = (address: number): number => machine.cpu.privateBus.read(address, 4)
      // ARMv7-M ARM B3.3: from zero the counter goes to the reload value with the next clock.
      tick = { entry: read(0xe000_e014) + 1 - read(0xe000_e018), tailChain: 0, back: 0, left: 0 }
      const frame = machine.readRegister(13)
      stacked = new DataView(machine.readMemory(frame + 24, 4).buffer).getUint32(0, true)
    })
    machine.addProbe(running.address('systick_return'), () => (tick.left = machine.now))
    machine.addProbe(running.address('pendsv_handler'), () => (tick.tailChain = machine.now - tick.left))
    machine.addProbe(running.address('pendsv_return'), () => (tick.left = machine.now))
    for (let address = first; address <= last; address += 2)
      machine.addProbe(address, () => {
        if (stacked !== address || tick.left === 0) return
        if (address > first)
          ticks.push({ entry: tick.entry, tailChain: tick.tailChain, back: machine.now - tick.left })
        tick.left = 0
      })
    expect(running.run()).toEqual({ kind: 'exit', code: 0 })
    expect(ticks.length).toBeGreaterThan(1000)
    return ticks
  }

  // Cortex-M4 TRM 3.9.1 and Arm's "Beginner guide on interrupt latency": 12 cycles in and 10 back, 6 from handler to
  // handler; 17 more words when floating-point registers are stacked at once. BX itself takes its one cycle besides.
  // The vectors are in RAM here, read over the bus that also stacks: six more (Arm knowledge base 103489845).
  it.each([
    ['without floating point', {}, { entry: 12 + 6, tailChain: bx + 6, back: bx + 10 }],
    ['with lazy stacking', { floating_point: 1 }, { entry: 12 + 6, tailChain: bx + 6, back: bx + 10 }],
    [
      'with eager stacking',
      { floating_point: 1, eager: 1 },
      { entry: 29 + 6, tailChain: bx + 6, back: bx + 27 },
    ],
  ])('is the manual’s %s, at every one of 200 reload values', async (_, variables, expected) => {
    const ticks = await measure(variables)
    expect(ticks.filter((tick) => JSON.stringify(tick) !== JSON.stringify(expected))).toEqual([])
  })
})
