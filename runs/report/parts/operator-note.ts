import type { FirmwareImage } from '../../image/image.ts'
import type { FunctionReport } from '../run-report.ts'

const kernel = /^tflite::.*Eval\w*\(TfLiteContext\s*\*, TfLiteNode\s*\*\)/
const partOfInterpreter = /\btflite::Micro(Interpreter|InterpreterGraph|Graph|Allocator)\b/

export interface OperatorsSeen {
  readonly image: Pick<FirmwareImage, 'symbols'> & {
    /** Of any part of it. */
    readonly compilerFlags: string
  }
  /** TensorFlow Lite models that the image holds. */
  readonly models: number
  /** Interpreters whose operators are told. */
  readonly interpreters: number
  /** The interpreter's loop was found by name. */
  readonly loopFound: boolean
  /** Those that ran; undefined where nobody looked. */
  readonly functions: readonly Pick<FunctionReport, 'address'>[] | undefined
}

/** Why a report has no operators although there may be some; undefined where it has them, or where nothing hints at any. */
export function operatorNote({
  image: { symbols, compilerFlags },
  models,
  interpreters,
  loopFound,
  functions,
}: OperatorsSeen): string | undefined {
  if (interpreters > 0) return undefined
  if (symbols.isEmpty) {
    return models > 0
      ? 'operators: the firmware holds a TensorFlow Lite model and has no symbols, so that its interpreter cannot be ' +
          'found; give the ELF file with symbols (not stripped, not its HEX)'
      : undefined
  }
  if (loopFound)
    return models > 0 ? 'operators: this run never invoked the interpreter that the firmware has' : undefined
  const executed = functions && new Set(functions.map(({ address }) => address))
  const kernelsRan = symbols.functionsMatching(kernel).some(({ start }) => executed?.has(start) ?? true)
  const mayHaveInterpreter =
    models > 0 || symbols.functions.some(({ name }) => partOfInterpreter.test(name)) || hasLto(compilerFlags)
  if (!kernelsRan || !mayHaveInterpreter) return undefined
  return (
    'operators: kernels of TensorFlow Lite Micro ran, and no MicroInterpreter::Invoke or ' +
    'MicroInterpreterGraph::InvokeSubgraph is among the symbols: ' +
    (hasLto(compilerFlags)
      ? 'link-time optimisation (-flto) puts it into its caller'
      : 'link-time optimisation puts it into its caller, or the firmware calls the kernels itself') +
    '. Their cycles are among those of the functions'
  )
}

const hasLto = (flags: string): boolean => /(^|\s)-flto(?!-partition)/.test(flags)
