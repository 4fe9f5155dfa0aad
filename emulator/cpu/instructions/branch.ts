import { InstructionGroup } from './table.ts'

export const branches = new InstructionGroup('branch')
