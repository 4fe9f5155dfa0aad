import type { StructLayout, StructLayouts } from '../image/debug-types.ts'

/** Where TFLM keeps what, in one firmware. */
export interface Structures {
  /** "the firmware's debug information", or a generation of TFLM. */
  readonly source: string
  /** The firmware says so itself. */
  readonly isOwn: boolean
  readonly layouts: StructLayouts
}

/**
 * Layouts of TFLM's structures by generation, for firmware without debug information: as GCC for Arm lays out the
 * headers of the commit named (AAPCS32, TF_LITE_STATIC_MEMORY). Only what is read is here. Without a repository:
 * github.com/tensorflow/tflite-micro; the crate tfmicro 0.1.0 has TFLM of July 2020. What others have changed is theirs.
 */

type Members = Readonly<Record<string, number>>

const struct = (members: Members, bytes = 0): StructLayout => ({ bytes, members })

const registration = struct({ invoke: 12, builtin_code: 20, custom_name: 24 })
const registrations: StructLayouts = {
  TfLiteContext: struct({ impl_: 12 }),
  TfLiteRegistration: registration,
}

const nodes = (bytes: number): StructLayouts => ({
  NodeAndRegistration: struct({ node: 0, registration: bytes - 4 }, bytes),
})

/** The five pointers of an allocator of one arena, the first at an offset. */
const single = (name: string, at: number): StructLayouts => ({
  [`tflite::${name}`]: struct({
    buffer_head_: at,
    buffer_tail_: at + 4,
    head_: at + 8,
    tail_: at + 12,
    temp_: at + 16,
  }),
})

const twoArenas: StructLayouts = {
  'tflite::PersistentArenaBufferAllocator': struct({ buffer_head_: 4, buffer_tail_: 8, tail_temp_: 12 }),
  'tflite::NonPersistentArenaBufferAllocator': struct({
    buffer_head_: 4,
    buffer_tail_: 8,
    head_temp_: 12,
    next_temp_: 16,
  }),
}

const oneAllocator: StructLayouts = { 'tflite::MicroAllocator': struct({ memory_allocator_: 4 }) }
const twoAllocators: StructLayouts = {
  'tflite::MicroAllocator': struct({
    non_persistent_buffer_allocator_: 4,
    persistent_buffer_allocator_: 8,
  }),
}

const graphMembers: Members = {
  context_: 4,
  model_: 8,
  allocator_: 12,
  subgraph_allocations_: 16,
  current_subgraph_index_: 20,
}
const graph: StructLayouts = {
  'tflite::MicroGraph': struct(graphMembers),
  'tflite::SubgraphAllocations': struct({ node_and_registrations: 0 }, 8),
}
const microContext: StructLayouts = {
  'tflite::MicroContext': struct({ allocator_: 4, graph_: 8, model_: 12 }),
}

const interpreter = (members: Members): StructLayouts => ({ 'tflite::MicroInterpreter': struct(members) })

const of2021 = interpreter({ model_: 0, context_: 12, allocator_: 104, graph_: 108 })

const july2020: StructLayouts = {
  ...registrations,
  ...nodes(40),
  ...interpreter({ node_and_registrations_: 0, model_: 4, context_: 16, allocator_: 96 }),
  'tflite::internal::ContextHelper': struct({ allocator_: 0 }),
  'tflite::MicroAllocator': struct({ model_: 0, memory_allocator_: 4, context_: 12 }),
  'tflite::SimpleMemoryAllocator': struct({ buffer_head_: 4, buffer_tail_: 8, head_: 12, tail_: 16 }),
}

/** Allocators have virtual functions since, and no temporary buffers yet. */
const virtualAllocators: StructLayouts = {
  ...july2020,
  'tflite::MicroAllocator': struct({ memory_allocator_: 4, model_: 8, context_: 12 }),
  'tflite::SimpleMemoryAllocator': struct({ buffer_head_: 8, buffer_tail_: 12, head_: 16, tail_: 20 }),
}

const april2021: StructLayouts = {
  ...registrations,
  ...nodes(28),
  ...oneAllocator,
  ...single('SimpleMemoryAllocator', 8),
  ...interpreter({ node_and_registrations_: 0, model_: 4, context_: 16, allocator_: 104 }),
}

