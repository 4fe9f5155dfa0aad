import { join } from 'node:path'
import { execa } from 'execa'
import { NANO_33_BLE_SENSE } from '../emulator/boards/nano33blesense.ts'
import { State } from '../emulator/cpu/layout.ts'
import { basicTiming } from '../emulator/cpu/timing.ts'
import { createMachine, type Machine } from '../emulator/machine.ts'
import { UserError } from '../src/errors.ts'
import { loadImage, type FirmwareImage } from '../src/image/image.ts'
import { buildFirmware, type BuildOptions } from '../src/toolchain/build.ts'
import { projectRoot } from '../src/toolchain/paths.ts'
import { STATE_WORDS, Word } from '../test/differential/state.ts'
import { Unicorn } from '../test/differential/unicorn.ts'
import { measure, median, timed, type MeasureOptions, type Speed } from './measure.ts'

/** A model and how its firmware is built. */
export interface Model {
  readonly name: string
  readonly file: string
  readonly kernels: BuildOptions['kernels']
  /** Inferences of the long QEMU run. */
  readonly inferences: number
}

export async function buildBench(model: Model, inferences: number): Promise<string> {
  const { elfPath } = await buildFirmware({
    app: join(projectRoot(), 'bench', 'inference'),
    model: model.file,
    kernels: model.kernels,
    resolver: 'mutable',
    optimise: '-O2',
    console: 'semihosting',
    defines: { BENCH_INFERENCES: inferences },
  })
  return elfPath
}

const INVOKE = '_ZN9inference6invokeERN6tflite16MicroInterpreterE'
/** More than any inference takes. */
const FOREVER = 2 ** 40

function machineWith(image: FirmwareImage): Machine {
  return createMachine({
    board: NANO_33_BLE_SENSE,
    segments: image.segments,
    vectorTable: image.vectorTable,
    timing: basicTiming,
    profile: false,
    strict: false,
    onConsole: () => undefined,
    onStimulus: () => undefined,
  })
}

/** The processor and its RAM as an inference begins, in the order of `Word`. */
interface Snapshot {
  readonly words: Uint32Array
  readonly ram: Uint8Array
  readonly entry: number
  readonly returnTo: number
}

function runTo(machine: Machine, address: number): void {
  const stop = (): void => machine.stop()
  machine.addProbe(address, stop)
  const { kind } = machine.run(machine.now + FOREVER)
  machine.removeProbe(address, stop)
  if (kind !== 'paused' || machine.cpu.state.pc !== address)
    throw new Error(`the firmware ended with '${kind}' before it reached 0x${address.toString(16)}`)
}

function wordsOf(machine: Machine): Uint32Array {
  const { state } = machine.cpu
  const words = new Uint32Array(STATE_WORDS)
  for (let n = 0; n < 15; n++) words[n] = state.register(n)
  words[15] = state.pc
  words[Word.apsr] = state.apsr
  words[Word.fpscr] = state.fpscr
  for (let n = 0; n < 32; n++) words[Word.singles + n] = state.single(n)
  return words
}

function restore(machine: Machine, { words, ram, entry }: Snapshot): void {
  const { cpu } = machine
  cpu.ram.set(ram)
  for (let n = 0; n < 15; n++) cpu.state.setRegister(n, words[n]!)
  cpu.state.apsr = words[Word.apsr]!
  cpu.state.fpscr = words[Word.fpscr]!
  for (let n = 0; n < 32; n++) cpu.state.setSingle(n, words[Word.singles + n]!)
  cpu.state.pc = entry
  cpu.state.setWord(State.probeSeen, 0)
}

/** One model's inference on three engines, from the same ELF. */
export class InferenceBench {
  readonly #machine: Machine
  readonly #snapshot: Snapshot
  /** Of one call of `inference::invoke`. */
  readonly instructions: number
  readonly cycles: number

  static async of(model: Model): Promise<InferenceBench> {
    return new InferenceBench(model, await loadImage(await buildBench(model, 1)))
  }

