import { disassembly, type Disassembled } from '../../emulator/cpu/debug/disassembly.ts'
import type { Machine } from '../../emulator/machine.ts'
import { exceptionName } from '../../emulator/nrf52840/exception-names.ts'
import { codeReader, isDataIn } from '../image/code.ts'
import { demangle, shortName } from '../image/demangle.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { SourceFrames } from '../image/source-frames.ts'
import { CallStack } from '../image/unwind.ts'
import { ledsOf, pinsOf } from './board-state.ts'
import type { CodeLine, Found, MachineView, MemoryView } from './protocol.ts'

const [BEFORE, AFTER] = [48, 96]
const NO_NAME_BYTES = 64
const MOST_FOUND = 30
const BYTES_A_ROW = 16

/** What is to be seen of a machine at one moment, in the words of its firmware. */
export class Inspector {
  readonly #stack: (machine: Machine) => CallStack
  readonly #code: (address: number) => number | undefined
  readonly #isData: (address: number) => boolean

  constructor(
    private readonly image: FirmwareImage,
    private readonly frames: SourceFrames,
  ) {
    let read: Machine | undefined
    const stack = new CallStack(
      image,
      (address, length) => read?.readMemory(address, length) ?? new Uint8Array(),
    )
    this.#stack = (machine) => {
      read = machine
      return stack
    }
    this.#code = codeReader(image)
    this.#isData = isDataIn(image)
  }

  view(machine: Machine, isPast: boolean, breakpoints: ReadonlySet<number>): MachineView {
    const { cpu, now, instructions, sleepCycles } = machine
    const { state, exceptions } = cpu
    const registers = Array.from({ length: 16 }, (_, n) => machine.readRegister(n) >>> 0)
    const pc = registers[15] ?? 0
    const exception = exceptions.activeException
    const range = this.image.symbols.functionAt(pc)
    return {
      cycle: now,
      isPast,
      instructions,
      sleepCycles,
      isAsleep: cpu.isSleeping,
      registers,
      xpsr: (state.apsr | exception) >>> 0,
      mode: exception === 0 ? 'Thread' : `Handler: ${exceptionName(exception)}`,
      where: this.image.symbols.describe(pc),
      function: range ? shortName(range.name) : '',
      callStack: this.#stack(machine).from(registers),
      code: this.#codeAround(pc, breakpoints),
      leds: ledsOf(machine),
      pins: pinsOf(machine),
    }
  }

  memory(machine: Machine, address: number, length: number): MemoryView {
    const from = (address & ~(BYTES_A_ROW - 1)) >>> 0
    const bytes = machine.readMemory(from, length)
    const names = Array.from({ length: Math.ceil(bytes.length / BYTES_A_ROW) }, (_, row) =>
      this.#nameAt(from + BYTES_A_ROW * row),
    )
    return { address: from, bytes, names }
  }

  /** Functions and variables by a part of their names. */
  find(text: string): readonly Found[] {
    const pattern = new RegExp(text.replaceAll(/[^\w]/g, '\\$&'), 'i')
    const { symbols } = this.image
    const functions = symbols.functionsMatching(pattern).map(({ name, start, end }) => ({
      name: shortName(name),
      address: start,
      bytes: end - start,
      kind: 'function' as const,
    }))
    const variables = symbols.objectsMatching(pattern).map(({ name, address, bytes }) => ({
      name: demangle(name),
      address,
      bytes,
      kind: 'variable' as const,
    }))
    return [...variables, ...functions].slice(0, MOST_FOUND)
  }

  #nameAt(address: number): string {
    const { symbols } = this.image
    const text = symbols.functionAt(address) ? symbols.describe(address) : symbols.describeData(address)
    return text.startsWith('0x') ? '' : text
  }

  #codeAround(pc: number, breakpoints: ReadonlySet<number>): readonly CodeLine[] {
    const range = this.image.symbols.functionAt(pc) ?? { start: pc, end: pc + NO_NAME_BYTES }
    const all = disassembly(
      range.start,
      range.end,
      this.#code,
      (address) => this.#isData(address) && address !== pc,
    )
    const at = Math.max(
      0,
      all.findIndex(({ address }) => address === pc),
    )
    let before = ''
    return all.slice(Math.max(0, at - BEFORE), at + AFTER).map((one) => {
      const place = this.#sourceOf(one.address)
      const source = place === before ? '' : place
      before = place
      return {
        address: one.address,
        text: one.text,
        target: this.#targetOf(one, range),
        source,
        isNext: one.address === pc,
        hasBreakpoint: breakpoints.has(one.address),
      }
    })
  }

  #targetOf({ target }: Disassembled, range: { readonly start: number; readonly end: number }): string {
    if (target === undefined || (target >= range.start && target < range.end)) return ''
    return this.image.symbols.functionAt(target) ? shortName(this.image.symbols.describe(target)) : ''
  }

  #sourceOf(address: number): string {
    const [frame] = this.frames.at(address)
    if (!frame || frame.line === 0) return ''
    return `${frame.file.slice(frame.file.lastIndexOf('/') + 1)}:${frame.line}`
  }
}
