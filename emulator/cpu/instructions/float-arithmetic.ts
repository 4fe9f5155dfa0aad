import { InstructionGroup } from './table.ts'

export const floatArithmetic = new InstructionGroup('float-arithmetic')
