import {
  CODE_BYTES,
  Cold,
  FLASH_BYTES,
  RAM_BYTES,
  STATE_END,
  State,
  TABLE,
  addressOf,
  coldOf,
  entryOf,
} from './layout.ts'

export interface SavedState {
  /** Of table addresses among them: where the table began. */
  readonly table: number
  readonly words: Int32Array
  readonly outside: number | null
  readonly itStateOutside: number
}

/** What the interpreter has in its hands while it runs: of no meaning afterwards. */
const PASSING = [
  State.budget,
  State.budgetShift,
  State.before,
  State.instructionCount,
  State.landedCount,
  State.missedCount,
  State.stop,
  State.target,
  State.scratch,
] as const

/** What is of no meaning where it is not of the next instruction. */
const OF_NEXT = [State.itNext, State.landedOn, State.missedOn] as const

/** Written when the processor is made, and never again. */
const MADE = [
  State.flashReadWait,
  State.flashLineMask,
  ...Array.from({ length: 8 }, (_, word) => State.conditions + 4 * word),
]
/** Open, or closed behind the first byte that the MPU forbids. */
const LIMITS = (
  [
    [State.ramReadLimits, RAM_BYTES],
    [State.ramWriteLimits, RAM_BYTES],
    [State.flashReadLimits, FLASH_BYTES],
  ] as const
).flatMap(([at, bytes]) => [0, 1, 2].map((shift) => [at + 4 * shift, bytes >> shift] as const))

const FIRST_WORD = State.registers >> 2
const LAST_WORD = STATE_END >> 2

/** Named access to the processor state that the interpreter keeps in linear memory. */
export class ProcessorState {
  readonly #words: Int32Array
  /** Not saved: the memory that `#words` is of. */
  readonly #bytes: Uint8Array
  /** A PC that is not in flash or RAM: the next fetch faults. */
  #outside: number | undefined
  #itStateOutside = 0

  constructor(/** Not saved: memory. */ readonly buffer: ArrayBuffer) {
    this.#words = new Int32Array(buffer)
    this.#bytes = new Uint8Array(buffer)
  }

  save(): SavedState {
    const words = this.#words.slice(FIRST_WORD, LAST_WORD)
    for (const offset of PASSING) words[(offset >> 2) - FIRST_WORD] = 0
    for (const offset of OF_NEXT)
      if (this.word(offset) !== this.word(State.next)) words[(offset >> 2) - FIRST_WORD] = 0
    if (words[(State.missedOn >> 2) - FIRST_WORD] === 0) words[(State.missedFor >> 2) - FIRST_WORD] = 0
    return {
      table: TABLE,
      words,
      outside: this.#outside ?? null,
      itStateOutside: this.#itStateOutside,
    }
  }

  /** @throws Error for one of a processor whose memory was laid out in another way */
  restore({ table, words, outside, itStateOutside }: SavedState): void {
    if (table !== TABLE || words.length !== LAST_WORD - FIRST_WORD)
      throw new Error('the processor was saved with another layout of its memory')
    this.#check((offset) => words[(offset >> 2) - FIRST_WORD] ?? 0)
    this.#words.set(words, FIRST_WORD)
    this.#outside = outside ?? undefined
    this.#itStateOutside = itStateOutside
  }

