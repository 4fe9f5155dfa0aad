/**
 * The one linear memory that the WebAssembly interpreter, the loaders and TypeScript share.
 * Processor state first, then guest memory, then the pre-decoded table.
 */
export const FLASH_BASE = 0x0000_0000
export const FLASH_BYTES = 0x10_0000
export const RAM_BASE = 0x2000_0000
export const RAM_BYTES = 0x4_0000
/** The same RAM seen from the code bus; nRF52840 PS 4.2.4. */
export const CODE_RAM_BASE = 0x0080_0000

/** Byte offsets of processor state in linear memory. Words unless said. */
export const State = {
  /** R0 to R15; R15 is only written for instructions that read it as an operand. */
  registers: 0x100,
  /** S0 to S31. */
  singles: 0x140,
  /** N is the sign bit of `n`, Z is `z == 0`, C is `c` (0 or 1), V is the sign bit of `v`. */
  n: 0x1c0,
  z: 0x1c4,
  c: 0x1c8,
  v: 0x1cc,
  /** 0 or 1. */
  q: 0x1d0,
  /** GE[3:0] as a mask of four bytes, 0xFF where set. */
  ge: 0x1d4,
  fpscr: 0x1d8,
  /** Non-zero when the floating-point context is active, enabled and not lazily pending. */
  fpActive: 0x1dc,
  /** Cycles left until the interpreter must return. */
  budget: 0x1e0,
  /** How far the host moved the deadline in its last call, in cycles. */
  budgetShift: 0x1f4,
  /** Table address of the instruction that called out or executed last; 0 when the host has set the PC since. */
  current: 0x1e4,
  /** Table address of the next instruction. */
  next: 0x1e8,
  /** Non-zero after a call out that must not go on. */
  stop: 0x1ec,
  /** Branch target that is outside the table. */
  target: 0x1f0,
  /** The count of instructions of this run, and the budget before the present one, while other functions run. */
  instructionCount: 0x2f0,
  before: 0x2f4,
  /** 64-bit count of executed instructions. */
  instructions: 0x1f8,
  /** Extra cycles of a data read from another line of flash than the one before. */
  flashReadWait: 0x20c,
  /** CCR.UNALIGN_TRP. */
  unalignedTrap: 0x210,
  /** Local exclusive monitor: 0 open, 1 exclusive; and its address. */
  exclusive: 0x214,
  exclusiveAddress: 0x218,
  /** Non-zero when SVC-free code runs in Handler mode: decides whether a BX to 0xFxxxxxxx returns from an exception. */
  handlerMode: 0x21c,
  /** CCR.DIV_0_TRP. */
  divideByZeroTrap: 0x224,
  /** Table address of an instruction whose probe has been seen. */
  probeSeen: 0x220,
  /**
   * How much RAM and flash the fast path may read and write, in units of 1, 2 and 4 bytes; 0 closes it,
   * as the MPU does. Three words each.
   */
  ramReadLimits: 0x230,
  ramWriteLimits: 0x23c,
  flashReadLimits: 0x248,
  /** Carry out of the helper `shiftWithCarry`. */
  shifterCarry: 0x254,
  /** The line of flash that data were read from last, by its address; which bits of an address say the line. */
  flashLine: 0x258,
  flashLineMask: 0x25c,
  /** Sixteen half-words: for each condition, the set of NZCV values that pass. */
  conditions: 0x260,
  /** The instruction cache: 1 on, 2 off, 0 none needed, and 4 more while the flash is busy; the line of the instruction before; how many were missing. */
  cacheMode: 0x2e0,
  cacheLine: 0x2e4,
  cacheMisses: 0x2ec,
  /** The memory of the access before; see `enterSlave`. */
  slave: 0x2f8,
  /** Non-zero while code in RAM is known to execute; without it, such code calls out once. */
  codeInRam: 0x2fc,
  /** Free words for helper functions. */
  scratch: 0x2c0,
  /** Table address that ITSTATE has arrived at: an instruction that the table has in an IT block asks for it. */
  itNext: 0x300,
  /** How many branches are written down in `BRANCHES`. */
  branches: 0x304,
  /** Non-zero while code executes without privilege under the MPU. */
  unprivileged: 0x308,
  /** Table address of the place that a branch led to last, of those that this costs something; see `Core.takeCharged`. */
  landedOn: 0x320,
  /** How many instructions of this run had begun then, and when a line was fetched last. */
  landedCount: 0x32c,
  missedCount: 0x330,
  /** Table address of the instruction that a line was fetched for last, and for how many cycles. */
  missedOn: 0x324,
  missedFor: 0x328,
  /** The sum of each column of `counted`, 64-bit each. */
  totals: 0x380,
} as const

