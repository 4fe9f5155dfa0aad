/** How large a firmware's tensor arena must be: measured, by telling its interpreter that it has so much. */
import type { BoardDescription } from '../../emulator/boards/board.ts'
import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { createMachine } from '../../emulator/machine.ts'
import type { FirmwareImage } from '../../runs/image/image.ts'
import { loadImage } from '../files/image.ts'

/** Arenas are tried in steps of TFLM's alignment. */
export const arenaStep = 16
const ramBase = 0x2000_0000
const ramBytes = 256 * 1024
/** Tensors are allocated in milliseconds; a minute of simulated time is for sensors that never answer. */
const limitCycles = 60 * 64_000_000
const sliceCycles = 64_000
const longestText = 16 * 1024

/** MicroInterpreter(model, resolver, arena, size, reporter): `size` is the first argument on the stack (AAPCS32 6.4). */
export function limitArena(
  machine: ReturnType<typeof createMachine>,
  image: FirmwareImage,
  bytes: number,
): void {
  const constructors = image.symbols.functionsMatching(/^tflite::MicroInterpreter::MicroInterpreter\(/)
  if (constructors.length === 0) throw new Error('the firmware has no MicroInterpreter')
  for (const { start } of constructors) {
    machine.addProbe(start, () => {
      const at = machine.readRegister(13) - ramBase
      new DataView(machine.cpu.ram.buffer, machine.cpu.ram.byteOffset).setUint32(at, bytes, true)
    })
  }
}

/** The size of the least arena that is enough, between what is used and what there is. `enough` grows with the size. */
export function smallest(used: number, most: number, enough: (bytes: number) => boolean): number {
  const steps = (bytes: number): number => Math.ceil(bytes / arenaStep)
  // What is used once the tensors lie where they will is less than what it takes to lay them out.
  let [few, many] = [0, steps(most)]
  for (let reach = 4, at = steps(used); at < many; at += reach, reach *= 4) {
    if (enough(at * arenaStep)) {
      many = at
      break
    }
    few = at
  }
  while (many - few > 1) {
    const middle = few === 0 ? Math.max(many - 4, Math.floor((few + many) / 2)) : Math.floor((few + many) / 2)
    if (enough(middle * arenaStep)) many = middle
    else few = middle
  }
  return many * arenaStep
}

export type ArenaNeed =
  /** `bytes` is the least with which AllocateTensors succeeds; `given` is what the firmware has. */
  | { readonly kind: 'measured'; readonly bytes: number; readonly given: number }
  | { readonly kind: 'too-small'; readonly given: number; readonly largest: number; readonly said: string }
  /** Its interpreter is not one that runtime/inference.h starts, or it gives up before. */
  | { readonly kind: 'unknown' }

/**
 * Runs a firmware of ours to where its tensors are allocated, again and again. In this TFLM all that an inference
 * takes of the arena, scratch buffers too, is planned and checked there.
 */
export async function measureArena(elf: string, board = NANO_33_BLE_SENSE): Promise<ArenaNeed> {
  const image = await loadImage(elf)
  const arena = image.symbols.objectsMatching(/(^|:)tensor_arena$/)[0]
  const known = image.symbols.functionsMatching(/^tflite::MicroInterpreter::MicroInterpreter\(/).length > 0
  if (arena === undefined || !known) return { kind: 'unknown' }
  const given = arena.bytes
  const whole = allocate(image, board)
  if (whole.kind === 'used') {
    const enough = (bytes: number) => allocate(image, board, bytes).kind === 'used'
    return { kind: 'measured', given, bytes: smallest(whole.bytes, given, enough) }
  }
  if (whole.kind === 'silent') return { kind: 'unknown' }
  return { kind: 'too-small', given, largest: largestArena(image, given), said: whole.said }
}

/** RAM for a heap where a kernel asks for one: CMSIS-NN's scratch memory. */
const heapReserve = 16 * 1024

/** What RAM leaves for an arena beside data, stack and some heap. */
function largestArena({ sections, symbols }: FirmwareImage, given: number): number {
  const data = sections.reduce((sum, section) => sum + section.ramBytes, 0) - given
  const stack = ramBase + ramBytes - (symbols.value('__StackLimit') ?? ramBase + ramBytes - 16 * 1024)
  return Math.floor((ramBytes - data - stack - heapReserve) / arenaStep) * arenaStep
}

type Allocated =
  | { readonly kind: 'used'; readonly bytes: number }
  /** In TFLM's words. */
  | { readonly kind: 'too-small'; readonly said: string }
  | { readonly kind: 'silent' }

function allocate(image: FirmwareImage, board: BoardDescription, arenaBytes?: number): Allocated {
  let text = ''
  const machine = createMachine({
    board,
    segments: image.segments,
    vectorTable: image.vectorTable,
    timing: pipelineTiming,
    profile: false,
    strict: false,
    onConsole: (byte) => {
      if (text.length < longestText) text += String.fromCharCode(byte)
    },
    onStimulus: () => undefined,
  })
  if (arenaBytes !== undefined) limitArena(machine, image, arenaBytes)
  for (;;) {
    const stop = machine.run(machine.now + sliceCycles)
    const used = /^arena used: (\d+) of \d+ bytes$/m.exec(text)?.[1]
    if (used !== undefined) return { kind: 'used', bytes: Number(used) }
    const [, before = '', fatal] = /([^\n]*)\n+boardless: fatal: (.*)\n/.exec(text) ?? []
    if (fatal !== undefined)
      return /arena of \d+ bytes/.test(fatal) ? { kind: 'too-small', said: before } : { kind: 'silent' }
    if (stop.kind !== 'paused' || machine.now >= limitCycles) return { kind: 'silent' }
  }
}
