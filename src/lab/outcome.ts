/** A measurement that is impossible, and says why: a model too large for the chip, firmware that gives up. */
export class CannotMeasure extends Error {}

/** What is kept of a finished measurement. */
export type Made = { readonly result: unknown } | { readonly cannot: string }
