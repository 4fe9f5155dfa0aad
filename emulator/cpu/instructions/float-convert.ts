import { InstructionGroup } from './table.ts'

export const floatConvert = new InstructionGroup('float-convert')
