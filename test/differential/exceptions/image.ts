import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Place, driver } from './driver.ts'
import type { Program } from './program.ts'

export interface Driver {
  readonly binary: Uint8Array
  readonly programEnd: number
}

/** Vector of the exception beyond those that are used. */
const PROGRAM_END = 64 * 4

export function assembleDriver(): Driver {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-driver-'))
  try {
    const file = (ending: string): string => join(folder, `driver.${ending}`)
    writeFileSync(file('s'), driver)
    const link = ['-Wl,-Ttext=0', '-Wl,-e,0', '-Wl,--no-warn-rwx-segments']
    execFileSync('arm-none-eabi-gcc', ['-nostdlib', ...link, '-o', file('elf'), file('s')])
    execFileSync('arm-none-eabi-objcopy', ['-O', 'binary', '-j', '.text', file('elf'), file('bin')])
    const bytes = new Uint8Array(readFileSync(file('bin')))
    if (bytes.length > Place.programs) throw new RangeError(`the driver has ${bytes.length} bytes`)
    const programEnd = new DataView(bytes.buffer).getUint32(PROGRAM_END, true) & ~1
    return { binary: bytes, programEnd }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Flash with the driver and as many programs as fit, and how many those are. */
export function imageOf(
  { binary }: Driver,
  programs: readonly Program[],
): { image: Uint8Array; fits: number } {
  const image = new Uint8Array(Place.flashEnd)
  image.set(binary)
  let at: number = Place.programs
  let fits = 0
  for (const program of programs) {
    if (at + program.image.length + 4 > Place.flashEnd) break
    image.set(program.image, at)
    at += program.image.length
    fits += 1
  }
  return { image: image.subarray(0, at + 4), fits }
}
