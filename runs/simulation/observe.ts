import type { Observation } from '../report/observation.ts'
import type { ObserveOptions } from './observe-options.ts'
import { Run } from './run.ts'

/** Runs firmware on the board to its end, watching from outside. */
export const observe = async (options: ObserveOptions): Promise<Observation> => new Run(options).toEnd()
