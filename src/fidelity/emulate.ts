import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { createMachine } from '../../emulator/machine.ts'
import type { TimingParameters } from '../../emulator/cpu/timing/timing.ts'
import { ExitCode, UserError } from '../../runs/errors.ts'
import { loadImage } from '../files/image.ts'
import { parseMicrobench, type MicrobenchOutput } from './measurement.ts'

const CLOCK_HZ = 64_000_000
/** More than ten times what the output takes at 115200 baud. */
const LIMIT_CYCLES = 30 * CLOCK_HZ

/** Runs the microbenchmarks on the emulator, as a board would. @throws UserError when they do not get to the end */
export async function emulateMicrobench(elf: string, timing: TimingParameters): Promise<MicrobenchOutput> {
  const image = await loadImage(elf)
  let text = ''
  const machine = createMachine({
    board: NANO_33_BLE_SENSE,
    segments: image.segments,
    vectorTable: image.vectorTable,
    timing,
    profile: false,
    strict: false,
    onConsole: (byte) => {
      text += String.fromCharCode(byte)
      if (byte === 10 && /^microbench end \d+\n$/m.test(text.slice(-40))) machine.stop()
    },
    onStimulus: () => undefined,
  })
  const stop = machine.run(LIMIT_CYCLES)
  if (stop.kind === 'fault') {
    const last = text.trimEnd().split('\n').at(-1) ?? ''
    const { causes, instruction } = stop.fault
    throw new UserError(
      `the microbenchmarks crashed after "${last}": ${causes.join(', ')}: ${instruction}`,
      ExitCode.firmwareCrashed,
    )
  }
  return parseMicrobench(text, 'the emulated microbenchmarks')
}
