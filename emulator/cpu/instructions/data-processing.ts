import { InstructionGroup } from './table.ts'

export const dataProcessing = new InstructionGroup('data-processing')
