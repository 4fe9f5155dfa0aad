import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { createMachine } from '../../emulator/machine.ts'
import { parseImage } from '../../runs/image/image.ts'

export interface Worked {
  readonly instructions: number
  readonly cycles: number
  readonly seconds: number
}

/** Runs firmware from reset to its exit: the same here in Node and in a worker of a page. */
export function worked(elf: Uint8Array): Worked {
  const { segments, vectorTable } = parseImage(elf, 'firmware.elf')
  const machine = createMachine({
    board: NANO_33_BLE_SENSE,
    segments,
    vectorTable,
    timing: pipelineTiming,
    profile: false,
    strict: false,
    onConsole: () => undefined,
    onStimulus: () => undefined,
  })
  const began = performance.now()
  const { kind } = machine.run(Number.MAX_SAFE_INTEGER)
  const seconds = (performance.now() - began) / 1000
  if (kind !== 'exit') throw new Error(`it ended with '${kind}'`)
  return { instructions: machine.instructions, cycles: machine.now, seconds }
}
