import { join } from 'node:path'
import { execa } from 'execa'
import { NANO_33_BLE_SENSE } from '../emulator/boards/nano33blesense.ts'
import { State } from '../emulator/cpu/layout.ts'
import { pipelineTiming, oneCycleTiming, type TimingParameters } from '../emulator/cpu/timing/timing.ts'
import { createMachine, type Machine } from '../emulator/machine.ts'
import { UserError } from '../runs/errors.ts'
import type { FirmwareImage } from '../runs/image/image.ts'
import { loadImage } from '../src/files/image.ts'
import { buildFirmware, type BuildOptions } from '../src/toolchain/build.ts'
import { projectRoot } from '../src/toolchain/paths.ts'
import { STATE_WORDS, Word } from '../test/differential/state.ts'
import { Unicorn } from '../test/differential/unicorn.ts'
import { timed, type Engine } from './measure.ts'

/** A model and how its firmware is built. */
export interface Model {
  readonly name: string
  readonly file: string
  readonly kernels: BuildOptions['kernels']
  /** Inferences timed at once in our processor and libunicorn, and what QEMU's long run has more than its short one. */
  readonly batch: number
  readonly qemuBatch: number
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

const FIRST = 'bench_begin'
const LAST = 'bench_end'
/** More than any inference takes. */
const FOREVER = 2 ** 40

function machineWith(image: FirmwareImage, timing: TimingParameters): Machine {
  return createMachine({
    board: NANO_33_BLE_SENSE,
    segments: image.segments,
    vectorTable: image.vectorTable,
    timing,
    profile: false,
    strict: false,
    onConsole: () => undefined,
    onStimulus: () => undefined,
  })
}

/** The processor and its RAM as the first inference begins, in the order of `Word`. */
interface Snapshot {
  readonly words: Uint32Array
  readonly ram: Uint8Array
  readonly entry: number
  readonly end: number
}

function addressOf(image: FirmwareImage, symbol: string): number {
  const address = image.symbols.value(symbol)
  if (address === undefined) throw new Error(`${image.file} has no ${symbol}`)
  return (address & ~1) >>> 0
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

/** Our processor at the beginning of the inferences, and what they take. */
function prepared(image: FirmwareImage, timing: TimingParameters) {
  const machine = machineWith(image, timing)
  const entry = addressOf(image, FIRST)
  const end = addressOf(image, LAST)
  runTo(machine, entry)
  const snapshot: Snapshot = { words: wordsOf(machine), ram: machine.cpu.ram.slice(), entry, end }
  const { instructions, now } = machine
  runTo(machine, end)
  const counts = { instructions: machine.instructions - instructions, cycles: machine.now - now }
  const expected = machine.cpu.ram.slice()
  machine.addProbe(end, () => machine.stop())
  const work = (): number => {
    restore(machine, snapshot)
    return timed(() => machine.run(machine.now + FOREVER))
  }
  return { machine, snapshot, counts, expected, work }
}

/**
 * One model's inferences on our processor, with the timing model and with one cycle for every instruction, on
 * libunicorn and QEMU: all but QEMU from the same state of the same ELF.
 */
export async function inferenceEngines(model: Model): Promise<Engine[]> {
  const image = await loadImage(await buildBench(model, model.batch))
  const { machine, snapshot, counts, expected, work } = prepared(image, pipelineTiming)
  const plain = prepared(image, oneCycleTiming)
  return [
    { name: 'boardless', ...counts, work },
    { name: 'boardless, one cycle each', ...plain.counts, work: plain.work },
    unicornEngine(machine, snapshot, expected, counts.instructions, false),
    unicornEngine(machine, snapshot, expected, counts.instructions, true),
    await qemuEngine(model),
  ]
}

/**
 * libunicorn runs freely, or counts instructions towards a limit, as whoever wants to know the time must.
 * The same must be in RAM afterwards.
 */
function unicornEngine(
  machine: Machine,
  { words, ram, entry, end }: Snapshot,
  expected: Uint8Array,
  instructions: number,
  counting: boolean,
): Engine {
  const unicorn = new Unicorn()
  unicorn.flash.set(machine.cpu.flash)
  return {
    name: counting ? 'libunicorn 2, counting' : 'libunicorn 2',
    instructions,
    work: () => {
      unicorn.ram.set(ram)
      unicorn.state.set(words)
      const seconds = timed(() => {
        const outcome = unicorn.runTo(entry, end, counting ? FOREVER : 0)
        if (outcome !== 'stopped') throw new Error(`libunicorn: ${outcome}`)
      })
      if (!Buffer.from(unicorn.ram).equals(Buffer.from(expected)))
        throw new Error("RAM differs from libunicorn's after the same inferences")
      return seconds
    },
  }
}

/** A whole run of many inferences less a whole run of one. */
async function qemuEngine(model: Model): Promise<Engine> {
  const short = await buildBench(model, 1)
  const long = await buildBench(model, 1 + model.qemuBatch)
  return {
    name: 'QEMU',
    instructions: (await instructionsOf(long)) - (await instructionsOf(short)),
    work: async () => (await secondsInQemu(long)) - (await secondsInQemu(short)),
  }
}

/** From start to exit, counted by our processor. */
async function instructionsOf(file: string): Promise<number> {
  const machine = machineWith(await loadImage(file), pipelineTiming)
  const { kind } = machine.run(FOREVER)
  if (kind !== 'exit') throw new Error(`${file}: ended with '${kind}'`)
  return machine.instructions
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
