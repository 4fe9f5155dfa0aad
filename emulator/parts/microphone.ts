import type { PcmSource } from '../nrf52840/pdm.ts'
import type { PowerLedger } from '../power/reporting.ts'
import type { AudioRecording } from '../trace/audio.ts'

interface MicrophoneState {
  readonly supplied: boolean
  readonly clocked: boolean
}

/** A PDM microphone with its own decimation done: it gives what it hears when its clock runs and its supply is on. Saved by its board. */
export class Microphone implements PcmSource {
  readonly stateVersion = 1
  #supplied = false
  #clocked = false

  constructor(
    readonly name: string,
    private readonly clockCycle: { readonly now: number },
    private readonly recording: AudioRecording | undefined,
    private readonly power: PowerLedger,
  ) {}

  supply(on: boolean): void {
    this.#supplied = on
    this.#report(this.clockCycle.now)
  }

  clock(running: boolean, cycle: number): void {
    this.#clocked = running
    this.#report(cycle)
  }

  sampleAt(cycle: number): number {
    return this.#supplied ? (this.recording?.sampleAt(cycle) ?? 0) : 0
  }

  save(): MicrophoneState {
    return { supplied: this.#supplied, clocked: this.#clocked }
  }

  restore({ supplied, clocked }: MicrophoneState): void {
    this.#supplied = supplied
    this.#clocked = clocked
  }

  #report(cycle: number): void {
    const state = !this.#supplied ? 'off' : this.#clocked ? 'on' : 'sleep'
    this.power.enter(this.name, state, cycle)
  }
}