/** Behind the last word of `State`, with room for more. */
export const STATE_END = 0x400

/** Tags of the instruction cache: for each set its lines, the one used last first. */
export const CACHE_TAGS = 0x1000
export const CACHE_TAGS_BYTES = 0x8000
export const FLASH = 0x1_0000
export const RAM = FLASH + FLASH_BYTES
/** One byte for each word of RAM, non-zero once written by the firmware. */
export const TOUCHED = RAM + RAM_BYTES
/** Pre-decoded entries: 16 bytes for each half-word of flash, RAM and code RAM. */
export const TABLE = TOUCHED + RAM_BYTES / 4
export const CODE_BYTES = FLASH_BYTES + 2 * RAM_BYTES
/** Eight further bytes an entry that straight-line code does not need. */
export const COLD = TABLE + CODE_BYTES * 8
/** Sixteen bytes an entry: cycles, executions (64-bit each). */
export const PROFILE = COLD + CODE_BYTES * 4
/** One byte for each line of the instruction cache, which are 4 bytes or more: see `UncachedLines`. */
export const UNCACHED = PROFILE + CODE_BYTES * 8
/** One byte for each line too: of a miss, the cycles that are hidden when it is entered from above. */
export const HIDDEN = UNCACHED + CODE_BYTES / 4
/** FLASH, RAM and TOUCHED as they were last saved: see `MemoryPages`. */
export const SAVED = HIDDEN + CODE_BYTES / 4
/**
 * Four bytes an entry, what is counted in `COUNTS` for the reasons of cycles: when it executes, and when a branch lands
 * on it. Each is a place in `COUNTS`.
 */
export const CLASSES = SAVED + (TABLE - FLASH)
/** Executions and landings that cost the same for the same reasons, 64-bit each: see `CostClasses`. */
export const COUNTS = CLASSES + CODE_BYTES * 2
export const COUNTS_BYTES = 0x1_0000
/** Columns of 64-bit counts for each half-word of code, one for each of `counted`. */
export const COLUMNS = COUNTS + COUNTS_BYTES
export const COLUMN_BYTES = CODE_BYTES * 4
/** What each half-word of code counts beside cycles and executions; most are cycles, see `counting.ts`. */
export const counted = [
  'landed',
  'skipped',
  'data',
  'miss',
  'divide',
  'unaligned',
  'peripheral',
  'contention',
  'busy',
  'interrupted',
] as const
export type Counted = (typeof counted)[number]
/** Of each half-word, the executions that are in `COUNTS`; 64-bit. */
export const SETTLED = COLUMNS + counted.length * COLUMN_BYTES
/** A byte for each line of the instruction cache in which code may have executed that is not, and a list of them. */
export const OPEN_MARKS = SETTLED + COLUMN_BYTES
/** How many those are: a word. */
export const OPEN_COUNT = OPEN_MARKS + CODE_BYTES / 4
export const OPEN_LINES = OPEN_COUNT + 8
/** The same of lines in which something may have been counted since the last snapshot. */
export const UNSAVED_MARKS = OPEN_LINES + CODE_BYTES
export const UNSAVED_COUNT = UNSAVED_MARKS + CODE_BYTES / 4
export const UNSAVED_LINES = UNSAVED_COUNT + 8
/** Two bytes for each half-word of code: which of its counts are in `SLOTS`; see `noteCounts`. */
export const KNOWN_COUNTS = UNSAVED_LINES + CODE_BYTES
/** How many counts by place are other than 0: a word. */
export const SLOT_COUNT = KNOWN_COUNTS + CODE_BYTES
/** Where they are, a word each in the order in which they were found; and what they were when last gathered, 64-bit. */
export const MOST_SLOTS = 1 << 21
export const SLOTS = SLOT_COUNT + 8
export const SLOT_VALUES = SLOTS + 4 * MOST_SLOTS
/** COUNTS, SLOTS and SLOT_VALUES as they were last saved. */
export const SAVED_COUNTS = SLOT_VALUES + 8 * MOST_SLOTS
export const SAVED_SLOTS = SAVED_COUNTS + COUNTS_BYTES
export const SAVED_VALUES = SAVED_SLOTS + 4 * MOST_SLOTS
/** Numbers of pages that have changed, a word each: see `changedPages`. */
export const CHANGED_PAGES = SAVED_VALUES + 8 * MOST_SLOTS
/** Branches that were taken, sixteen bytes each, and which function each half-word is of: see `BranchTrace`. */
export const BRANCHES = CHANGED_PAGES + 0x1_0000
export const MOST_BRANCHES = 4096
export const BRANCH_FUNCTIONS = BRANCHES + 16 * MOST_BRANCHES
export const MEMORY_BYTES = BRANCH_FUNCTIONS + CODE_BYTES
export const MEMORY_PAGES = Math.ceil(MEMORY_BYTES / 0x1_0000)

