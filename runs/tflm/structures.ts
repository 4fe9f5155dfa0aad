import type { StructLayouts } from '../image/debug-types.ts'
import { structLayouts } from '../image/debug-types.ts'
import type { FirmwareImage } from '../image/image.ts'
import { UserError } from '../errors.ts'
import { generations } from './generations.ts'
import type { Structures } from './generations.ts'

/** C structures, which some generations have in namespace tflite. */
const plain = [
  'TfLiteContext',
  'TfLiteNode',
  'TfLiteRegistration',
  'TfLiteRegistration_V1',
  'TFLMRegistration',
  'NodeAndRegistration',
]
const classes = [
  'SubgraphAllocations',
  'MicroInterpreter',
  'MicroInterpreterContext',
  'MicroContext',
  'internal::ContextHelper',
  'MicroGraph',
  'MicroInterpreterGraph',
  'MicroAllocator',
  'SimpleMemoryAllocator',
  'SingleArenaBufferAllocator',
  'PersistentArenaBufferAllocator',
  'NonPersistentArenaBufferAllocator',
]

const wanted = [...plain, ...[...plain, ...classes].map((name) => `tflite::${name}`)]

/** Units that know them all: a class with virtual functions is described where its vtable is, and nowhere else. */
const informed = /micro_(interpreter|allocator|graph|context)|(buffer|memory)_allocator/

/**
 * What the firmware itself says of its structures, then what the generations of TFLM had. The first whose checks hold
 * is the one: see interpreter.ts.
 */
export function knownStructures(image: Pick<FirmwareImage, 'file' | 'elf'>): readonly Structures[] {
  const own = debugLayouts(image)
  if (Object.keys(own).length === 0) return generations
  return [
    { source: "the firmware's debug information", isOwn: true, layouts: own },
    // Where only part of the firmware has debug information, that part overrides.
    ...generations.map((one) => ({ ...one, layouts: { ...one.layouts, ...own } })),
  ]
}

function debugLayouts(image: Pick<FirmwareImage, 'file' | 'elf'>): StructLayouts {
  try {
    return structLayouts(image, wanted, informed)
  } catch (error) {
    if (error instanceof UserError) return {}
    throw error
  }
}
