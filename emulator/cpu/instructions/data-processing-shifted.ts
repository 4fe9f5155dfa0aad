import { InstructionGroup } from './table.ts'

export const dataProcessingShifted = new InstructionGroup('data-processing-shifted')
