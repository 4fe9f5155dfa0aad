import koffi, { type LibraryHandle } from 'koffi'
import { UserError } from '../../runs/errors.ts'
import { Memory, STATE_WORDS, Word, APSR_BITS, type Outcome, type Processor } from './state.ts'

/** Numbers of unicorn.h and arm.h, version 2.0.1. */
const ARCH_ARM = 1
const MODE_THUMB = 1 << 4
const MODE_MCLASS = 1 << 5
const CPU_CORTEX_M4 = 9
const CTL_SET_CPU_MODEL = 0x4400_0007
const CTL_FLUSH_TRANSLATIONS = 0x4000_000a
const PROT_ALL = 7
const Register = {
  cpsr: 3,
  fpscr: 6,
  lr: 10,
  pc: 11,
  sp: 12,
  d0: 14,
  r0: 66,
  primask: 123,
  basepri: 124,
  faultmask: 126,
}
const outcomes: Readonly<Record<number, Outcome>> = { 0: 'stopped', 10: 'undefined', 21: 'exception' }

/** System mode, interrupts masked, Thumb: the part of QEMU's CPSR that has no place in the M profile's APSR. */
const CPSR_REST = 0x1f3

/** An address that is never reached. */
const NOWHERE = 0xffff_fffe

type Pointer = object
interface Library {
  open(arch: number, mode: number, engine: [Pointer | null]): number
  control(engine: Pointer, what: number, ...args: unknown[]): number
  map(engine: Pointer, address: number, bytes: number, protection: number, memory: Pointer): number
  readBatch(engine: Pointer, registers: Int32Array, values: Pointer, count: number): number
  writeBatch(engine: Pointer, registers: Int32Array, values: Pointer, count: number): number
  start(engine: Pointer, from: number, to: number, microseconds: number, count: number): number
  close(engine: Pointer): number
}

function loadLibrary(): Library {
  let library: LibraryHandle
  try {
    library = koffi.load('libunicorn.so.2')
  } catch {
    throw new UserError(
      'libunicorn 2 is missing, the processor that ours is compared with: apt-get install libunicorn2',
      4,
    )
  }
  const bind = (prototype: string): unknown => library.func(prototype)
  return {
    open: bind('int uc_open(int arch, int mode, _Out_ void **engine)'),
    control: bind('int uc_ctl(void *engine, uint32_t control, ...)'),
    map: bind(
      'int uc_mem_map_ptr(void *engine, uint64_t address, size_t size, uint32_t perms, void *memory)',
    ),
    readBatch: bind('int uc_reg_read_batch(void *engine, int *registers, void *values, int count)'),
    writeBatch: bind('int uc_reg_write_batch(void *engine, int *registers, void *values, int count)'),
    start: bind(
      'int uc_emu_start(void *engine, uint64_t begin, uint64_t until, uint64_t timeout, size_t count)',
    ),
    close: bind('int uc_close(void *engine)'),
  } as Library
}

const alloc = (bytes: number): { pointer: Pointer; buffer: ArrayBuffer } => {
  const pointer = koffi.alloc('uint8_t', bytes) as Pointer
  return { pointer, buffer: koffi.view(pointer, bytes) }
}

