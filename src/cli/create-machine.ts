import type { CreateMachine } from './machine.ts'

/** The emulated board. */
export const createMachine: CreateMachine = () => {
  throw new Error('emulator/machine.ts is not there yet')
}
