import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { RP2040 } from 'rp2040js'
import { BusError } from '../emulator/cpu/bus.ts'
import { CortexM4 } from '../emulator/cpu/cpu.ts'
import { ExitReason } from '../emulator/cpu/exit-reasons.ts'
import { Scheduler } from '../emulator/time/scheduler.ts'
import { findCompiler } from '../src/toolchain/compile/compiler.ts'
import { projectRoot } from '../src/toolchain/paths.ts'
import { Unicorn } from '../test/differential/unicorn.ts'
import { timed, type Engine } from './measure.ts'

/** Where the layer's arguments lie in RAM, on every engine. */
const RAM_BASE = 0x2000_0000
const WEIGHTS = 0x1000
const INPUT = 0x4000
const OUTPUT = 0x5000
const OUTPUT_BYTES = 64
const STACK = 0x2_0000
const BKPT = [0x00, 0xbe]
const RP2040_FLASH = 0x1000_0000
/** Layers of one piece of work. */
export const TIMES = 100
/** Instructions and cycles; more than that takes. */
const MANY = 2 ** 29

/** The machine code of dense.c for Armv6-M; it runs at any address. */
async function denseCode(): Promise<Uint8Array> {
  const compiler = await findCompiler()
  const folder = await mkdtemp(join(tmpdir(), 'boardless-bench-'))
  try {
    const object = join(folder, 'dense.o')
    const binary = join(folder, 'dense.bin')
    const source = join(projectRoot(), 'bench', 'kernel', 'dense.c')
    await execa(compiler.gcc, [
      '-mcpu=cortex-m0plus',
      '-mthumb',
      '-O2',
      '-ffreestanding',
      '-c',
      source,
      '-o',
      object,
    ])
    await execa(compiler.objcopy, ['-O', 'binary', '-j', '.text', object, binary])
    return new Uint8Array(await readFile(binary))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function fillRam(ram: Uint8Array): void {
  let seed = 1
  for (let i = WEIGHTS; i < OUTPUT; i++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    ram[i] = seed >>> 24
  }
  ram.fill(0, OUTPUT, OUTPUT + OUTPUT_BYTES)
}

const callArguments = [RAM_BASE + WEIGHTS, RAM_BASE + INPUT, RAM_BASE + OUTPUT, TIMES]

/** An int8 layer in Armv6-M code, on all engines but QEMU. */
export async function kernelEngines(): Promise<Engine[]> {
  const dense = await denseCode()
  const code = Uint8Array.from([...dense, ...BKPT])
  const ours = ourEngine(code, dense.length)
  await ours.work()
  const { instructions } = ours
  return [
    ours,
    unicornEngine(code, dense.length, instructions, false),
    unicornEngine(code, dense.length, instructions, true),
    rp2040Engine(code, dense.length, instructions),
  ]
}

let expected: Uint8Array | undefined

/** All engines must compute the same. */
function check(engine: string, ram: Uint8Array): void {
  const output = ram.slice(OUTPUT, OUTPUT + OUTPUT_BYTES)
  expected ??= output
  if (!Buffer.from(output).equals(Buffer.from(expected)))
    throw new Error(`${engine} computed another output than our processor`)
}

function ourEngine(code: Uint8Array, end: number): Engine {
  const nothing = (address: number): never => {
    throw new BusError(address)
  }
  const cpu = new CortexM4({ bus: { read: nothing, write: nothing }, scheduler: new Scheduler() })
  cpu.flash.set(code)
  return {
    name: 'boardless',
    instructions: 0,
    cycles: 0,
    work() {
      fillRam(cpu.ram)
      callArguments.forEach((value, n) => cpu.state.setRegister(n, value))
      cpu.state.setRegister(13, RAM_BASE + STACK)
      cpu.state.setRegister(14, end | 1)
      cpu.state.pc = 0
      const before = cpu.state.instructions
      const seconds = timed(() => {
        const { reason, now } = cpu.core.run(0, MANY)
        if (reason !== ExitReason.breakpoint) throw new Error(`our processor: reason ${reason}`)
        Object.assign(this, { cycles: now, instructions: cpu.state.instructions - before })
      })
      check('boardless', cpu.ram)
      return seconds
    },
  }
}

/** Freely, or counting instructions towards a limit. */
function unicornEngine(code: Uint8Array, end: number, instructions: number, counting: boolean): Engine {
  const unicorn = new Unicorn()
  unicorn.flash.set(code)
  const name = counting ? 'libunicorn 2, counting' : 'libunicorn 2'
  return {
    name,
    instructions,
    work: () => {
      fillRam(unicorn.ram)
      unicorn.state.set(callArguments)
      unicorn.state[13] = RAM_BASE + STACK
      unicorn.state[14] = end | 1
      const seconds = timed(() => unicorn.runTo(0, end, counting ? MANY : 0))
      check(name, unicorn.ram)
      return seconds
    },
  }
}

function rp2040Engine(code: Uint8Array, length: number, instructions: number): Engine {
  const { core, flash, sram } = new RP2040()
  flash.set(code)
  const end = RP2040_FLASH + length
  return {
    name: 'rp2040js',
    instructions,
    cycles: 0,
    work() {
      fillRam(sram)
      core.registers.set(callArguments)
      core.SP = RAM_BASE + STACK
      core.LR = end | 1
      core.PC = RP2040_FLASH
      const before = core.cycles
      const seconds = timed(() => {
        while (core.PC !== end) core.executeInstruction()
      })
      Object.assign(this, { cycles: core.cycles - before })
      check('rp2040js', sram)
      return seconds
    },
  }
}
