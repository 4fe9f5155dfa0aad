import type { SymbolTable } from '../image/symbols.ts'
import type { FunctionRange } from '../image/symbols.ts'

// Newest first: where the loop over the operators is. July 2020: MicroInterpreter::Invoke.
const loops = [
  /^tflite::Micro(Interpreter)?Graph::InvokeSubgraph\(int\)/,
  /^tflite::MicroInterpreter::Invoke\(\)/,
]

/** Virtual calls that today's loop makes between operators. */
const notOperators = /^tflite::.*(Allocator|Profiler|ErrorReporter|MicroContext|Resource)\w*::/

/** The functions of this firmware that call operators; none where it has no symbols, or no TFLM. */
export function invokeLoops(symbols: SymbolTable): readonly FunctionRange[] {
  return loops.map((loop) => symbols.functionsMatching(loop)).find((found) => found.length > 0) ?? []
}

export const isOperator = (symbols: SymbolTable, callee: number): boolean =>
  !notOperators.test(symbols.functionAt(callee)?.name ?? '')

/** Said where TFLM is there and its loop is not to be found by name. */
export function loopNotFound(symbols: SymbolTable): string | undefined {
  const isKernel = /^tflite::.*Eval\w*\(TfLiteContext\s*\*, TfLiteNode\s*\*\)/
  if (invokeLoops(symbols).length > 0 || symbols.functionsMatching(isKernel).length === 0) return undefined
  return (
    'operators: no function MicroInterpreter::Invoke or MicroInterpreterGraph::InvokeSubgraph in the symbols; ' +
    "link-time optimisation puts it into its caller. The kernels' cycles are among those of the functions"
  )
}
