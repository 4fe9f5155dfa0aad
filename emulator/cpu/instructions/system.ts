import { InstructionGroup } from './table.ts'

export const system = new InstructionGroup('system')
