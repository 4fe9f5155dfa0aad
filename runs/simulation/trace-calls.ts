import { branchSource } from '../../emulator/branch-source.ts'
import { lastAt } from '../../emulator/last-at.ts'
import type { Machine } from '../../emulator/machine.ts'
import { exceptionName } from '../../emulator/nrf52840/exception-names.ts'
import { CallTracer } from '../../emulator/probes/call-tracer.ts'
import { UserError } from '../errors.ts'
import { fallenInto } from '../image/fallen-into.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { FunctionRange } from '../image/symbols.ts'
import { CallStack } from '../image/unwind.ts'
import type { ObservedCalls } from '../report/parts/calls.ts'
import type { WatchedCalls } from './observe-options.ts'

/** More cannot be told apart: `BranchTrace`. */
const MOST_FUNCTIONS = 65_535

/** What counts as one function where calls are recorded. @throws UserError for firmware without symbols */
export function tracedFunctions({ symbols, file }: FirmwareImage): readonly FunctionRange[] {
  if (symbols.isEmpty)
    throw new UserError(
      `${file} has no symbols, so its functions are not known. Give the ELF file that it was made of, or leave out --functions.`,
    )
  return symbols.functions.slice(0, MOST_FUNCTIONS)
}

/** Follows a machine at reset that was made with `tracedFunctions`. */
export function traceCalls(machine: Machine, image: FirmwareImage, watched?: WatchedCalls): CallTracer {
  const functions = tracedFunctions(image)
  const start = machine.readRegister(15) >>> 0
  const { listener, parts } = watched ?? {}
  if (!parts)
    return new CallTracer(branchSource(machine, functions), functions, start, fallenInto(image), listener)
  const functionOf = parts.map((part) => 1 + lastAt(functions.length, (i) => functions[i]?.start, part.start))
  const begins = new Set([...fallenInto(image), ...parts.map((part) => part.start)])
  return new CallTracer(branchSource(machine, parts, functionOf), functions, start, [...begins], listener)
}

/** Goes on where nobody has traced calls before: what is under way is read from the stack, as far as unwind information tells. */
export function traceFromHere(tracer: CallTracer, machine: Machine, image: FirmwareImage): void {
  const registers = Array.from({ length: 16 }, (_, n) => machine.readRegister(n) >>> 0)
  const stack = new CallStack(image, (address, length) => machine.readMemory(address, length))
  const functions = tracedFunctions(image)
  const indexOf = (address: number): number => {
    const index = lastAt(functions.length, (i) => functions[i]?.start, address)
    return address < (functions[index]?.end ?? 0) ? 1 + index : 0
  }
  const calls = stack.callsIn(registers).map(({ address, stackPointer, back }) => ({
    function: indexOf(address),
    stackPointer,
    back,
  }))
  const exception = machine.cpu.exceptions.special.ipsr
  tracer.begin(calls.reverse(), exception, registers[15] ?? 0, machine.now)
}

export function observedCalls(tracer: CallTracer, machine: Machine, image: FirmwareImage): ObservedCalls {
  tracer.advance(machine.now)
  return {
    ranges: tracedFunctions(image),
    functions: tracer.tree.functions(),
    nodes: tracer.tree.nodes(),
    exceptionName,
  }
}
