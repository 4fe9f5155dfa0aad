import { demangle } from '../../image/demangle.ts'
import type { FirmwareImage } from '../../image/image.ts'

// Names that the start-up code and linker scripts of CMSIS, Nordic, Arduino (mbed) and Zephyr give them.
export const stackTops = ['__StackTop', '__stack', '_estack', '__stack_end__']
export const stackLimits = ['__StackLimit', '__stack_limit', '_sstack', '__stack_start__']
export const heapStarts = ['__HeapBase', '__heap_start__', '__heap_start', '__end__', 'end', '_end']
export const heapLimits = ['__HeapLimit', '__heap_end__', '__heap_end', '__StackLimit']

export const firstOf = (image: FirmwareImage, names: readonly string[]): number | undefined =>
  names.map((name) => image.symbols.value(name)).find((value) => value !== undefined && value >= 0x2000_0000)

/** A variable's name without what functions around it take: `setup()::interpreter`. */
export const variableName = (symbol: string): string =>
  demangle(symbol)
    .replace(/\(anonymous namespace\)|_GLOBAL__N_1/g, '{anonymous}')
    .replace(/\([^()]*\)/g, '()')
    .replace(/\{anonymous\}/g, '(anonymous)')

/**
 * Where an object in RAM is, in words: its variable, the stack, the heap, or the bare address.
 * @param stackPointer when it was in use; what lies on that stack lies above
 */
export function nameOf(image: FirmwareImage, address: number, stackPointer: number): string {
  const variable = image.symbols.objectAt(address)
  if (variable) {
    const name = variableName(variable.name)
    return address === variable.address ? name : `${name}+0x${(address - variable.address).toString(16)}`
  }
  const top = firstOf(image, stackTops)
  const where = `0x${address.toString(16)}`
  if (top !== undefined && address >= stackPointer && address < top && stackPointer <= top)
    return `stack ${where}`
  const [start, end] = [firstOf(image, heapStarts), firstOf(image, heapLimits)]
  if (start !== undefined && end !== undefined && address >= start && address < end) return `heap ${where}`
  return where
}

/** The variable or constant that begins at an address; null without one. */
export function variableAt({ symbols }: FirmwareImage, address: number): string | null {
  const variable = symbols.objectAt(address)
  return variable?.address === address ? variableName(variable.name) : null
}
