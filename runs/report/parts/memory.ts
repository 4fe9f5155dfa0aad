import { heapHighWater, stackHighWater, stackHighWaterGuess } from '../../../emulator/probes/memory.ts'
import type { FirmwareImage } from '../../image/image.ts'
import { wordIn } from '../../image/memory-map.ts'
import { describeArenas } from './arenas.ts'
import type { Observation } from '../observation.ts'
import { firstOf, heapLimits, heapStarts, stackLimits, stackTops } from './places.ts'
import type { MemoryReport } from '../run-report.ts'

// Sections by which some linker scripts set the heap's and the stack's place aside.
const isReserve = /^\.(heap|stack)/

/** Flash and RAM by section, and what of arena, stack and heap was ever written. */
export function measureMemory(image: FirmwareImage, observation: Observation): MemoryReport {
  const { touched } = observation
  const { sections } = image
  return {
    flashBytes: sum(sections.map(({ flashBytes }) => flashBytes)),
    staticRamBytes:
      image.elf === undefined
        ? null
        : sum(sections.filter(({ name }) => !isReserve.test(name)).map(({ ramBytes }) => ramBytes)),
    sections,
    arenas: describeArenas(image, observation),
    stack: stackOf(image, touched),
    heap: heapOf(image, touched),
  }
}

type Touched = Observation['touched']

function stackOf(image: FirmwareImage, touched: Touched): MemoryReport['stack'] {
  const end = firstOf(image, stackTops) ?? wordIn(image.segments)(image.vectorTable)
  const start = firstOf(image, stackLimits)
  if (end === undefined) return null
  if (start === undefined || start >= end) {
    return { bytes: null, highWaterBytes: stackHighWaterGuess(touched, end), exact: false }
  }
  return { bytes: end - start, highWaterBytes: stackHighWater(touched, { start, end }), exact: true }
}

function heapOf(image: FirmwareImage, touched: Touched): MemoryReport['heap'] {
  const start = firstOf(image, heapStarts)
  const end = firstOf(image, heapLimits)
  if (start === undefined || end === undefined || end <= start) return null
  return { bytes: end - start, highWaterBytes: heapHighWater(touched, { start, end }) }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
