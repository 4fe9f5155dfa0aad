import { InstructionGroup } from './table.ts'

export const loadStoreMultiple = new InstructionGroup('load-store-multiple')
