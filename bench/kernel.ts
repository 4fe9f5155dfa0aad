import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { RP2040 } from 'rp2040js'
import { BusError } from '../emulator/cpu/bus.ts'
import { CortexM4 } from '../emulator/cpu/cpu.ts'
import { ExitReason } from '../emulator/cpu/exit-reasons.ts'
import { Scheduler } from '../emulator/time/scheduler.ts'
import { findCompiler } from '../src/toolchain/compiler.ts'
import { projectRoot } from '../src/toolchain/paths.ts'
import { Unicorn } from '../test/differential/unicorn.ts'
import { measure, timed, type MeasureOptions, type Speed } from './measure.ts'

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
const TIMES = 10

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

/** An int8 layer in Armv6-M code, which all of the engines execute. */
export class KernelBench {
  readonly #code: Uint8Array
  readonly #end: number
  #output: Uint8Array | undefined
  instructions = 0

  static async make(): Promise<KernelBench> {
    return new KernelBench(await denseCode())
  }

  private constructor(code: Uint8Array) {
    this.#end = code.length
    this.#code = Uint8Array.from([...code, ...BKPT])
  }

  ours(options: MeasureOptions): Speed {
    const nothing = (address: number): never => {
      throw new BusError(address)
    }
    const cpu = new CortexM4({ bus: { read: nothing, write: nothing }, scheduler: new Scheduler() })
    cpu.flash.set(this.#code)
    fillRam(cpu.ram)
    let cycles = 0
    const seconds = measure(() => {
      callArguments.forEach((value, n) => cpu.state.setRegister(n, value))
      cpu.state.setRegister(13, RAM_BASE + STACK)
      cpu.state.setRegister(14, this.#end | 1)
      cpu.state.pc = 0
      const before = cpu.state.instructions
      return timed(() => {
        const { reason, now } = cpu.core.run(0, 2 ** 29)
        if (reason !== ExitReason.breakpoint) throw new Error(`our processor: reason ${reason}`)
        cycles = now
        this.instructions = cpu.state.instructions - before
      })
    }, options)
    this.#check('ours', cpu.ram)
    return { ...this.#speed('boardless', seconds), cyclesPerSecond: cycles / seconds }
  }

  unicorn(options: MeasureOptions): Speed {
    const unicorn = new Unicorn()
    unicorn.flash.set(this.#code)
    fillRam(unicorn.ram)
    const seconds = measure(() => {
      unicorn.state.set(callArguments)
      unicorn.state[13] = RAM_BASE + STACK
      unicorn.state[14] = this.#end | 1
      return timed(() => unicorn.runTo(0, this.#end))
    }, options)
    this.#check('libunicorn', unicorn.ram)
    unicorn.close()
    return this.#speed('libunicorn 2', seconds)
  }

  rp2040(options: MeasureOptions): Speed {
    const { core, flash, sram } = new RP2040()
    flash.set(this.#code)
    fillRam(sram)
    const end = RP2040_FLASH + this.#end
    let cycles = 0
    const seconds = measure(() => {
      core.registers.set(callArguments)
      core.SP = RAM_BASE + STACK
      core.LR = end | 1
      core.PC = RP2040_FLASH
      const before = core.cycles
      const taken = timed(() => {
        while (core.PC !== end) core.executeInstruction()
      })
      cycles = core.cycles - before
      return taken
    }, options)
    this.#check('rp2040js', sram)
    return { ...this.#speed('rp2040js', seconds), cyclesPerSecond: cycles / seconds }
  }

  /** All engines must have computed the same. */
  #check(engine: string, ram: Uint8Array): void {
    const output = ram.slice(OUTPUT, OUTPUT + OUTPUT_BYTES)
    this.#output ??= output
    if (!Buffer.from(output).equals(Buffer.from(this.#output)))
      throw new Error(`${engine} computed another output than our processor`)
  }

  #speed(engine: string, seconds: number): Speed {
    return { engine, instructionsPerSecond: this.instructions / seconds }
  }
}
