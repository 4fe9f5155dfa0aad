import { execa } from 'execa'
import { sourceDirectory } from '../sources/sources.ts'
import { layout, tflmPackage } from '../sources/packages.ts'
import { join } from 'node:path'

/** Milliseconds. What is run takes seconds, even where the machine is busy. */
export const QEMU_HANGS = 20 * 60_000

/** For tests: what firmware with a semihosting console prints in QEMU, whose mps2-an386 is a Cortex-M4. */
export async function runInQemu(elf: string): Promise<{ output: string; exitCode: number | undefined }> {
  const result = await execa(
    'qemu-system-arm',
    ['-M', 'mps2-an386', '-nographic', '-semihosting', '-kernel', elf],
    { stdin: 'ignore', all: true, reject: false, stripFinalNewline: false, timeout: QEMU_HANGS },
  )
  return { output: result.all.replaceAll('\r', ''), exitCode: result.exitCode }
}

/** For tests: a model that comes with TFLM. The package must have been fetched. */
export function stockModel(name: string): string {
  return join(sourceDirectory(tflmPackage, process.env), layout.stockModels, `${name}.tflite`)
}
