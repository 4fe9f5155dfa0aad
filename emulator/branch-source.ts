import { BranchKind } from './cpu/engine/branch-trace.ts'
import { State } from './cpu/layout.ts'
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

/** What a call tree is made of, of a processor that was made to tell of branches. @throws Error for one that was not */
export function branchSource(
  { cpu, scheduler }: Pick<Machine, 'cpu' | 'scheduler'>,
  functions: readonly CodeRange[],
): BranchSource {
  const { branches } = cpu.core
  if (!branches) throw new Error('the processor does not tell of branches')
  branches.setFunctions(functions)
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
    functionAt: (address) => branches.functionAt(address),
    onBranch: (callback) => {
      branches.listener = (from, to, cycle, stackPointer, kind) =>
        callback(from, to, cycle, stackPointer, how[kind], bytes[kind])
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
        leave(frameOf(cpu.state.word(State.target)), cycle)
      }
    },
  }
}
