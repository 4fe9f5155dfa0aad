import { NANO_33_BLE_SENSE } from '../../emulator/boards/nano33blesense.ts'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { createMachine, type Machine, type MachineOptions, type MachineStop } from '../../emulator/machine.ts'
import { PhaseRecorder, type PhaseSpan } from '../../emulator/probes/phases.ts'
import type { FirmwareImage } from '../../runs/image/image.ts'
import { loadImage } from '../../src/files/image.ts'

/** Firmware on the board, at reset, with its console and its phases written down. */
export class Running {
  readonly machine: Machine
  readonly spans: PhaseSpan[] = []
  readonly #console: number[] = []
  readonly #phases: PhaseRecorder

  constructor(
    readonly image: FirmwareImage,
    options: Partial<MachineOptions>,
  ) {
    this.machine = createMachine({
      board: NANO_33_BLE_SENSE,
      timing: pipelineTiming,
      profile: false,
      strict: false,
      segments: image.segments,
      vectorTable: image.vectorTable,
      onConsole: (byte) => this.#console.push(byte),
      onStimulus: (port, value) => this.#phases.onStimulus(port, value, this.machine.now),
      ...options,
    })
    this.#phases = new PhaseRecorder(
      (address, length) => this.machine.readMemory(address, length),
      undefined,
      (span) => this.spans.push(span),
    )
  }

  get console(): Uint8Array {
    return Uint8Array.from(this.#console)
  }

  get text(): string {
    return Buffer.from(this.#console).toString('latin1')
  }

  /** To the end that the firmware makes, or to a cycle. */
  run(until = 10 * 64_000_000): MachineStop {
    return this.machine.run(until)
  }

  address(symbol: string): number {
    const value = this.image.symbols.value(symbol)
    if (value === undefined) throw new Error(`no symbol ${symbol}`)
    return (value & ~1) >>> 0
  }

  word(symbol: string, index = 0): number {
    const bytes = this.machine.readMemory(this.address(symbol) + 4 * index, 4)
    return new DataView(bytes.buffer).getUint32(0, true)
  }
}

export async function start(file: string, options: Partial<MachineOptions> = {}): Promise<Running> {
  return new Running(await loadImage(file), options)
}
