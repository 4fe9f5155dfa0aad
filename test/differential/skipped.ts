import type { TableEntry } from '../../emulator/cpu/instructions/table.ts'

/** Entries that libunicorn cannot judge, and why; sections of the ARMv7-M ARM, DDI 0403. */
export const skipped: readonly { readonly name: RegExp; readonly reason: string }[] = [
  {
    name: /^SVC /,
    reason: 'A7.7.178: takes an exception, which libunicorn leaves to its user; tested in exceptions',
  },
  { name: /^BKPT /, reason: 'A7.7.17: a debug event; every case ends with one' },
  { name: /^UDF /, reason: 'A7.7.194: takes a UsageFault; tested in exceptions' },
  { name: /^WFI /, reason: 'A7.7.262: time stands still until an interrupt, and libunicorn has none' },
  { name: /^WFE /, reason: 'A7.7.261: depends on the event register, which libunicorn has not' },
  {
    name: /YIELD/,
    reason: 'A7.7.263: a hint, executes as NOP; libunicorn 2.0.1 stops with "invalid instruction"',
  },
  { name: /^IT /, reason: 'A7.7.38: is nothing by itself; the family if-then runs it with what it governs' },
]

export const isSkipped = (entry: TableEntry): boolean => skipped.some(({ name }) => name.test(entry.name))
