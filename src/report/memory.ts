import {
  heapHighWater,
  stackHighWater,
  stackHighWaterGuess,
  touchedBytes,
} from '../../emulator/probes/memory.ts'
import type { FirmwareImage } from '../image/image.ts'
import type { Observation } from './observation.ts'
import type { MemoryReport } from './run-report.ts'

// Names that the start-up code and linker scripts of CMSIS, Nordic, Arduino (mbed) and Zephyr give them.
const stackTops = ['__StackTop', '__stack', '_estack', '__stack_end__']
const stackLimits = ['__StackLimit', '__stack_limit', '_sstack', '__stack_start__']
const heapStarts = ['__HeapBase', '__heap_start__', '__heap_start', '__end__', 'end', '_end']
const heapLimits = ['__HeapLimit', '__heap_end__', '__heap_end', '__StackLimit']

// Sections by which some linker scripts set the heap's and the stack's place aside.
const isReserve = /^\.(heap|stack)/

/** Flash and RAM by section, and what of arena, stack and heap was ever written. */
export function measureMemory(image: FirmwareImage, { touched, console }: Observation): MemoryReport {
  const { sections } = image
  return {
    flashBytes: sum(sections.map(({ flashBytes }) => flashBytes)),
    staticRamBytes: sum(sections.filter(({ name }) => !isReserve.test(name)).map(({ ramBytes }) => ramBytes)),
    sections,
    arena: arenaOf(image, touched, console.text),
    stack: stackOf(image, touched),
    heap: heapOf(image, touched),
  }
}

type Touched = Observation['touched']

/** The largest variable with "arena" in its name; what TFLM uses of it is what the firmware says itself. */
function arenaOf(image: FirmwareImage, touched: Touched, consoleText: string): MemoryReport['arena'] {
  const [arena] = image.symbols.objectsMatching(/arena/i)
  if (!arena) return null
  const said = /\barena(?: used)?: (\d+)/.exec(consoleText)?.[1]
  return {
    bytes: arena.bytes,
    usedBytes: said === undefined ? null : Number(said),
    writtenBytes: touchedBytes(touched, { start: arena.address, end: arena.address + arena.bytes }),
  }
}

function stackOf(image: FirmwareImage, touched: Touched): MemoryReport['stack'] {
  const end = first(image, stackTops) ?? initialStackPointer(image)
  const start = first(image, stackLimits)
  if (end === undefined) return null
  if (start === undefined || start >= end) {
    return { bytes: null, highWaterBytes: stackHighWaterGuess(touched, end), exact: false }
  }
  return { bytes: end - start, highWaterBytes: stackHighWater(touched, { start, end }), exact: true }
}

function heapOf(image: FirmwareImage, touched: Touched): MemoryReport['heap'] {
  const start = first(image, heapStarts)
  const end = first(image, heapLimits)
  if (start === undefined || end === undefined || end <= start) return null
  return { bytes: end - start, highWaterBytes: heapHighWater(touched, { start, end }) }
}

function initialStackPointer({ segments, vectorTable }: FirmwareImage): number | undefined {
  const segment = segments.find(({ address }) => address === vectorTable)
  return segment && new DataView(segment.bytes.buffer, segment.bytes.byteOffset, 4).getUint32(0, true)
}

const first = (image: FirmwareImage, names: readonly string[]): number | undefined =>
  names.map((name) => image.symbols.value(name)).find((value) => value !== undefined && value >= 0x2000_0000)

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
