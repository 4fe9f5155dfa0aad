/** The smallest arena with which a model runs, and whether its outputs are ours. */
import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../../emulator/cpu/timing/timing.ts'
import { createMachine } from '../../../emulator/machine.ts'
import type { FirmwareImage } from '../../../runs/image/image.ts'
import { loadImage } from '../../files/image.ts'
import { limitArena, smallest } from '../../running/arena.ts'
import { CannotMeasure } from '../outcome.ts'

/** A minute of simulated time: the largest model takes seconds. */
const limitCycles = 60 * 64_000_000
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
  return { arenaBytes: smallest(arenaUsed, arena.bytes, enough), outputs }
}
