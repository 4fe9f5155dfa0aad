import { InstructionGroup } from './table.ts'

export const floatTransfer = new InstructionGroup('float-transfer')
