import type { Board, createBoard } from '../../emulator/boards/board.ts'
import type { Chip, ChipOptions, createChip } from '../../emulator/nrf52840/chip.ts'
import { SeededRandom } from '../../emulator/nrf52840/random.ts'
import type { Sections } from '../../emulator/snapshot/sections.ts'

/** What is wired to a chip from outside, and has to be again to the next one. */
const WIRING = new Set(['attach', 'connect', 'watch', 'watchOutput', 'bus', 'onChange'])
const BUILT_IN = new Set<unknown>([
  Object, Array, Map, Set, Date, RegExp, DataView, ArrayBuffer, Uint8Array, Int8Array, Uint16Array, Int16Array,
  Uint32Array, Int32Array, Float32Array, Float64Array, BigUint64Array,
]) // prettier-ignore

/** How much longer a chip stays each time, so that a long test is not all moving. */
const GROWTH = 1.25

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !BUILT_IN.has(value.constructor)

/** Alarms and agendas that are pending in a snapshot, by the path to each. */
export const pendingIn = (state: unknown, path = ''): readonly string[] => {
  if (typeof state !== 'object' || state === null || ArrayBuffer.isView(state)) return []
  if ('due' in state && 'order' in state) return [path]
  return Object.entries(state).flatMap(([key, value]) =>
    pendingIn(value, Array.isArray(state) ? path : path === '' ? key : `${path}.${key}`),
  )
}

const freeze = (state: unknown): void => {
  if (typeof state !== 'object' || state === null || ArrayBuffer.isView(state)) return
  Object.freeze(state)
  for (const value of Object.values(state)) freeze(value)
}

/**
 * Chips and boards that move house again and again: what a test holds is a handle; at random between its calls, and
 * between events, the chip is saved, and a new one goes on in its place. Whatever is not saved is lost, and the test fails.
 */
export class Hopping {
  /** Everything that was pending when a chip moved. */
  readonly pending = new Set<string>()
  hops = 0
  #made = 0
  readonly #create: typeof createChip
  readonly #createBoard: typeof createBoard
  readonly #houses = new WeakMap<object, House>()

  constructor(create: typeof createChip, board: typeof createBoard) {
    this.#create = create
    this.#createBoard = board
  }

  readonly createChip: typeof createChip = (options) => {
    const onHop = (saved: Sections): void => {
      this.hops += 1
      for (const name of pendingIn(saved)) this.pending.add(name)
    }
    const house = new House(options, this.#create, this.#createBoard, onHop, ++this.#made)
    const handle = house.handle(() => house.chip)
    this.#houses.set(handle, house)
    return handle
  }

  readonly createBoard: typeof createBoard = (chip, ...further) => {
    const house = this.#houses.get(chip)
    if (house === undefined) throw new Error('a board for a chip that nobody knows')
    house.solder(further)
    return house.handle(() => house.board)
  }
}

type Soldered = Parameters<typeof createBoard> extends [unknown, ...infer Further] ? Further : never

class House {
  chip: Chip
  #board: Board | undefined
  #soldered: Soldered | undefined
  readonly #options: ChipOptions
  readonly #create: typeof createChip
  readonly #createBoard: typeof createBoard
  readonly #onHop: (saved: Sections) => void
  readonly #wired: (() => void)[] = []
  /** Nobody outside hears of what a chip does while it is made. */
  #isMoving = false
  readonly #random: SeededRandom
  #hops = 0
  /** Calls and events until it moves. */
  #stays = 0
  /** Calls into the chip that are under way: it moves between them only. */
  #depth = 0

