import { BranchKind } from './cpu/engine/branch-trace.ts'
import type { Address } from './cpu/bus.ts'
import { RAM_BASE, State } from './cpu/layout.ts'
import type { Machine } from './machine.ts'
import type { BranchSource } from './probes/call-tracer.ts'
import type { CodeRange } from './probes/target.ts'

const how = {
  [BranchKind.local]: 'local',
  [BranchKind.jump]: 'jump',
  [BranchKind.call]: 'call',
  [BranchKind.callByRegister]: 'call',
} as const
const bytes = {
  [BranchKind.local]: 0,
  [BranchKind.jump]: 0,
  [BranchKind.call]: 4,
  [BranchKind.callByRegister]: 2,
} as const

/** Of the words of a frame the seventh, B1.5.6. */
const RETURN_ADDRESS = 24

function returnAddressIn(ram: Uint8Array, frame: Address): Address | undefined {
  const offset = frame - RAM_BASE + RETURN_ADDRESS
  if (offset < 0 || offset + 4 > ram.length) return undefined
  return (new DataView(ram.buffer, ram.byteOffset + offset, 4).getUint32(0, true) & ~1) >>> 0
}

/**
 * What a call tree is made of, of a processor that was made to tell of branches.
 * @param parts between which branches are told of: functions, or pieces of them
 * @param functionOf each part's, from 1; by default each is one
 * @throws Error for a processor that was not
 */
export function branchSource(
  { cpu, scheduler }: Pick<Machine, 'cpu' | 'scheduler'>,
  parts: readonly CodeRange[],
  functionOf: readonly number[] = parts.map((_, index) => index + 1),
): BranchSource {
  const { branches } = cpu.core
  if (!branches) throw new Error('the processor does not tell of branches')
  branches.setFunctions(parts)
  const functions = Uint16Array.of(0, ...functionOf)
  const { exceptions } = cpu
  const { special } = exceptions
  /** EXC_RETURN says on which stack: B1.5.8. */
  const frameOf = (excReturn: number): number => (excReturn & 4 ? special.psp : special.msp) >>> 0
  return {
    onArrival: (address, callback) =>
      cpu.addProbe(address, () =>
        callback(scheduler.now - cpu.core.fetchedFor, cpu.state.register(13) >>> 0),
      ),
    codeCyclesAt: (cycle) => cpu.codeCyclesAt(cycle),
    functionAt: (address) => functions[branches.functionAt(address)] ?? 0,
    onBranch: (callback) => {
      branches.listener = (from, here, to, target, cycle, stackPointer, kind) =>
        callback(
          functions[here] ?? 0,
          to,
          functions[target] ?? 0,
          cycle,
          stackPointer,
          how[kind],
          from + bytes[kind],
        )
    },
    onException: (enter, leave) => {
      const { onEntry, onReturn } = exceptions
      exceptions.onEntry = (exception, cycle) => {
        onEntry?.(exception, cycle)
        const handler = (cpu.readMemory(exceptions.vectorTable + 4 * exception, 4) & ~1) >>> 0
        const stackPointer = cpu.state.register(13) >>> 0
        enter(exception, handler, frameOf(cpu.state.register(14)), stackPointer, cycle)
      }
      exceptions.onReturn = (exception, cycle) => {
        onReturn?.(exception, cycle)
        const frame = frameOf(cpu.state.word(State.target))
        leave(frame, returnAddressIn(cpu.ram, frame), cycle)
      }
    },
  }
}
