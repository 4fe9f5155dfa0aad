import { disassemble } from '../../../emulator/cpu/debug/disassemble.ts'
import type { Machine } from '../../../emulator/machine.ts'
import { hexadecimal } from '../../report/show/format.ts'
import { spanText, type Stretch } from '../instant.ts'
import type { Replay } from '../replay.ts'
import { count, words, type Answer, type Cell } from './answer.ts'

const NAMES = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr'] as const

type Row = Readonly<Record<string, Cell>>

/** Every instruction of a stretch: where, what, for how many cycles, and the registers that it changed. */
export function trace(replay: Replay, { from, to }: Stretch, most: number): Answer {
  replay.goTo(from)
  const { machine } = replay.run
  const { symbols } = replay.image
  const rows: Row[] = []
  while (machine.now < to && rows.length < most) {
    const begin = machine.now
    if (machine.cpu.isSleeping) {
      sleepOn(machine, to)
      rows.push({
        cycle: begin,
        cycles: machine.now - begin,
        address: null,
        place: '',
        instruction: 'asleep',
        changed: '',
      })
      continue
    }
    const pc = machine.readRegister(15) >>> 0
    const before = registersOf(machine)
    const { itState } = machine.cpu.state
    const executed = machine.instructions
    if (machine.cpu.exceptions.isLockedUp) break
    // One that something is due in the middle of goes on a piece at a time; another one may take no cycle.
    do machine.run(machine.now + 1)
    while (isAt(machine, pc, executed) && machine.now < to)
    const steps = machine.instructions - executed
    const after = registersOf(machine)
    if (machine.now === begin) break
    rows.push({
      cycle: begin,
      cycles: machine.now - begin,
      address: hexadecimal(pc),
      place: symbols.describe(pc),
      instruction: steps === 0 ? 'an exception is taken' : instructionsAt(machine, pc, itState, steps),
      changed: changes(before, after),
    })
  }
  const isCut = machine.now < to
  return {
    question: 'Instructions',
    fromCycle: from,
    toCycle: Math.min(machine.now, to),
    columns: [
      { key: 'cycle', title: 'cycle', show: (value) => `+${Number(value) - from}` },
      count('cycles', 'takes'),
      { ...words('address', 'address'), isSpare: true },
      words('instruction', 'instruction'),
      words('changed', 'changes'),
      { ...words('place', 'in'), isSpare: true },
    ],
    rows,
    notes: isCut ? [`as far as ${spanText(machine.now)}; --limit shows more`] : [],
  }
}

/** Neither has anything been executed since, nor an exception been taken, nor has it locked up. */
const isAt = (machine: Machine, pc: number, executed: number): boolean =>
  machine.instructions === executed && machine.cpu.state.pc === pc && !machine.cpu.exceptions.isLockedUp

/** So many that were executed one after the other: all but the last take no cycle. */
function instructionsAt(machine: Machine, pc: number, itState: number, steps: number): string {
  const { decoder } = machine.cpu.core
  const texts: string[] = []
  for (let step = 0, at = pc; step < steps; step++) {
    const found = decoder.instructionAt(at, step === 0 ? itState : 0)
    if (!found) break
    texts.push(disassemble(found, step === 0 ? itState : 0))
    at += found.width / 8
  }
  return texts.join('; ')
}

/** Time passes to the next event, and not beyond the stretch. */
function sleepOn(machine: Machine, to: number): void {
  const next = Math.min(machine.scheduler.nextDue, to)
  machine.run(Math.max(next, machine.now + 1), true)
}

const registersOf = (machine: Machine): readonly number[] =>
  NAMES.map((_, n) => machine.readRegister(n) >>> 0)

const changes = (before: readonly number[], after: readonly number[]): string =>
  NAMES.flatMap((name, n) => (before[n] === after[n] ? [] : `${name} ${hexadecimal(after[n] ?? 0)}`)).join(
    ' ',
  )