  constructor(
    options: ChipOptions,
    create: typeof createChip,
    board: typeof createBoard,
    onHop: (saved: Sections) => void,
    seed: number,
  ) {
    this.#random = new SeededRandom(seed)
    const { scheduler } = options
    this.#create = create
    this.#createBoard = board
    this.#onHop = onHop
    this.#options = Object.fromEntries(
      Object.entries(options).map(([key, value]) => [key, key === 'scheduler' ? value : this.#heard(value)]),
    ) as unknown as ChipOptions
    this.chip = create(this.#options)
    const runDue = scheduler.runDue.bind(scheduler)
    scheduler.runDue = () => this.#from(() => runDue())
  }

  get board(): Board {
    if (this.#board === undefined) throw new Error('no board yet')
    return this.#board
  }

  solder(further: Soldered): void {
    this.#soldered = further
    this.#board = this.#createBoard(this.chip, ...further)
  }

  /** An object that stands for whatever `current` gives at the moment. */
  handle<T extends object>(current: () => T): T {
    const get = (_: T, name: string | symbol): unknown => {
      const value = Reflect.get(current(), name, current()) as unknown
      if (typeof value === 'function') {
        return (...given: unknown[]) => this.#from(() => this.#call(current, name, given))
      }
      return this.#handleOf(value, () => Reflect.get(current(), name, current()) as unknown)
    }
    return new Proxy(current(), {
      get,
      set: (_, name, value) => Reflect.set(current(), name, value, current()),
      has: (_, name) => Reflect.has(current(), name),
    })
  }

  #handleOf(value: unknown, current: () => unknown): unknown {
    if (isObject(value)) return this.handle(current as () => object)
    if (Array.isArray(value) && value.some(isObject))
      return value.map((_, i) => this.#handleOf(value[i], () => (current() as unknown[])[i]))
    if (value instanceof Map && [...value.values()].some(isObject))
      return new Map(
        [...value.keys()].map((key) => [
          key,
          this.#handleOf(value.get(key), () => (current() as Map<unknown, unknown>).get(key)),
        ]),
      )
    return value
  }

  #call(current: () => object, name: string | symbol, given: readonly unknown[]): unknown {
    const call = (arguments_: readonly unknown[]): unknown =>
      (Reflect.get(current(), name, current()) as (...all: unknown[]) => unknown).apply(
        current(),
        arguments_ as unknown[],
      )
    const isCourse = name === 'set' && typeof given[1] === 'function'
    if (typeof name !== 'string' || (!WIRING.has(name) && !isCourse)) return call(given)
    const heard = given.map((one) => (typeof one === 'function' ? this.#heard(one) : one))
    this.#wired.push(() => void call(heard))
    const result = call(heard)
    // Asked for again it is the same, of the chip that is there then.
    return isObject(result) ? this.handle(() => call(given) as object) : result
  }

  /** The same, but silent while a chip is made. */
  #heard(value: unknown): unknown {
    if (typeof value === 'function')
      return (...given: unknown[]) =>
        this.#isMoving ? undefined : (value as (...all: unknown[]) => unknown)(...given)
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    return new Proxy(value, {
      get: (target, name) => {
        const part = Reflect.get(target, name, target) as unknown
        if (typeof part !== 'function') return part
        return (...given: unknown[]) => (this.#isMoving ? undefined : (part.apply(target, given) as unknown))
      },
    })
  }

  #from<T>(act: () => T): T {
    if (this.#depth === 0 && this.#stays-- <= 0) {
      this.#hop()
      this.#stays = (this.#random.next() / 2 ** 32) * GROWTH ** this.#hops
      this.#hops += 1
    }
    this.#depth += 1
    try {
      return act()
    } finally {
      this.#depth -= 1
    }
  }

  #hop(): void {
    const { scheduler } = this.#options
    const time = scheduler.save()
    const saved = [this.chip.save(), this.#board?.save() ?? {}] as const
    freeze(saved)
    this.#onHop({ ...saved[0], ...saved[1] })
    this.#isMoving = true
    this.chip = this.#create(this.#options)
    if (this.#soldered) this.#board = this.#createBoard(this.chip, ...this.#soldered)
    for (const wire of this.#wired) wire()
    this.#isMoving = false
    scheduler.restore(time)
    this.chip.restore(saved[0])
    this.#board?.restore(saved[1])
  }
}