  private constructor(
    readonly model: Model,
    image: FirmwareImage,
  ) {
    const symbol = image.symbols.value(INVOKE)
    if (symbol === undefined) throw new Error(`${image.file} has no ${INVOKE}`)
    const entry = (symbol & ~1) >>> 0
    const machine = machineWith(image)
    runTo(machine, entry)
    const returnTo = (machine.cpu.state.register(14) & ~1) >>> 0
    this.#machine = machine
    this.#snapshot = { words: wordsOf(machine), ram: machine.cpu.ram.slice(), entry, returnTo }
    const { instructions, now } = machine
    runTo(machine, returnTo)
    this.instructions = machine.instructions - instructions
    this.cycles = machine.now - now
  }

  ours(options: MeasureOptions): Speed {
    const machine = this.#machine
    const stop = (): void => machine.stop()
    machine.addProbe(this.#snapshot.returnTo, stop)
    const seconds = measure(() => {
      restore(machine, this.#snapshot)
      return timed(() => machine.run(machine.now + FOREVER))
    }, options)
    machine.removeProbe(this.#snapshot.returnTo, stop)
    return this.#speed('boardless', seconds, this.cycles)
  }

  /** Runs the same code from the same state, and checks that the same is in RAM afterwards. */
  unicorn(options: MeasureOptions): Speed {
    const unicorn = new Unicorn()
    const { words, ram, entry, returnTo } = this.#snapshot
    unicorn.flash.set(this.#machine.cpu.flash)
    const seconds = measure(() => {
      unicorn.ram.set(ram)
      unicorn.state.set(words)
      return timed(() => {
        const outcome = unicorn.runTo(entry, returnTo)
        if (outcome !== 'stopped') throw new Error(`libunicorn: ${outcome}`)
      })
    }, options)
    if (!Buffer.from(unicorn.ram).equals(Buffer.from(this.#machine.cpu.ram)))
      throw new Error(`${this.model.name}: RAM differs from libunicorn's after an inference`)
    unicorn.close()
    return this.#speed('libunicorn 2', seconds)
  }

  #speed(engine: string, seconds: number, cycles?: number): Speed {
    return {
      engine,
      instructionsPerSecond: this.instructions / seconds,
      ...(cycles !== undefined && { cyclesPerSecond: cycles / seconds }),
    }
  }
}

/** The whole run of many inferences less the whole run of one, both from start to exit. */
export async function qemu(model: Model, runs: number): Promise<Speed> {
  const [short, long] = [await buildBench(model, 1), await buildBench(model, model.inferences)]
  const instructions = await instructionsBetween(short, long)
  const shorts: number[] = []
  const longs: number[] = []
  for (let i = 0; i < runs; i++) {
    shorts.push(await secondsInQemu(short))
    longs.push(await secondsInQemu(long))
  }
  return { engine: 'QEMU', instructionsPerSecond: instructions / (median(longs) - median(shorts)) }
}

/** What the long run executes more than the short one, counted by our processor. */
async function instructionsBetween(short: string, long: string): Promise<number> {
  const counts: number[] = []
  for (const file of [short, long]) {
    const machine = machineWith(await loadImage(file))
    const { kind } = machine.run(FOREVER)
    if (kind !== 'exit') throw new Error(`${file}: ended with '${kind}'`)
    counts.push(machine.instructions)
  }
  return counts[1]! - counts[0]!
}

async function secondsInQemu(elf: string): Promise<number> {
  const began = performance.now()
  const { exitCode, failed, code } = await execa(
    'qemu-system-arm',
    ['-M', 'mps2-an386', '-nographic', '-monitor', 'none', '-semihosting', '-kernel', elf],
    { stdin: 'ignore', reject: false },
  )
  if (code === 'ENOENT') throw new UserError('QEMU is missing: apt-get install qemu-system-arm', 4)
  if (failed) throw new Error(`QEMU ended with ${exitCode ?? 'a signal'}`)
  return (performance.now() - began) / 1000
}
