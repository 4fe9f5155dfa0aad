/** How the firmware turns a window into the model's input. */
export const preprocessings = ['loop', 'unrolled', 'cmsis-dsp', 'folded'] as const
export type Preprocessing = (typeof preprocessings)[number]
