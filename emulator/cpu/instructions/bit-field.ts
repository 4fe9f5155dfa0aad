import { InstructionGroup } from './table.ts'

export const bitField = new InstructionGroup('bit-field')
