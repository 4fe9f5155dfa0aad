import { InstructionGroup } from './table.ts'

export const loadStore = new InstructionGroup('load-store')
