import { RAM_BASE, RAM_BYTES } from '../../../emulator/cpu/layout.ts'
import type { Machine } from '../../../emulator/machine.ts'
import type { FirmwareImage } from '../../image/image.ts'
import { hexadecimal } from '../../report/show/format.ts'

const PRIVATE_BUS = 0xe000_0000

/** What data at an address is called: a register, a variable or constant, the stack; empty where nobody knows. */
export function dataNames(
  machine: Machine,
  { symbols, vectorTable }: FirmwareImage,
): (address: number, stackPointer: number) => string {
  const registers = new Map(
    machine.chip.registers.map(({ peripheral, name, address }) => [address, `${peripheral}.${name}`]),
  )
  const stack = machine.readMemory(vectorTable, 4)
  const stackTop = new DataView(stack.buffer, stack.byteOffset).getUint32(0, true)
  const within = (name: string | undefined, address: number, start: number): string =>
    name === undefined || address === start ? (name ?? '') : `${name}+${hexadecimal(address - start, 0)}`
  const variables = new Map<number, string>()
  const variableAt = (address: number): string => {
    const known = variables.get(address)
    if (known !== undefined) return known
    const found = symbols.describeData(address)
    // Nobody knows it: the bare address.
    const name = /^0x[\da-f]+$/.test(found) ? '' : found
    variables.set(address, name)
    return name
  }
  return (address, stackPointer) => {
    const word = (address & ~3) >>> 0
    if (address >= PRIVATE_BUS) return within(machine.cpu.privateBus.nameOf(word), address, word)
    const register = registers.get(word)
    if (register !== undefined) return within(register, address, word)
    const variable = variableAt(address)
    if (variable !== '') return variable
    const isStack = address >= stackPointer && address < stackTop
    return isStack && address >= RAM_BASE && address < RAM_BASE + RAM_BYTES ? 'stack' : ''
  }
}
