import { BusError, type AccessSize, type Address, type Cycles } from '../bus.ts'
import type { ProcessorState } from '../state.ts'

/** Operations of "Semihosting for AArch32 and AArch64", Arm 100863, chapter 6. */
const Operation = {
  OPEN: 0x01,
  CLOSE: 0x02,
  WRITEC: 0x03,
  WRITE0: 0x04,
  WRITE: 0x05,
  READ: 0x06,
  READC: 0x07,
  ISERROR: 0x08,
  ISTTY: 0x09,
  SEEK: 0x0a,
  FLEN: 0x0c,
  TMPNAM: 0x0d,
  REMOVE: 0x0e,
  RENAME: 0x0f,
  CLOCK: 0x10,
  TIME: 0x11,
  SYSTEM: 0x12,
  ERRNO: 0x13,
  GET_CMDLINE: 0x15,
  HEAPINFO: 0x16,
  EXIT: 0x18,
  EXIT_EXTENDED: 0x20,
  ELAPSED: 0x30,
  TICKFREQ: 0x31,
} as const

const ADP_STOPPED_APPLICATION_EXIT = 0x20026
const FAILED = -1
/** newlib's numbers: what is refused is not permitted, what is unknown is not implemented. */
const Errno = { none: 0, EPERM: 1, EBADF: 9, EINVAL: 22, ENOSYS: 88 } as const
const TICKS_PER_SECOND = 64_000_000
const LONGEST_STRING = 0x1_0000

export type OutputStream = 'stdout' | 'stderr'

export interface HeapBounds {
  readonly heapBase: Address
  readonly heapLimit: Address
  readonly stackBase: Address
  readonly stackLimit: Address
}

export interface SemihostingHost {
  /** @throws BusError */
  readMemory(address: Address, size: AccessSize): number
  /** @throws BusError */
  writeMemory(address: Address, size: AccessSize, value: number): void
  onOutput(stream: OutputStream, bytes: Uint8Array): void
  /** At most `max` bytes of standard input; none at its end. */
  readInput(max: number): Uint8Array
  now(): Cycles
  readonly commandLine?: string
  /** Zeros, when not given: the C library then uses its own symbols. */
  readonly heap?: HeapBounds
}

type Handle = 'stdin' | OutputStream | { position: number }

export interface SavedSemihosting {
  readonly handles: readonly (readonly [number: number, handle: Readonly<Handle>])[]
  readonly nextHandle: number
  readonly errno: number
}

/** The file ":semihosting-features": magic, then SH_EXT_EXIT_EXTENDED and SH_EXT_STDOUT_STDERR. */
const FEATURES = [0x53, 0x48, 0x46, 0x42, 0x03]

/**
 * Semihosting: R0 is the operation, R1 its parameter or the address of its parameters, R0 the result.
 * The console is the only file, but for ":semihosting-features", without which newlib’s exit() keeps its code.
 * Time is simulated time, from zero.
 */
export class Semihosting {
  readonly #handles = new Map<number, Handle>()
  #nextHandle = 1
  #errno: number = Errno.none

  constructor(private readonly host: SemihostingHost) {}

  readonly stateVersion = 1

  save(): SavedSemihosting {
    return {
      handles: Array.from(this.#handles, ([number, handle]) => [number, copyOf(handle)] as const),
      nextHandle: this.#nextHandle,
      errno: this.#errno,
    }
  }

  restore({ handles, nextHandle, errno }: SavedSemihosting): void {
    this.#handles.clear()
    for (const [number, handle] of handles) this.#handles.set(number, copyOf(handle))
    this.#nextHandle = nextHandle
    this.#errno = errno
  }

  /** Does what BKPT 0xAB asks. @returns the exit code when the program ends. */
  call(state: ProcessorState): { exit?: number } {
    const operation = state.register(0)
    const parameter = state.register(1)
    if (operation === Operation.EXIT) return { exit: parameter === ADP_STOPPED_APPLICATION_EXIT ? 0 : 1 }
    try {
      if (operation === Operation.EXIT_EXTENDED) {
        const reason = this.#word(parameter, 0)
        return { exit: reason === ADP_STOPPED_APPLICATION_EXIT ? this.#word(parameter, 1) : 1 }
      }
      const result = this.#perform(operation, parameter)
      if (result !== undefined) state.setRegister(0, result)
    } catch (error) {
      if (!(error instanceof BusError)) throw error
      state.setRegister(0, this.#fail(Errno.EINVAL))
    }
    return {}
  }

  /** @returns R0; undefined where the operation gives none. */
  #perform(operation: number, parameter: number): number | undefined {
    const { host } = this
    const argument = (n: number): number => this.#word(parameter, n)
    switch (operation) {
      case Operation.OPEN:
        return this.#open(argument(0), argument(1), argument(2))
      case Operation.CLOSE:
        return this.#handles.delete(argument(0)) ? 0 : this.#fail(Errno.EBADF)
      case Operation.WRITEC:
        host.onOutput('stdout', Uint8Array.of(host.readMemory(parameter, 1)))
        return undefined
      case Operation.WRITE0:
        host.onOutput('stdout', this.#string(parameter))
        return undefined
      case Operation.WRITE:
        return this.#write(argument(0), argument(1), argument(2))
      case Operation.READ:
        return this.#read(argument(0), argument(1), argument(2))
      case Operation.READC:
        return host.readInput(1)[0] ?? FAILED
      case Operation.ISERROR:
        return (argument(0) | 0) < 0 ? 1 : 0
      case Operation.ISTTY:
        return this.#about(argument(0), 1, () => 0)
      case Operation.SEEK:
        return this.#about(argument(0), undefined, (features) => {
          features.position = Math.min(argument(1), FEATURES.length)
          return 0
        })
      case Operation.FLEN:
        return this.#about(argument(0), undefined, () => FEATURES.length)
      case Operation.TMPNAM:
      case Operation.REMOVE:
      case Operation.RENAME:
      case Operation.SYSTEM:
        return this.#fail(Errno.EPERM)
      case Operation.CLOCK:
        return Math.floor((host.now() * 100) / TICKS_PER_SECOND)
      case Operation.TIME:
        return Math.floor(host.now() / TICKS_PER_SECOND)
      case Operation.ERRNO:
        return this.#errno
      case Operation.GET_CMDLINE:
        return this.#commandLine(parameter)
      case Operation.HEAPINFO:
        return this.#heapInfo(argument(0))
      case Operation.ELAPSED:
        host.writeMemory(parameter, 4, host.now() % 2 ** 32)
        host.writeMemory(parameter + 4, 4, Math.floor(host.now() / 2 ** 32))
        return 0
      case Operation.TICKFREQ:
        return TICKS_PER_SECOND
      default:
        return this.#fail(Errno.ENOSYS)
    }
  }

  #fail(errno: number): number {
    this.#errno = errno
    return FAILED
  }

