import type { AccessSize, Address } from '../bus.ts'

/** A word that a register keeps for itself. */
export interface Kept {
  word: number
  readonly reset: number
}

/** One word of the private peripheral bus. */
export interface Register {
  readonly name: string
  readonly read: () => number
  /** `value` has the written bytes in their places and zeros elsewhere; `lanes` is the mask of those bytes. */
  readonly write?: (value: number, lanes: number, size: AccessSize) => void
  /** Code without privilege may use it, or is refused without a fault by the register itself. */
  readonly unprivileged?: boolean
  /** Of one whose owner has no other place for it. */
  readonly kept?: Kept
}

export type RegisterMap = Map<Address, Register>

export const constant = (name: string, value: number): Register => ({ name, read: () => value >>> 0 })

/** A register whose writes replace the bytes written and keep the others. */
export const stored = (name: string, read: () => number, set: (value: number) => void): Register => ({
  name,
  read: () => read() >>> 0,
  write: (value, lanes) => set(((read() & ~lanes) | value) >>> 0),
})

/** A register that only remembers. */
export function remembered(name: string, reset = 0, mask = 0xffff_ffff): Register {
  const kept: Kept = { word: reset, reset }
  return keeping(
    kept,
    stored(
      name,
      () => kept.word,
      (value) => (kept.word = value & mask),
    ),
  )
}

export const keeping = (kept: Kept, register: Register): Register => ({ ...register, kept })

/** Words that registers keep for themselves, as far as they are not as after a reset: by address. */
export interface KeptWords {
  readonly addresses: Uint32Array
  readonly words: Int32Array
}

/** The registers of a map that keep their words themselves. */
export const keepers = (map: RegisterMap): readonly (readonly [Address, Kept])[] =>
  [...map].flatMap(([address, { kept }]) => (kept ? [[address, kept] as const] : []))

export function saveKept(registers: ReturnType<typeof keepers>): KeptWords {
  const changed = registers.filter(([, { word, reset }]) => word !== reset)
  return {
    addresses: Uint32Array.from(changed, ([address]) => address),
    words: Int32Array.from(changed, ([, { word }]) => word),
  }
}

export function restoreKept(registers: ReturnType<typeof keepers>, { addresses, words }: KeptWords): void {
  for (const [address, kept] of registers) {
    const at = addresses.indexOf(address)
    kept.word = at < 0 ? kept.reset : (words[at] ?? 0)
  }
}

/** CoreSight peripheral and component identification, at the end of a 4 kB page: PID4 to 7, PID0 to 3, CID0 to 3. */
export function identification(
  map: RegisterMap,
  base: Address,
  unit: string,
  words: readonly number[],
): void {
  const order = [
    'PID4',
    'PID5',
    'PID6',
    'PID7',
    'PID0',
    'PID1',
    'PID2',
    'PID3',
    'CID0',
    'CID1',
    'CID2',
    'CID3',
  ]
  order.forEach((name, n) => map.set(base + 0xfd0 + 4 * n, constant(`${unit}_${name}`, words[n] ?? 0)))
}

/** A register that is a property of some object. */
export const property = <K extends PropertyKey>(name: string, object: Record<K, number>, key: K): Register =>
  stored(
    name,
    () => object[key],
    (value) => (object[key] = value),
  )
