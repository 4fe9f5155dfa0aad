import { touchedBytes } from '../../../emulator/probes/memory.ts'
import type { FirmwareImage } from '../../image/image.ts'
import { isInRam } from '../../tflm/memory.ts'
import type { ObservedArena, Observation } from '../observation.ts'
import { nameOf, variableName } from './places.ts'
import type { ArenaReport } from '../run-report.ts'

/** From the allocators; where they cannot be read, from what is known of a variable that is called arena. */
export function describeArenas(image: FirmwareImage, observation: Observation): readonly ArenaReport[] {
  const { arenas, touchedSinceMain } = observation
  const read = arenas.map((arena) => describe(arena, image, touchedSinceMain))
  const unread = read.filter(({ source }) => source === 'unknown')
  if (read.length > unread.length) return read
  const recorded = recordings(observation.console.text)
  if (recorded.length > 0) return recorded
  const named = variables(image, touchedSinceMain, unread[0]?.unknown ?? noInterpreter)
  return named.length > 0 ? named : read
}

const noInterpreter = "no interpreter's allocator could be read"

function describe(
  { view, allocator, stackPointer, interpreters }: ObservedArena,
  image: FirmwareImage,
  touched: Observation['touchedSinceMain'],
): ArenaReport {
  if (typeof view === 'string') {
    return {
      ...nothing,
      name: `of the allocator at ${nameOf(image, allocator, stackPointer)}`,
      source: 'unknown',
      unknown: view,
      interpreters,
    }
  }
  const { ranges, nonPersistentBytes, persistentBytes, temporaryBytes } = view
  return {
    name: [...new Set(ranges.map(({ start }) => nameOf(image, start, stackPointer)))].join(', '),
    address: ranges[0]?.start ?? null,
    bytes: sum(ranges.map(({ start, end }) => end - start)),
    usedBytes: nonPersistentBytes + persistentBytes,
    nonPersistentBytes,
    persistentBytes,
    temporaryBytes,
    writtenBytes: touched ? sum(ranges.map((range) => touchedBytes(touched, range))) : null,
    source: 'allocator',
    unknown: touched ? null : noMain,
    interpreters,
  }
}

const noMain =
  'no symbol main: start-up code that clears memory cannot be told from the firmware’s own writes'

const nothing = {
  address: null,
  bytes: null,
  usedBytes: null,
  nonPersistentBytes: null,
  persistentBytes: null,
  temporaryBytes: null,
  writtenBytes: null,
} as const

/** RecordingMicroAllocator::PrintAllocations, of TFLM: the last of each allocator's that it printed. */
function recordings(text: string): readonly ArenaReport[] {
  const print = (part: string): string =>
    `\\[RecordingMicroAllocator\\] Arena allocation ${part} (\\d+) bytes`
  const all = new RegExp(`${print('total')}\\s+${print('head')}\\s+${print('tail')}`, 'g')
  return [...text.matchAll(all)].map((match, i) => {
    const [total = 0, head = 0, tail = 0] = match.slice(1).map(Number)
    return {
      ...nothing,
      name: `recorded ${i}`,
      usedBytes: total,
      nonPersistentBytes: head,
      persistentBytes: tail,
      source: 'recording allocator output',
      unknown: noInterpreter,
      interpreters: [],
    }
  })
}

function variables(
  image: FirmwareImage,
  touched: Observation['touchedSinceMain'],
  unknown: string,
): readonly ArenaReport[] {
  return image.symbols
    .objectsMatching(/arena/i)
    .filter(
      ({ address, bytes, name }) => isInRam(address) && bytes >= SMALLEST_ARENA && !name.startsWith('_ZTV'),
    )
    .map(({ name, address, bytes }): ArenaReport => {
      const written = touched ? touchedBytes(touched, { start: address, end: address + bytes }) : null
      return {
        ...nothing,
        name: variableName(name),
        address,
        bytes,
        usedBytes: written,
        writtenBytes: written,
        source: written === null ? 'unknown' : 'written since main',
        unknown: written === null ? `${unknown}; ${noMain}` : unknown,
        interpreters: [],
      }
    })
}

/** Pointers and sizes have arena in their names too. */
const SMALLEST_ARENA = 256

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
