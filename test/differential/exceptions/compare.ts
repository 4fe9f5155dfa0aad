import { CortexM4 } from '../../../emulator/cpu/cpu.ts'
import { BusError } from '../../../emulator/cpu/bus.ts'
import { disassemble } from '../../../emulator/cpu/debug/disassemble.ts'
import { Scheduler } from '../../../emulator/time/scheduler.ts'
import { END_WORDS, HANDLER_WORDS, Header, Place } from './driver.ts'
import { assembleDriver, imageOf, type Driver } from './image.ts'
import { maskAt } from './misjudged.ts'
import { OurProcessor, runOnQemu, type Run } from './processors.ts'
import { makeProgram, type Program } from './program.ts'

/** Programs that one process of QEMU runs. */
const BATCH = 1000
const RECORD_HEAD = 2

const handlerFields = ['frame', 'IPSR', 'CONTROL', 'LR', 'r0', 'r1', 'r2', 'r3', 'r12', 'lr', 'pc', 'xPSR']
  .concat(['CFSR', 'HFSR', 'SHCSR', 'ICSR', 'FPCCR', 'FPCAR']) // prettier-ignore
const endFields = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'lr']
  .concat(['APSR', 'SP', 'MSP', 'PSP', 'BASEPRI', 'CONTROL', 'CFSR', 'HFSR', 'SHCSR', 'FPSCR'])
  .concat(Array.from({ length: 32 }, (_, n) => `s${n}`))
  .concat(Array.from({ length: Place.windowWords }, (_, n) => `window[${n}]`)) // prettier-ignore

const hex = (value: number | undefined): string =>
  value === undefined ? 'nothing' : (value >>> 0).toString(16).padStart(8, '0')

export interface ProgramDifference {
  readonly index: number
  readonly text: string
}

/** What each program of a run logged, in order. */
function recordsOf({ words }: Run): Uint32Array[] {
  const records: Uint32Array[] = []
  for (let at = 0; at < words.length;) {
    const length = (words[at + 1] ?? 0) >>> 2
    if (length < RECORD_HEAD || at + length > words.length) break
    records.push(words.subarray(at + RECORD_HEAD, at + length))
    at += length
  }
  return records
}

/** Runs programs here and on QEMU and compares what their handlers saw and what they left. */
export class ExceptionComparison {
  readonly #driver: Driver = assembleDriver()
  readonly #ours = new OurProcessor()

  program(seed: number, index: number): Program {
    return makeProgram(seed, index, this.#driver.programEnd)
  }

  /** Programs `from` to `from + count - 1` of a seed. @returns those on which the two disagree */
  *run(
    seed: number,
    from: number,
    count: number,
  ): Generator<{ done: number; differences: ProgramDifference[] }> {
    for (let index = from; index < from + count;) {
      const wanted = Math.min(BATCH, from + count - index)
      const programs = Array.from({ length: wanted }, (_, i) => this.program(seed, index + i))
      const { image, fits } = imageOf(this.#driver, programs)
      const runs = [this.#ours.run(image, fits), runOnQemu(image)] as const
      const differences: ProgramDifference[] = []
      const [ours, theirs] = [recordsOf(runs[0]), recordsOf(runs[1])]
      const both = Math.min(ours.length, theirs.length, fits)
      for (let i = 0; i < both; i++) {
        const program = programs[i]
        const text = program && difference(ours[i] ?? new Uint32Array(), theirs[i] ?? new Uint32Array())
        if (text !== undefined) differences.push({ index: index + i, text: describe(program, text) })
      }
      const stuck = programs[both]
      if (both < fits && stuck)
        differences.push({
          index: index + both,
          text: describe(stuck, `does not end: ours ${runs[0].end}, QEMU ${runs[1].end}`),
        })
      index += Math.min(both + 1, fits)
      yield { done: index - from, differences }
    }
  }
}

function difference(ours: Uint32Array, theirs: Uint32Array): string | undefined {
  const handlerWords = Math.min(ours.length, theirs.length) - END_WORDS
  const all = Math.max(ours.length, theirs.length)
  for (let i = 0; i < all; i++) {
    const mask = maskAt(i, handlerWords)
    if (((ours[i] ?? 0) & mask) === ((theirs[i] ?? 0) & mask) && ours.length === theirs.length) continue
    if (((ours[i] ?? 0) & mask) === ((theirs[i] ?? 0) & mask) && i < handlerWords) continue
    const where =
      i < handlerWords
        ? `run ${Math.floor(i / HANDLER_WORDS)} of the handler, ${handlerFields[i % HANDLER_WORDS] ?? ''}`
        : ours.length === theirs.length
          ? `at the end, ${endFields[i - handlerWords] ?? ''}`
          : `one has ${(ours.length - theirs.length) / HANDLER_WORDS} runs of the handler more`
    return `${where}: ours ${hex(ours[i])}, QEMU ${hex(theirs[i])}`
  }
  return undefined
}

/** The difference, the code, and the command that runs it again. */
function describe(program: Program | undefined, text: string): string {
  if (!program) return text
  const { seed, index, image, inRam, codeHalfwords } = program
  const nowhere = (address: number): never => {
    throw new BusError(address)
  }
  const cpu = new CortexM4({ bus: { read: nowhere, write: nowhere }, scheduler: new Scheduler() })
  cpu.flash.set(image.subarray(4 * Header.words), 0)
  const lines: string[] = []
  for (let at = 0; at < 2 * codeHalfwords;) {
    const one = cpu.core.decoder.instructionAt(at)
    lines.push(`      +${at.toString(16)} ${one ? disassemble(one, 0) : '?'}`)
    at += (one?.width ?? 16) / 8
  }
  return [
    `program ${index}, in ${inRam ? 'RAM' : 'flash'}: ${text}`,
    ...lines,
    `    again: npm run fuzz -- --only exceptions --seed ${seed} --case ${index}`,
  ].join('\n')
}
