import { InstructionGroup } from './table.ts'

export const saturating = new InstructionGroup('saturating')