  /** What the interpreter relies on without looking. @throws Error for words that no processor of this kind has */
  #check(word: (offset: number) => number): void {
    const isEntry = (entry: number): boolean =>
      entry >= TABLE && entry < TABLE + 8 * CODE_BYTES && (entry - TABLE) % 16 === 0
    const isWhole =
      MADE.every((offset) => word(offset) === this.word(offset)) &&
      LIMITS.every(([offset, most]) => word(offset) >= 0 && word(offset) <= most) &&
      isEntry(word(State.next)) &&
      (word(State.current) === 0 || isEntry(word(State.current))) &&
      word(State.cacheMode) >= 0 &&
      word(State.cacheMode) < 8
    if (!isWhole) throw new Error("the processor's state is of no processor of this kind")
  }

  /** A word at an offset of `State`. */
  word(offset: number): number {
    return this.#words[offset >> 2] ?? 0
  }

  setWord(offset: number, value: number): void {
    this.#words[offset >> 2] = value
  }

  /** R0 to R14, unsigned; R13 is the stack pointer in use. */
  register(n: number): number {
    return this.word(State.registers + 4 * n) >>> 0
  }

  setRegister(n: number, value: number): void {
    this.setWord(State.registers + 4 * n, n === 13 ? value & ~3 : value)
  }

  /** Bits of S0 to S31. */
  single(n: number): number {
    return this.word(State.singles + 4 * n)
  }

  setSingle(n: number, bits: number): void {
    this.setWord(State.singles + 4 * n, bits)
  }

  /** Address of the next instruction. */
  get pc(): number {
    return this.#outside ?? addressOf(this.word(State.next))
  }

  set pc(address: number) {
    const entry = entryOf(address)
    this.#outside = entry === 0 ? address >>> 0 : undefined
    this.#itStateOutside = 0
    this.setWord(State.next, entry === 0 ? TABLE : entry)
    this.setWord(State.current, 0)
    this.setWord(State.itNext, 0)
  }

  /** Goes on past an instruction that completed outside the interpreter, within an IT block if it was in one. */
  advanceTo(address: number): void {
    const wasInItBlock = this.itState !== 0
    const completed = this.isPcOutside ? 0 : this.word(State.next)
    this.pc = address
    // What is below it in another line of the cache is entered from above.
    this.setWord(State.current, completed)
    if (wasInItBlock) this.setWord(State.itNext, this.word(State.next))
  }

  get isPcOutside(): boolean {
    return this.#outside !== undefined
  }

  /** ITSTATE of the next instruction: what the table has there, if execution came through the IT block. */
  get itState(): number {
    const next = this.word(State.next)
    if (this.isPcOutside) return this.#itStateOutside
    return this.word(State.itNext) === next ? (this.#bytes[coldOf(next) + Cold.itState] ?? 0) : 0
  }

  /** ITSTATE that an exception return took to a PC outside. */
  set itStateOutside(itState: number) {
    this.#itStateOutside = itState
  }

  /** N, Z, C, V, Q and GE in their APSR places; B1.4.2. */
  get apsr(): number {
    const flags =
      ((this.word(State.n) >>> 31) << 31) |
      (this.word(State.z) === 0 ? 1 << 30 : 0) |
      ((this.word(State.c) & 1) << 29) |
      ((this.word(State.v) >>> 31) << 28) |
      ((this.word(State.q) & 1) << 27)
    const ge = this.word(State.ge)
    let lanes = 0
    for (let i = 0; i < 4; i++) if ((ge >>> (8 * i)) & 1) lanes |= 1 << i
    return (flags | (lanes << 16)) >>> 0
  }

  set apsr(value: number) {
    this.setWord(State.n, value)
    this.setWord(State.z, value & (1 << 30) ? 0 : 1)
    this.setWord(State.c, (value >>> 29) & 1)
    this.setWord(State.v, value << 3)
    this.setWord(State.q, (value >>> 27) & 1)
    let ge = 0
    for (let i = 0; i < 4; i++) if ((value >>> (16 + i)) & 1) ge |= 0xff << (8 * i)
    this.setWord(State.ge, ge)
  }

  get fpscr(): number {
    return this.word(State.fpscr) >>> 0
  }

  set fpscr(value: number) {
    this.setWord(State.fpscr, value)
  }

  countInstruction(): void {
    const low = (this.word(State.instructions) + 1) | 0
    this.setWord(State.instructions, low)
    if (low === 0) this.setWord(State.instructions + 4, this.word(State.instructions + 4) + 1)
  }

  /** Instructions executed since the processor was made. */
  get instructions(): number {
    return (this.word(State.instructions + 4) >>> 0) * 2 ** 32 + (this.word(State.instructions) >>> 0)
  }
}
