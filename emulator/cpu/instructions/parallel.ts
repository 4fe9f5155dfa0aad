import { InstructionGroup } from './table.ts'

export const parallel = new InstructionGroup('parallel')
