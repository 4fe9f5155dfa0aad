import { AccessWatch, type MemoryAccess } from '../../../emulator/access-watch.ts'
import { disassemble } from '../../../emulator/cpu/debug/disassemble.ts'
import type { CyclesByReason } from '../../../emulator/cpu/timing/reasons.ts'
import type { Machine } from '../../../emulator/machine.ts'
import { hexadecimal } from '../../report/show/format.ts'
import { spanText, type Stretch } from '../instant.ts'
import type { Replay } from '../replay.ts'
import { count, words, type Answer, type Row } from './answer.ts'
import { dataNames } from './data-names.ts'
import { short, showAccesses, showChanges, showReasons } from './trace-text.ts'

const CORE_REGISTERS = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr']
const REGISTERS = [...CORE_REGISTERS, ...Array.from({ length: 32 }, (_, n) => `s${n}`)]

/**
 * Every instruction of a stretch: where, what, for how many cycles and why, the registers that it changed, and the data
 * that it read and wrote.
 */
export function trace(replay: Replay, { from, to }: Stretch, most: number): Answer {
  replay.goTo(from)
  const { machine } = replay.run
  const accesses = new AccessWatch(machine.cpu)
  try {
    const rows = traced(replay, { from, to }, most, accesses)
    return answerOf(rows, from, to, machine.now)
  } finally {
    accesses.detach()
  }
}

function traced(replay: Replay, { to }: Stretch, most: number, watch: AccessWatch): readonly Row[] {
  const { machine } = replay.run
  const { symbols } = replay.image
  const nameOf = dataNames(machine, replay.image)
  const rows: Row[] = []
  while (machine.now < to && rows.length < most) {
    const begin = machine.now
    const reading = machine.reading()
    if (machine.cpu.isSleeping) {
      sleepOn(machine, to)
      rows.push({
        cycle: begin,
        cycles: machine.now - begin,
        address: null,
        place: '',
        instruction: 'asleep',
        changed: '',
        accesses: [],
        reasons: reasonsSince(machine, reading),
      })
      continue
    }
    const pc = machine.readRegister(15) >>> 0
    const before = registersOf(machine)
    const { itState } = machine.cpu.state
    const executed = machine.instructions
    if (machine.cpu.exceptions.isLockedUp) break
    watch.begin()
    // One that something is due in the middle of goes on a piece at a time; another one may take no cycle.
    do machine.run(machine.now + 1)
    while (isAt(machine, pc, executed) && machine.now < to)
    const steps = machine.instructions - executed
    const after = registersOf(machine)
    if (machine.now === begin) break
    const stack = Math.min(before[13] ?? 0, after[13] ?? 0)
    rows.push({
      cycle: begin,
      cycles: machine.now - begin,
      address: hexadecimal(pc),
      place: symbols.describe(pc),
      instruction: steps === 0 ? 'an exception is taken' : instructionsAt(machine, pc, itState, steps),
      changed: changes(before, after),
      accesses: watch.end(steps).map((access) => accessRow(access, nameOf(access.address, stack))),
      reasons: reasonsSince(machine, reading),
    })
  }
  return rows
}

const answerOf = (rows: readonly Row[], from: number, to: number, now: number): Answer => ({
  question: 'Instructions',
  fromCycle: from,
  toCycle: Math.min(now, to),
  columns: [
    { key: 'cycle', title: 'cycle', show: (value) => `+${Number(value) - from}` },
    count('cycles', 'takes'),
    { ...words('address', 'address'), isSpare: true, show: (value) => short(String(value ?? '')) },
    words('instruction', 'instruction'),
    { ...words('changed', 'changes'), show: (value) => showChanges(String(value)) },
    { ...words('accesses', 'reads and writes'), showParts: showAccesses },
    { ...words('reasons', 'why'), isSpare: true, showParts: showReasons },
    { ...words('place', 'in'), isSpare: true },
  ],
  rows,
  notes: now < to ? [`as far as ${spanText(now)}; --limit shows more`] : [],
})

const accessRow = (
  { kind, address, size, value }: MemoryAccess,
  name: string,
): Readonly<Record<string, string | number>> => ({
  kind,
  address: hexadecimal(address),
  bytes: size,
  value: hexadecimal(value, 2 * size),
  name,
})

/** Exact: what had been counted before, taken from what has been now. Empty without the profile. */
function reasonsSince(machine: Machine, before: Float64Array | undefined): Readonly<Record<string, number>> {
  const now = machine.reading()
  const { reasons } = machine.cpu
  if (!now || !before || !reasons) return {}
  const since = now.map((value, i) => value - (before[i] ?? 0))
  const all: CyclesByReason = reasons.of(since)
  return Object.fromEntries(Object.entries(all).filter(([, cycles]) => cycles !== 0))
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
  REGISTERS.map((_, n) =>
    n < CORE_REGISTERS.length
      ? machine.readRegister(n) >>> 0
      : machine.cpu.state.single(n - CORE_REGISTERS.length) >>> 0,
  )

const changes = (before: readonly number[], after: readonly number[]): string =>
  REGISTERS.flatMap((name, n) =>
    before[n] === after[n] ? [] : `${name} ${hexadecimal(after[n] ?? 0)}`,
  ).join(' ')