/** Byte offsets in a table entry. */
export const Entry = {
  handler: 0,
  /** Cycles charged before the instruction executes. */
  cost: 2,
  /** Bytes to the next entry. */
  advance: 3,
  /** Four register operands, as byte offsets, or one 32-bit second immediate. */
  registers: 4,
  immediate: 8,
  /** Two small operands. */
  small: 12,
  /** Further cycles of a taken conditional branch. */
  taken: 14,
  /** Further cycles when this instruction is the target of a branch. */
  entered: 15,
} as const

/** Byte offsets in the classes of an entry. */
export const Class = { executed: 0, landed: 2 } as const

/** Byte offsets in the cold half of an entry. */
export const Cold = {
  /** The handler that a wrapper goes on to. */
  handler: 0,
  /** Bits of `Guard`. */
  guards: 2,
  /** The ITSTATE that this address was last reached with: condition and mask. */
  itState: 3,
  raw: 4,
} as const

/** Who may execute code at an address. */
export type Executable = 'all' | 'privileged' | 'none'

export const Guard = {
  /** In RAM: compare the opcode with memory first. */
  inRam: 1,
  probe: 2,
  readsPc: 4,
  conditional: 8,
  /** The words fetched for it are counted. */
  counted: 16,
  inItBlock: 32,
  /** Only privileged code may execute it. */
  privileged: 64,
} as const

/** Offset of an executable address in units of bytes of the table's address space, or -1. */
export function codeOffset(address: number): number {
  const unsigned = address >>> 0
  if (unsigned < FLASH_BYTES) return unsigned
  if (unsigned - RAM_BASE >= 0 && unsigned - RAM_BASE < RAM_BYTES) return FLASH_BYTES + (unsigned - RAM_BASE)
  if (unsigned - CODE_RAM_BASE >= 0 && unsigned - CODE_RAM_BASE < RAM_BYTES)
    return FLASH_BYTES + RAM_BYTES + (unsigned - CODE_RAM_BASE)
  return -1
}

/** Table address of the entry for an executable address, or 0. */
export function entryOf(address: number): number {
  const offset = codeOffset(address)
  return offset < 0 ? 0 : TABLE + (offset & ~1) * 8
}

export const addressOf = (entry: number): number => codeAddress((entry - TABLE) / 8)

/** The address at an offset that `codeOffset` gave. */
export function codeAddress(offset: number): number {
  if (offset < FLASH_BYTES) return offset
  if (offset < FLASH_BYTES + RAM_BYTES) return RAM_BASE + (offset - FLASH_BYTES)
  return CODE_RAM_BASE + (offset - FLASH_BYTES - RAM_BYTES)
}

/** Address of an entry's executions that are in `COUNTS`. */
export const settledOf = (entry: number): number => SETTLED + (entry - TABLE) / 2

/** Address of the classes of an entry. */
export const classesOf = (entry: number): number => CLASSES + (entry - TABLE) / 4

/** Address of an entry's count in a column. */
export const columnOf = (what: Counted, entry: number): number =>
  COLUMNS + counted.indexOf(what) * COLUMN_BYTES + (entry - TABLE) / 2

/** Address of the cold half of an entry. */
export const coldOf = (entry: number): number => COLD + (entry - TABLE) / 2
