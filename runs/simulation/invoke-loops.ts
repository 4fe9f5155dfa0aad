import type { SymbolTable } from '../image/symbols.ts'
import type { FunctionRange } from '../image/symbols.ts'

/**
 * Where operators are called: MicroInterpreter::Invoke, and since May 2021 the graph's InvokeSubgraph, which Invoke
 * calls. Both, since a compiler may put one into the other and keep it all the same.
 */
const loops = /^tflite::(MicroInterpreter::Invoke\(\)|Micro(Interpreter)?Graph::InvokeSubgraph\(int\))/

/** The functions of this firmware that call operators; none where it has no symbols, or no TFLM. */
export const invokeLoops = (symbols: SymbolTable): readonly FunctionRange[] =>
  symbols.functionsMatching(loops)

/** Where an interpreter begins anew; Edge Impulse's takes a bool. */
export const allocations = (symbols: SymbolTable): readonly FunctionRange[] =>
  symbols.functionsMatching(/^tflite::MicroInterpreter::AllocateTensors\((bool)?\)$/)
