import { lastAt } from '../../emulator/last-at.ts'
import type { ElfSymbol } from './elf.ts'
import { demangle } from './demangle.ts'

export interface FunctionRange {
  /** Demangled. */
  readonly name: string
  readonly mangled: string
  readonly start: number
  /** First address after it. */
  readonly end: number
}

/** What the names in an image say about addresses. */
export class SymbolTable {
  readonly functions: readonly FunctionRange[]
  readonly #objects: readonly ElfSymbol[]
  readonly #objectsAt = new Map<number, ElfSymbol | undefined>()
  readonly #byName: ReadonlyMap<string, ElfSymbol>

  /**
   * @param symbols in any order
   * @param codeEnd first address after the code that contains an address; bounds symbols without a size
   */
  constructor(
    symbols: readonly ElfSymbol[],
    codeEnd: (address: number) => number | undefined = () => undefined,
  ) {
    this.functions = functionRanges(symbols, codeEnd)
    this.#objects = symbols.filter((symbol) => symbol.kind === 'object')
    this.#byName = new Map([...symbols].reverse().map((symbol) => [symbol.name, symbol]))
  }

  get isEmpty(): boolean {
    return this.functions.length === 0
  }

  /** The function that holds an address (Thumb bit ignored). */
  functionAt(address: number): FunctionRange | undefined {
    const wanted = (address & ~1) >>> 0
    const { functions } = this
    const found = functions[lastAt(functions.length, (i) => functions[i]?.start, wanted)]
    return found && wanted < found.end ? found : undefined
  }

  /** `name+0x12`, or the bare address. */
  describe(address: number): string {
    const found = this.functionAt(address)
    if (!found) return `0x${(address >>> 0).toString(16)}`
    const offset = (address & ~1) - found.start
    return offset === 0 ? found.name : `${found.name}+0x${offset.toString(16)}`
  }

  /** The variable or constant that holds an address, or the bare address. */
  describeData(address: number): string {
    const found = this.#objects.find((one) => address >= one.address && address < one.address + one.bytes)
    if (!found) return `0x${(address >>> 0).toString(16)}`
    const offset = address - found.address
    return offset === 0 ? demangle(found.name) : `${demangle(found.name)}+0x${offset.toString(16)}`
  }

  /** A linker-script or C symbol by its exact name. */
  value(name: string): number | undefined {
    return this.#byName.get(name)?.address
  }

  functionsMatching(pattern: RegExp): readonly FunctionRange[] {
    return this.functions.filter(({ name }) => pattern.test(name))
  }

  /** Size of the variable or constant that begins at an address; undefined where none is known to. */
  objectBytesAt(address: number): number | undefined {
    return this.#objects.find((symbol) => symbol.address === address && symbol.bytes > 0)?.bytes
  }

  /** The variable or constant that holds an address. */
  objectAt(address: number): ElfSymbol | undefined {
    if (this.#objectsAt.has(address)) return this.#objectsAt.get(address)
    const holds = (one: ElfSymbol): boolean => address >= one.address && address < one.address + one.bytes
    const [smallest] = this.#objects
      .filter(holds)
      .sort((a, b) => a.bytes - b.bytes || (a.name < b.name ? -1 : 1))
    this.#objectsAt.set(address, smallest)
    return smallest
  }

  /** Variables whose demangled name matches, largest first. */
  objectsMatching(pattern: RegExp): readonly ElfSymbol[] {
    return this.#objects.filter(({ name }) => pattern.test(demangle(name))).sort((a, b) => b.bytes - a.bytes)
  }
}

function functionRanges(
  symbols: readonly ElfSymbol[],
  codeEnd: (address: number) => number | undefined,
): readonly FunctionRange[] {
  const typed = symbols.filter(({ kind, section }) => kind === 'function' && section < 0xff00)
  const code = [...typed, ...freeLabels(symbols, typed)]
  const best = new Map<number, ElfSymbol>()
  for (const symbol of code) {
    const other = best.get(symbol.address)
    if (!other || rank(symbol) < rank(other) || (rank(symbol) === rank(other) && symbol.name < other.name)) {
      best.set(symbol.address, symbol)
    }
  }
  const sorted = [...best.values()].sort((a, b) => a.address - b.address)
  return sorted.map((symbol, index) => {
    const next = sorted[index + 1]?.address ?? Infinity
    const size =
      symbol.bytes > 0 ? symbol.address + symbol.bytes : (codeEnd(symbol.address) ?? symbol.address + 2)
    return {
      name: demangle(symbol.name),
      mangled: symbol.name,
      start: symbol.address,
      end: Math.max(Math.min(next, size), symbol.address + 2),
    }
  })
}

/** Labels that lie in no function of known size: functions in assembly without a `.type` directive. */
function freeLabels(symbols: readonly ElfSymbol[], typed: readonly ElfSymbol[]): readonly ElfSymbol[] {
  const sized = typed.filter(({ bytes }) => bytes > 0).sort((a, b) => a.address - b.address)
  let index = 0
  return symbols
    .filter(({ kind }) => kind === 'label')
    .sort((a, b) => a.address - b.address)
    .filter(({ address }) => {
      while ((sized[index + 1]?.address ?? Infinity) <= address) index += 1
      const before = sized[index]
      return !before || address < before.address || address >= before.address + before.bytes
    })
}

/** Of several names for one address: a function's, the one with a size, the strong one. Linkers' labels begin with `_`. */
const rank = (symbol: ElfSymbol): number =>
  (symbol.kind === 'label' ? (symbol.name.startsWith('_') ? 16 : 8) : 0) +
  (symbol.bytes > 0 ? 0 : 4) +
  { global: 0, local: 1, weak: 2 }[symbol.binding]
