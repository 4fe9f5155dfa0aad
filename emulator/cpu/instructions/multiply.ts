import { InstructionGroup } from './table.ts'

export const multiply = new InstructionGroup('multiply')