/** libunicorn 2 as a Cortex-M4 with floating point, 1 MB of flash and 256 kB of RAM. */
export class Unicorn implements Processor {
  readonly flash: Uint8Array
  readonly ram: Uint8Array
  readonly state = new Uint32Array(STATE_WORDS)
  readonly #library = loadLibrary()
  readonly #engine: Pointer
  readonly #values: Uint32Array
  /** Values are 64 bits wide: unicorn reads as much as the register has. */
  readonly #pointers: Pointer
  readonly #registers = Int32Array.from([
    ...Array.from({ length: 13 }, (_, i) => Register.r0 + i),
    Register.sp,
    Register.lr,
    Register.fpscr,
    ...Array.from({ length: 16 }, (_, i) => Register.d0 + i),
    Register.primask,
    Register.basepri,
    Register.faultmask,
    Register.cpsr,
    Register.pc,
  ])

  constructor() {
    const engine: [Pointer | null] = [null]
    this.#check('uc_open', this.#library.open(ARCH_ARM, MODE_THUMB | MODE_MCLASS, engine))
    if (!engine[0]) throw new Error('uc_open gave no engine')
    this.#engine = engine[0]
    this.#check('CPU model', this.#library.control(this.#engine, CTL_SET_CPU_MODEL, 'int', CPU_CORTEX_M4))
    this.flash = this.#map(0, Memory.flashBytes)
    this.ram = this.#map(Memory.ramBase, Memory.ramBytes)
    const count = this.#registers.length
    const values = alloc(8 * count)
    const pointers = alloc(8 * count)
    this.#values = new Uint32Array(values.buffer)
    this.#pointers = pointers.pointer
    const first = koffi.address(values.pointer)
    new BigUint64Array(pointers.buffer).forEach((_, i, all) => (all[i] = first + BigInt(8 * i)))
    this.#beginFloatingPointContext()
  }

  #map(address: number, bytes: number): Uint8Array {
    const { pointer, buffer } = alloc(bytes)
    this.#check('uc_mem_map_ptr', this.#library.map(this.#engine, address, bytes, PROT_ALL, pointer))
    return new Uint8Array(buffer)
  }

  #check(what: string, error: number): void {
    if (error !== 0) throw new Error(`libunicorn: ${what} failed with error ${error}`)
  }

  /** The first floating-point instruction resets FPSCR to FPDSCR, B1.5.7: let it be VADD.F32 s0, s0, s0 now. */
  #beginFloatingPointContext(): void {
    new DataView(this.flash.buffer).setUint32(0, 0x0a00_ee30, true)
    const outcome = this.run(0, 1)
    if (outcome !== 'stopped') throw new Error('libunicorn: no floating point')
    this.flush()
    this.state.fill(0)
  }

  codePlaced(): void {
    // unicorn translates when it gets there
  }

  flush(): void {
    this.#check('flush', this.#library.control(this.#engine, CTL_FLUSH_TRANSLATIONS))
  }

  run(address: number, instructions: number): Outcome {
    return this.#run(address, NOWHERE, instructions)
  }

  /** Runs from an address until another is reached; at full speed only where no instructions are counted. */
  runTo(address: number, until: number, instructions = 0): Outcome {
    return this.#run(address, until, instructions)
  }

  #run(address: number, until: number, instructions: number): Outcome {
    const last = this.#registers.length - 1
    this.#exchange((place, word) => (this.#values[place] = this.state[word] ?? 0))
    this.#values[2 * (last - 1)] = ((this.state[Word.apsr] ?? 0) & APSR_BITS) | CPSR_REST
    this.#library.writeBatch(this.#engine, this.#registers, this.#pointers, last)
    const error = this.#library.start(this.#engine, address | 1, until, 0, instructions)
    this.#library.readBatch(this.#engine, this.#registers, this.#pointers, last + 1)
    this.#exchange((place, word) => (this.state[word] = this.#values[place] ?? 0))
    // R13[1:0] read as zero, B1.4.1; QEMU 5.0 keeps them.
    this.state[13] = (this.state[13] ?? 0) & ~3
    this.state[Word.apsr] = (this.#values[2 * (last - 1)] ?? 0) & APSR_BITS
    const pc = this.#values[2 * last] ?? 0
    this.state[Word.registers + 15] = pc
    const outcome = outcomes[error] ?? 'memory'
    const atFiller =
      pc < Memory.flashBytes && this.flash[pc] === 0 && this.flash[pc + 1] === Memory.filler >>> 8
    return outcome === 'exception' && atFiller ? 'stopped' : outcome
  }

  /** Goes through the words of the state in the order of the batch. */
  #exchange(move: (place: number, word: number) => void): void {
    let place = 0
    for (let n = 0; n < 15; n++, place += 2) move(place, Word.registers + n)
    move(place, Word.fpscr)
    place += 2
    for (let n = 0; n < 32; n++, place++) move(place, Word.singles + n)
    for (let n = 0; n < 3; n++, place += 2) move(place, Word.primask + n)
  }

  close(): void {
    this.#library.close(this.#engine)
  }
}
