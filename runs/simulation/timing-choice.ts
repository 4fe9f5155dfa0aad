import { pipelineTiming, type TimingParameters } from '../../emulator/cpu/timing/timing.ts'

/** Whose memory the Cortex-M4F runs from. */
export const timingChoices = ['nrf52840', 'zero-wait'] as const
export type TimingChoice = (typeof timingChoices)[number]

/** Parameters that the user names one by one. */
export type TimingSettings = Partial<TimingParameters>

export interface TimingOptions {
  readonly timing?: TimingChoice
  readonly set?: TimingSettings
}

/**
 * What a choice sets. `zero-wait`: flash and cache never make the processor wait, as in a slow enough STM32 or in
 * kernels that are published for RAM; pipeline, buses and exceptions stay as they are.
 */
export const settingsOf: Readonly<Record<TimingChoice, TimingSettings>> = {
  nrf52840: {},
  'zero-wait': { flashReadWait: 0, flashFetchWait: 0, cacheMissCycles: 0, cacheMissAhead: 0 },
}

/** The parameters of a run: the model's, the choice's instead of them, the user's instead of both. */
export const timingOf = ({ timing = 'nrf52840', set }: TimingOptions): TimingParameters => ({
  ...pipelineTiming,
  ...settingsOf[timing],
  ...set,
})
