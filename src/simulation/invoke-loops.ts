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