const may2021: StructLayouts = {
  ...registrations,
  ...nodes(28),
  ...oneAllocator,
  ...single('SimpleMemoryAllocator', 8),
  ...graph,
  ...interpreter({ model_: 0, context_: 12, allocator_: 100, graph_: 104 }),
}

const september2021: StructLayouts = { ...may2021, ...nodes(32), ...of2021 }
const january2022: StructLayouts = { ...september2021, ...microContext }
const april2022: StructLayouts = { ...january2022, ...twoAllocators, ...single('SimpleMemoryAllocator', 12) }

const since2022: StructLayouts = {
  ...january2022,
  ...twoAllocators,
  ...twoArenas,
  ...single('SingleArenaBufferAllocator', 8),
}

const abstractContext = (at: number): StructLayouts => ({
  ...since2022,
  ...interpreter({ model_: 0, context_: 8, allocator_: 108, graph_: 112 }),
  // Abstract classes since.
  'tflite::MicroContext': struct({}),
  'tflite::MicroGraph': struct({}),
  'tflite::MicroInterpreterContext': struct({ allocator_: at, graph_: at + 4, model_: at + 8 }),
  'tflite::MicroInterpreterGraph': struct(graphMembers),
})

const generation = (source: string, layouts: StructLayouts): Structures => ({ source, isOwn: false, layouts })

/** Newest first. */
export const generations: readonly Structures[] = [
  generation('TFLM of 2026 (183da3e30)', abstractContext(16)),
  generation('TFLM of November 2025 (6c1c1a89f)', abstractContext(12)),
  generation('TFLM of September 2023 to 2025 (c3cfd344e, 112d7a65a)', abstractContext(4)),
  generation('TFLM of September 2022 to May 2023 (95761fcfd, 101d2bb93)', {
    ...since2022,
    ...interpreter({ model_: 0, context_: 8, allocator_: 100, graph_: 104 }),
  }),
  generation('TFLM in edgeimpulse/inferencing-sdk-cpp, 2023-11 to 2026-06 (29ca890, 919819f)', {
    ...since2022,
    TfLiteContext: struct({ impl_: 8 }),
    ...interpreter({ model_: 0, context_: 8, allocator_: 96, graph_: 100 }),
  }),
  generation('TFLM of July 2022 (86abc0af9)', {
    ...january2022,
    ...twoAllocators,
    ...twoArenas,
    ...single('SingleArenaBufferAllocator', 12),
  }),
  generation('TFLM of July 2022 (86abc0af9, TF_LITE_STRIP_ERROR_STRINGS)', {
    ...january2022,
    ...twoAllocators,
    ...twoArenas,
    ...single('SingleArenaBufferAllocator', 8),
  }),
  generation('TFLM of June 2022 (8be50665d, TF_LITE_STRIP_ERROR_STRINGS)', {
    ...april2022,
    ...twoArenas,
    ...single('SimpleMemoryAllocator', 8),
  }),
  generation('TFLM of June 2022 (abbcc6843)', { ...april2022, ...twoArenas }),
  generation('TFLM of April 2022 (45022bbbe)', april2022),
  generation('TFLM of January 2022 (82f7e77f1)', january2022),
  generation('TFLM of September 2021 (26944780f)', september2021),
  generation('TFLM of August 2021 (e814105b9)', { ...may2021, ...of2021 }),
  generation('TFLM of May 2021 (d7ac83e6d)', may2021),
  generation('TFLM of May 2021 (1fe87a4d5)', april2021),
  generation('TFLM of April 2021 (a37043ff7)', {
    ...april2021,
    'tflite::internal::ContextHelper': struct({ allocator_: 0, model_: 8 }),
  }),
  generation(
    'TFLM of the summer of 2020 (QingChuanWS/TensorflowLiteMicro 17e2533, 555c14d)',
    virtualAllocators,
  ),
  generation('TFLM of April to July 2020 (slaff/Arduino_TensorFlowLite 44466a2, tfmicro 0.1.0)', july2020),
  // Fewest of its pointers can be checked, so it is the last.
  generation('TFLM of the summer of 2020 (edgeimpulse/inferencing-sdk-cpp 3fffd16 to 7adcab5)', {
    ...virtualAllocators,
    ...oneAllocator,
  }),
]
