/** The smallest arena with which a model runs, and whether its outputs are ours. */
import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../../emulator/cpu/timing.ts'
import { createMachine } from '../../../emulator/machine.ts'
import { loadImage, type FirmwareImage } from '../../image/image.ts'
import { CannotMeasure } from '../outcome.ts'

/** Arenas are tried in steps of TFLM's alignment. */
export const arenaStep = 16
/** A minute of simulated time: the largest model takes seconds. */
const limitCycles = 60 * 64_000_000
const ramBase = 0x2000_0000
const lastBytes = 16 * 1024

export interface Inferences {
  /** Raw outputs of all inferences. */
  readonly outputs: Uint8Array
  /** As the firmware says. */
  readonly arenaUsed: number
}

/**
 * Runs the app `infer` on inputs, with an interpreter that is told that its arena has so many bytes: as if it had been
 * built with them, but for the size of the variable. @returns undefined where they are too few
 */
function inferWithin(image: FirmwareImage, inputs: Uint8Array, arenaBytes?: number): Inferences | undefined {
  let text = ''
  const bytes: number[] = []
  const machine = createMachine({
    board: NANO_33_BLE_SENSE,
    segments: image.segments,
    vectorTable: image.vectorTable,
    timing: pipelineTiming,
    profile: false,
    strict: false,
    stdin: inputs,
    onConsole: (byte) => {
      bytes.push(byte)
      if (bytes.length < lastBytes) text += String.fromCharCode(byte)
    },
    onStimulus: () => undefined,
  })
  if (arenaBytes !== undefined) limitArena(machine, image, arenaBytes)
  for (let stop = machine.run(limitCycles); ; stop = machine.run(limitCycles)) {
    if (stop.kind === 'exit' && stop.code === 0) break
    if (stop.kind !== 'paused' || machine.now >= limitCycles) return undefined
  }
  const said = /arena used: (\d+) of \d+ bytes\ninfer: (\d+) bytes in, (\d+) bytes out\n/.exec(text)
  if (said === null) return undefined
  return {
    arenaUsed: Number(said[1]),
    outputs: Uint8Array.from(bytes.slice(said.index + said[0].length)),
  }
}

/** MicroInterpreter(model, resolver, arena, size, reporter): `size` is the first argument on the stack (AAPCS32 6.4). */
function limitArena(machine: ReturnType<typeof createMachine>, image: FirmwareImage, bytes: number): void {
  const constructors = image.symbols.functionsMatching(/^tflite::MicroInterpreter::MicroInterpreter\(/)
  if (constructors.length === 0) throw new Error('the firmware has no MicroInterpreter')
  for (const { start } of constructors) {
    machine.addProbe(start, () => {
      const at = machine.readRegister(13) - ramBase
      new DataView(machine.cpu.ram.buffer, machine.cpu.ram.byteOffset).setUint32(at, bytes, true)
    })
  }
}

export interface ArenaSearch {
  readonly arenaBytes: number
  readonly outputs: Uint8Array
}

/** @throws CannotMeasure where the whole arena of the firmware is too small */
export async function searchArena(elf: string, inputs: Uint8Array, inputBytes: number): Promise<ArenaSearch> {
  const image = await loadImage(elf)
  const whole = inferWithin(image, inputs)
  const [arena] = image.symbols.objectsMatching(/arena/i)
  if (whole === undefined || arena === undefined) {
    throw new CannotMeasure(`its tensors do not fit an arena of ${arena?.bytes ?? 0} bytes`)
  }
  const { outputs, arenaUsed } = whole
  const one = inputs.subarray(0, inputBytes)
  const wanted = outputs.subarray(0, Math.round((outputs.length * inputBytes) / inputs.length))
  const enough = (bytes: number): boolean => {
    const tried = inferWithin(image, one, bytes)?.outputs
    return tried !== undefined && Buffer.compare(tried, wanted) === 0
  }
  const steps = (bytes: number): number => Math.ceil(bytes / arenaStep)
  // What is used once the tensors lie where they will is less than what it takes to lay them out.
  let [few, many] = [0, steps(arena.bytes)]
  for (let reach = 4, at = steps(arenaUsed); at < many; at += reach, reach *= 4) {
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
  return { arenaBytes: many * arenaStep, outputs }
}
