/** Coverage as lcov's geninfo writes it (geninfo(1), "FILES"): how often each source line was executed. */
import { gathered } from './output.ts'
import type { Piece } from './output.ts'

export interface LineExecutions {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** How often it was begun; 0 for code that never ran. */
  readonly executions: number
}

export interface FunctionExecutions {
  readonly name: string
  readonly file: string
  readonly line: number
  /** How often it was entered. */
  readonly executions: number
}

export interface Coverage {
  /** Of the run; letters, digits and underscores stay. */
  readonly title: string
  /** In any order. Of a line that is there twice (templates, inlined) the executions add up. */
  readonly lines: Iterable<LineExecutions>
  readonly functions: Iterable<FunctionExecutions>
}

interface SourceFile {
  readonly lines: Map<number, number>
  readonly functions: FunctionExecutions[]
}

/** By file, line and function; what is in a file has a section of it. */
export function* lcov({ title, lines, functions }: Coverage): Generator<Piece> {
  const files = new Map<string, SourceFile>()
  const fileOf = (name: string): SourceFile => {
    let file = files.get(name)
    if (!file) files.set(name, (file = { lines: new Map(), functions: [] }))
    return file
  }
  for (const { file, line, executions } of lines) {
    const known = fileOf(file).lines
    known.set(line, (known.get(line) ?? 0) + executions)
  }
  for (const one of functions) fileOf(one.file).functions.push(one)
  const byName = [...files].sort(([a], [b]) => order(a, b))
  yield* gathered(
    (function* () {
      for (const [name, file] of byName) yield* section(name, file, title.replace(/\W+/g, '_'))
    })(),
  )
}

function* section(name: string, { lines, functions }: SourceFile, title: string): Generator<string> {
  yield `TN:${title}\nSF:${oneLine(name)}\n`
  const sorted = merged(functions)
  for (const one of sorted) yield `FN:${one.line},${functionName(one.name)}\n`
  for (const one of sorted) yield `FNDA:${one.executions},${functionName(one.name)}\n`
  yield `FNF:${sorted.length}\nFNH:${sorted.filter(({ executions }) => executions > 0).length}\n`
  const numbers = [...lines].sort(([a], [b]) => a - b)
  for (const [line, executions] of numbers) yield `DA:${line},${executions}\n`
  yield `LF:${numbers.length}\nLH:${numbers.filter(([, executions]) => executions > 0).length}\nend_of_record\n`
}

/** A name is there once in a file: static functions of headers are in many units. */
function merged(functions: readonly FunctionExecutions[]): readonly FunctionExecutions[] {
  const byName = new Map<string, FunctionExecutions>()
  for (const one of functions) {
    const known = byName.get(one.name)
    byName.set(one.name, known ? { ...known, executions: known.executions + one.executions } : one)
  }
  return [...byName.values()].sort((a, b) => a.line - b.line || order(a.name, b.name))
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ')
/** Readers part at commas, whatever a template's arguments are. */
const functionName = (name: string): string => oneLine(name).replace(/,/g, ';')
