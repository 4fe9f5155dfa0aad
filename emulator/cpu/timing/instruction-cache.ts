import { countCycles } from '../counting.ts'
import type { HelperFunction } from '../engine/helpers.ts'
import type { Value } from '../ir.ts'
import {
  CACHE_TAGS,
  CACHE_TAGS_BYTES,
  Entry,
  FLASH_BYTES,
  HIDDEN,
  State,
  TABLE,
  UNCACHED,
} from '../layout.ts'
import type { TimingParameters } from './timing.ts'

/** Geometry of the nRF52840's instruction cache. Not published: see `TimingParameters`. */
export interface CacheGeometry {
  readonly lineBytes: number
  readonly ways: number
  readonly sets: number
  /** Cycles that a miss adds. */
  readonly missCycles: number
  /** Whether fewer are added where the line is entered from above: see `LineAhead`. */
  readonly looksAhead: boolean
}

const isPowerOfTwo = (value: number): boolean =>
  Number.isInteger(value) && value > 0 && (value & (value - 1)) === 0

/** @throws RangeError naming the parameter that cannot be. */
export function cacheGeometry(p: TimingParameters): CacheGeometry | undefined {
  if (p.profile === 'oneCycle') return undefined
  const sets = p.cacheBytes / p.cacheLineBytes / p.cacheWays
  if (!isPowerOfTwo(p.cacheLineBytes) || p.cacheLineBytes < 4)
    throw new RangeError('cacheLineBytes: a power of two from 4')
  if (![1, 2, 4].includes(p.cacheWays)) throw new RangeError('cacheWays: 1, 2 or 4')
  if (!isPowerOfTwo(sets) || sets * p.cacheWays * 4 > CACHE_TAGS_BYTES)
    throw new RangeError('cacheBytes: a power of two, of cacheLineBytes x cacheWays or more')
  return {
    lineBytes: p.cacheLineBytes,
    ways: p.cacheWays,
    sets,
    missCycles: p.cacheMissCycles,
    looksAhead: p.cacheMissAhead > 0,
  }
}

/** The bits of an address that say the line of data read from flash. @throws RangeError */
export function flashLineMask({ flashReadLineBytes: bytes }: TimingParameters): number {
  if (!isPowerOfTwo(bytes) || bytes < 4 || bytes > 4096)
    throw new RangeError('flashReadLineBytes: a power of two from 4 to 4096')
  return -bytes
}

/** Table addresses are eight times code addresses. */
export const lineShift = (geometry: CacheGeometry): number => 3 + Math.log2(geometry.lineBytes)

/**
 * Looks up a line that is not the one its set used last: least recently used goes.
 * Approximated: 1. A line is in the cache from when its first instruction executes; what the prefetch unit's looking
 * ahead hides of a miss is known from the code before it (`LineAhead`).
 */
export const cacheLookup = (geometry: CacheGeometry | undefined): HelperFunction => ({
  name: 'cacheLookup',
  params: ['i32'],
  result: 'i32',
  body: (ir, line) => {
    if (!geometry) {
      ir.return(ir.i32(0))
      return
    }
    const { ways, sets, missCycles, looksAhead } = geometry
    const charge = (cycles: Value): void => {
      countCycles(ir, 'miss', ir.state(State.next), cycles)
      ir.setState(State.missedOn, ir.state(State.next))
      ir.setState(State.missedFor, cycles)
      ir.setState(State.missedCount, ir.state(State.instructionCount))
      ir.return(cycles)
    }
    const endOfFlash = (TABLE + FLASH_BYTES * 8) >>> lineShift(geometry)
    const inFlash = ir.ltU(line, ir.i32(endOfFlash))
    const isBusy = ir.geU(ir.state(State.cacheMode), ir.i32(4))
    ir.if(ir.and(isBusy, inFlash), () => ir.callVoid('awaitFlash'))
    ir.if(ir.and(ir.state(State.cacheMode), ir.i32(2)), () => {
      const isMarked = ir.loadRaw('i32.8_u', line, UNCACHED - (TABLE >>> lineShift(geometry)))
      ir.if(isMarked, () => ir.return(ir.i32(0)))
      ir.return(ir.call('uncachedLine', line))
    })
    const uncached = ir.or(ir.eqz(ir.state(State.cacheMode)), ir.geU(line, ir.i32(endOfFlash)))
    ir.if(uncached, () => ir.return(ir.i32(0)))
    const set = ir.let(ir.mul(ir.and(line, ir.i32(sets - 1)), ir.i32(4 * ways)))
    const tag = (way: number): Value => ir.loadRaw('i32.32', set, CACHE_TAGS + 4 * way)
    const setTag = (way: number, value: Value): void =>
      ir.storeRaw('i32.32', set, CACHE_TAGS + 4 * way, value)
    const tags = Array.from({ length: ways }, (_, way) => ir.let(tag(way)))
    tags.forEach((found, way) =>
      ir.if(ir.eq(found, line), () => {
        for (let i = way; i > 0; i--) setTag(i, tags[i - 1] ?? found)
        setTag(0, line)
        ir.return(ir.i32(0))
      }),
    )
    for (let i = ways - 1; i > 0; i--) setTag(i, tags[i - 1] ?? line)
    setTag(0, line)
    ir.setState(State.cacheMisses, ir.add(ir.state(State.cacheMisses), ir.i32(1)))
    if (looksAhead) {
      const before = ir.let(ir.state(State.current))
      const end = ir.add(before, ir.loadRaw('i32.8_u', before, Entry.advance))
      const follows = ir.and(ir.ne(before, ir.i32(0)), ir.eq(end, ir.state(State.next)))
      const hidden = ir.loadRaw('i32.8_u', line, HIDDEN - (TABLE >>> lineShift(geometry)))
      ir.if(follows, () => charge(ir.let(ir.sub(ir.i32(missCycles), hidden))))
    }
    charge(ir.i32(missCycles))
  },
})
