import { latin1 } from '../bytes/text.ts'
import { harmless } from './cursor.ts'
import { CompileUnits } from './debug-units.ts'
import type { FirmwareImage } from './image.ts'

/** What some part of a firmware was compiled with. */
export interface Compiled {
  readonly compiler: string
  readonly compilerFlags: string
}

/** Parts whose compiler matters to what is measured, by the addresses of their code. */
export type Parts = Readonly<Record<string, readonly number[]>>

export interface CompiledParts extends Compiled {
  readonly parts: readonly string[]
}

export const unknownCompiler: Compiled = { compiler: 'unknown', compilerFlags: 'unknown' }

/**
 * The parts, those together that were compiled alike, in the order in which they are given. A part without debug
 * information is unknown; one without code is left out.
 */
export function compiledParts(units: CompileUnits, parts: Parts): readonly CompiledParts[] {
  const groups = new Map<string, { compiled: Compiled; parts: Set<string> }>()
  for (const [part, addresses] of Object.entries(parts)) {
    for (const address of addresses) {
      const compiled = describe(units.at(address)?.producer)
      const group = groups.get(alike(compiled)) ?? { compiled, parts: new Set() }
      group.parts.add(part)
      groups.set(alike(compiled), group)
    }
  }
  return [...groups.values()].map(({ compiled, parts: names }) => ({ ...compiled, parts: [...names] }))
}

/** Every compiler that left its name in .comment, each once. Which part is from which is not said there. */
export function commentCompilers({ elf }: Pick<FirmwareImage, 'elf'>): readonly string[] {
  const comment = elf?.sectionBytes('.comment')
  return comment ? [...new Set(latin1(comment).split('\0').filter(Boolean).map(harmless))] : []
}

/** DW_AT_producer: GCC appends its flags; clang does when told to. */
function describe(producer: string | undefined): Compiled {
  if (producer === undefined || producer === '') return unknownCompiler
  const [, head = producer, flags = ''] = /^(.*?)(?: (-[A-Za-z].*))?$/s.exec(producer) ?? []
  const compiler = head.replace(/^GNU AS /, 'GNU assembler ').replace(/^GNU [A-Z]\S* (?=\d)/, 'GCC ')
  return { compiler: compiler.trim(), compilerFlags: flags === '' ? 'unknown' : flags }
}

/** What C++ units are told beside, and C units cannot be; no code of the other differs by it. */
const ofLanguage =
  /^-(std=|fno-rtti$|fno-exceptions$|fno-threadsafe-statics$|fno-use-cxa-atexit$|fno-sized-deallocation$|fpermissive$)/

const alike = ({ compiler, compilerFlags }: Compiled): string =>
  [compiler, ...compilerFlags.split(' ').filter((flag) => !ofLanguage.test(flag))].join(' ')
