import type { Scheduler } from '../../emulator/time/scheduler.ts'
import { SeededRandom } from '../../emulator/nrf52840/random.ts'

/** What is wired to a chip from outside, and has to be again to the next one. */
const WIRING = new Set(['attach', 'connect', 'watch', 'watchOutput', 'bus', 'onChange'])
const BUILT_IN = new Set<unknown>([
  Object, Array, Map, Set, Date, RegExp, DataView, ArrayBuffer, Uint8Array, Int8Array, Uint16Array, Int16Array,
  Uint32Array, Int32Array, Float32Array, Float64Array, BigUint64Array,
]) // prettier-ignore
/** How much longer a module stays each time, so that a long test is not all moving. */
const GROWTH = 1.25

type AnyFunction = (...given: unknown[]) => unknown

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !BUILT_IN.has(value.constructor)

/** Alarms and agendas that are pending in a snapshot: the path to each. */
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

export interface Moved {
  /** Undefined when nothing of it happens by itself. */
  readonly scheduler: Scheduler | undefined
  readonly save: () => unknown
  /** Puts a new one in the place of the old. */
  readonly make: () => void
  readonly restore: (state: never) => void
}

/**
 * A module that moves house again and again: what a test holds is a handle; at random between its calls, and between
 * events, the module is saved, and a new one goes on in its place. Whatever is not saved is lost, and the test fails;
 * and what is saved is frozen, so that who changes it fails too.
 */
export class Hopping {
  readonly #moved: Moved
  readonly #random: SeededRandom
  readonly #onHop: (saved: unknown) => void
  readonly #wired: (() => void)[] = []
  /** Nobody outside hears of what a module does while it is made. */
  #isMoving = false
  #hops = 0
  /** Calls and events until it moves. */
  #stays = 0
  /** Calls into the module that are under way: it moves between them only. */
  #depth = 0

  constructor(moved: Moved, seed: number, onHop: (saved: unknown) => void) {
    this.#moved = moved
    this.#random = new SeededRandom(seed)
    this.#onHop = onHop
    const { scheduler } = moved
    if (scheduler === undefined) return
    const runDue = scheduler.runDue.bind(scheduler)
    scheduler.runDue = () => this.#from(() => runDue())
  }

  /** An object that stands for whatever `current` gives at the moment. */
  handle<T extends object>(current: () => T): T {
    const value = (name: string | symbol): unknown => Reflect.get(current(), name, current())
    return new Proxy(current(), {
      get: (_, name) => {
        const found = value(name)
        if (typeof found === 'function')
          return (...given: unknown[]) => this.#from(() => this.#call(current, name, given))
        return this.#handleOf(found, () => value(name))
      },
      set: (_, name, given) => Reflect.set(current(), name, given, current()),
      has: (_, name) => Reflect.has(current(), name),
    })
  }

  /** What a module is given: the same, but silent while one is made. */
  heard(value: unknown): unknown {
    if (typeof value === 'function')
      return (...given: unknown[]) => (this.#isMoving ? undefined : (value as AnyFunction)(...given))
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    return new Proxy(value, {
      get: (target, name) => {
        const part = Reflect.get(target, name, target) as unknown
        if (typeof part !== 'function') return part
        return (...given: unknown[]) => (this.#isMoving ? undefined : (part.apply(target, given) as unknown))
      },
    })
  }

  #handleOf(value: unknown, current: () => unknown): unknown {
    if (isObject(value)) return this.handle(current as () => object)
    if (Array.isArray(value) && value.some(isObject))
      return value.map((one, i) => this.#handleOf(one, () => (current() as unknown[])[i]))
    if (!(value instanceof Map) || ![...value.values()].some(isObject)) return value
    return new Map(
      [...(value as Map<unknown, unknown>)].map(([key, one]) => [
        key,
        this.#handleOf(one, () => (current() as Map<unknown, unknown>).get(key)),
      ]),
    )
  }

  #call(current: () => object, name: string | symbol, given: readonly unknown[]): unknown {
    const call = (all: readonly unknown[]): unknown =>
      (Reflect.get(current(), name, current()) as AnyFunction).apply(current(), [...all])
    const isCourse = name === 'set' && typeof given[1] === 'function'
    if (typeof name !== 'string' || (!WIRING.has(name) && !isCourse)) return call(given)
    const heard = given.map((one) => (typeof one === 'function' ? this.heard(one) : one))
    this.#wired.push(() => void call(heard))
    const result = call(heard)
    // Asked for again it is the same, of the module that is there then.
    return isObject(result) ? this.handle(() => call(given) as object) : result
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
    const { scheduler, save, make, restore } = this.#moved
    const time = scheduler?.save()
    const saved = save()
    freeze(saved)
    this.#onHop(saved)
    this.#isMoving = true
    make()
    for (const wire of this.#wired) wire()
    this.#isMoving = false
    if (time) scheduler?.restore(time)
    restore(saved as never)
  }
}
