import type { TimingClass } from '../../instructions/table.ts'
import { addressOf } from '../../layout.ts'
import type { Timed } from './timed.ts'

const leaves: ReadonlySet<TimingClass> = new Set(['branch', 'branchRegister', 'tableBranch', 'loadPc'])
const conditional: ReadonlySet<TimingClass> = new Set(['branchConditional', 'compareAndBranch'])

const loadsPc = ({ decoded }: Timed): boolean => decoded['R'] === 1
const leavesIfExecuted = (one: Timed): boolean => leaves.has(one.entry.definition.timing) || loadsPc(one)
/** Within an IT block, under another condition than always. */
const isConditional = ({ itState }: Timed): boolean => itState !== 0 && itState >>> 4 < 14

export const isBranch = (one: Timed): boolean =>
  leavesIfExecuted(one) || conditional.has(one.entry.definition.timing)
/** Whether what stands below can follow straight on. */
export const goesOn = (one: Timed): boolean => !leavesIfExecuted(one) || isConditional(one)
export const next = ({ address, entry }: Timed): number => address + entry.width / 8

const isCall = ({ entry }: Timed): boolean =>
  entry.definition.name === 'BL' || entry.definition.name.startsWith('BLX')

/** ITAdvance(), A7.3.2. */
const itAdvance = (state: number): number => ((state & 7) === 0 ? 0 : (state & 0xe0) | ((state << 1) & 0x1f))

const after = ({ entry, opcode, itState }: Timed): number =>
  entry.definition.timing === 'ifThen' ? opcode & 0xff : itAdvance(itState)

export interface Explored {
  /** What is new, by address. */
  readonly code: readonly Timed[]
  /** Where its branches land, and what calls return to. */
  readonly targets: readonly number[]
}

/** The instructions of a `CodeMap`, in the order in which they were found. */
export interface SavedCodeMap {
  readonly addresses: Uint32Array
  readonly opcodes: Uint32Array
  readonly itStates: Uint8Array
}

/** The instructions that can be reached from those that were decoded, as far as it does not take a register's value. */
export class CodeMap {
  readonly #known = new Map<number, Timed>()

  /** Grows with each change. Not saved: it says whether `save` gives something new. */
  changes = 0
  #saved: { readonly changes: number; readonly map: SavedCodeMap } | undefined

  constructor(private readonly at: (address: number, itState?: number) => Timed | undefined) {}

  /** The same object while nothing has changed. */
  save(): SavedCodeMap {
    if (this.#saved?.changes === this.changes) return this.#saved.map
    const { size } = this.#known
    const map = {
      addresses: new Uint32Array(size),
      opcodes: new Uint32Array(size),
      itStates: new Uint8Array(size),
    }
    let i = 0
    for (const { address, opcode, itState } of this.#known.values()) {
      map.addresses[i] = address
      map.opcodes[i] = opcode
      map.itStates[i++] = itState
    }
    this.#saved = { changes: this.changes, map }
    return map
  }

  /** @param instruction what an opcode says, whatever stands in memory now */
  restore(
    saved: SavedCodeMap,
    instruction: (address: number, opcode: number, itState: number) => Timed | undefined,
  ): void {
    if (this.#saved?.map === saved && this.#saved.changes === this.changes) return
    const { addresses, opcodes, itStates } = saved
    this.#known.clear()
    addresses.forEach((address, i) => {
      const one = instruction(address, opcodes[i] ?? 0, itStates[i] ?? 0)
      if (one) this.#known.set(address, one)
    })
    this.changes += 1
    this.#saved = { changes: this.changes, map: saved }
  }

  get(address: number): Timed | undefined {
    return this.#known.get(address)
  }

  /** Follows all ways on from an instruction, but not into functions that it calls. */
  explore(root: Timed): Explored {
    const known = this.#known.get(root.address)
    if (known?.opcode === root.opcode && known.itState === root.itState) return { code: [], targets: [] }
    this.changes += 1
    this.#known.delete(root.address)
    const code: Timed[] = []
    const targets: number[] = []
    const ways: (readonly [address: number, itState: number])[] = [[root.address, root.itState]]
    for (let way = ways.pop(); way; way = ways.pop()) {
      const [address, itState] = way
      if (this.#known.has(address)) continue
      const one = address === root.address ? root : this.at(address, itState)
      if (!one) continue
      this.#known.set(address, one)
      code.push(one)
      if (goesOn(one)) ways.push([next(one), after(one)])
      else if (isCall(one)) {
        ways.push([next(one), 0])
        targets.push(next(one))
      }
      if (one.decoded['X'] !== 0 || isCall(one)) continue
      const target = addressOf(one.decoded['imm'] ?? 0)
      ways.push([target, 0])
      targets.push(target)
    }
    return { code: code.sort((a, b) => a.address - b.address), targets }
  }

  forget(address: number, length: number): void {
    const { size } = this.#known
    if (length > this.#known.size) {
      for (const key of this.#known.keys())
        if (key >= address && key < address + length) this.#known.delete(key)
    } else for (let i = 0; i < length; i += 2) this.#known.delete(address + i)
    if (this.#known.size !== size) this.changes += 1
  }

  forgetAll(): void {
    this.changes += 1
    this.#known.clear()
  }
}
