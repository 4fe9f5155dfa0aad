import { branchSource } from '../../emulator/branch-source.ts'
import type { Machine } from '../../emulator/machine.ts'
import { exceptionName } from '../../emulator/nrf52840/exception-names.ts'
import { CallTracer } from '../../emulator/probes/call-tracer.ts'
import { UserError } from '../errors.ts'
import { fallenInto } from '../image/fallen-into.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { FunctionRange } from '../image/symbols.ts'
import type { ObservedCalls } from '../report/parts/calls.ts'

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
export function traceCalls(machine: Machine, image: FirmwareImage): CallTracer {
  const functions = tracedFunctions(image)
  const start = machine.readRegister(15) >>> 0
  return new CallTracer(branchSource(machine, functions), functions, start, fallenInto(image))
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