  #word(block: Address, n: number): number {
    return this.host.readMemory((block + 4 * n) >>> 0, 4) >>> 0
  }

  #bytes(address: Address, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, n) => this.host.readMemory((address + n) >>> 0, 1))
  }

  #string(address: Address): Uint8Array {
    let length = 0
    while (length < LONGEST_STRING && this.host.readMemory((address + length) >>> 0, 1) !== 0) length += 1
    return this.#bytes(address, length)
  }

  /** What an operation gives for the console, EINVAL where that has no such thing, and for the file of features. */
  #about(
    handle: number,
    console: number | undefined,
    file: (features: { position: number }) => number,
  ): number {
    const found = this.#handles.get(handle)
    if (found === undefined) return this.#fail(Errno.EBADF)
    return typeof found === 'object' ? file(found) : (console ?? this.#fail(Errno.EINVAL))
  }

  /** ":tt" is the console: modes 0 to 3 its input, 4 to 7 its output, 8 to 11 its errors. Files are refused. */
  #open(name: Address, mode: number, length: number): number {
    const path = String.fromCharCode(...this.#bytes(name, Math.min(length, 64)))
    if (path === ':semihosting-features' && mode < 2) {
      this.#handles.set(this.#nextHandle, { position: 0 })
      return this.#nextHandle++
    }
    if (path !== ':tt' || mode > 11) return this.#fail(path === ':tt' ? Errno.EINVAL : Errno.EPERM)
    const handle = this.#nextHandle++
    this.#handles.set(handle, mode < 4 ? 'stdin' : mode < 8 ? 'stdout' : 'stderr')
    return handle
  }

  /** @returns how many bytes were not written. */
  #write(handle: number, address: Address, length: number): number {
    const stream = this.#handles.get(handle)
    if (stream !== 'stdout' && stream !== 'stderr') {
      this.#errno = Errno.EBADF
      return length
    }
    for (let done = 0; done < length; done += LONGEST_STRING)
      this.host.onOutput(stream, this.#bytes(address + done, Math.min(LONGEST_STRING, length - done)))
    return 0
  }

  /** @returns how many bytes were not read; all of them at the end of the input. */
  #read(handle: number, address: Address, length: number): number {
    const from = this.#handles.get(handle)
    if (from !== 'stdin' && typeof from !== 'object') {
      this.#errno = Errno.EBADF
      return FAILED
    }
    const input = from === 'stdin' ? this.host.readInput(length).subarray(0, length) : features(from, length)
    input.forEach((byte, n) => this.host.writeMemory((address + n) >>> 0, 1, byte))
    return length - input.length
  }

  #commandLine(block: Address): number {
    const line = this.host.commandLine ?? ''
    const address = this.#word(block, 0)
    if (line.length + 1 > this.#word(block, 1)) return this.#fail(Errno.EINVAL)
    for (let n = 0; n < line.length; n++) this.host.writeMemory(address + n, 1, line.charCodeAt(n) & 0xff)
    this.host.writeMemory(address + line.length, 1, 0)
    this.host.writeMemory(block + 4, 4, line.length)
    return 0
  }

  #heapInfo(block: Address): number {
    const { heap } = this.host
    const words = heap ? [heap.heapBase, heap.heapLimit, heap.stackBase, heap.stackLimit] : [0, 0, 0, 0]
    words.forEach((word, n) => this.host.writeMemory((block + 4 * n) >>> 0, 4, word))
    return 0
  }
}

const copyOf = (handle: Readonly<Handle>): Handle =>
  typeof handle === 'object' ? { position: handle.position } : handle

function features(at: { position: number }, length: number): Uint8Array {
  const bytes = Uint8Array.from(FEATURES.slice(at.position, at.position + length))
  at.position += bytes.length
  return bytes
}
