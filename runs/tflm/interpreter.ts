import type { StructLayout, StructLayouts } from '../image/debug-types.ts'
import { isInRam, word } from './memory.ts'
import type { ReadMemory } from './memory.ts'

/** One MicroInterpreter as its own structures have it. */
export interface InterpreterView {
  /** The MicroInterpreter. */
  readonly object: number
  readonly context: number
  /** Root table of its model: what `tflite::GetModel` returned. */
  readonly model: number
  /** Its MicroAllocator. */
  readonly allocator: number
}

export interface OperatorView extends InterpreterView {
  readonly subgraph: number
  /** Position among the subgraph's operators. */
  readonly index: number
  /** Of its registration. */
  readonly builtinCode: number | undefined
  /** Address of its registration's name; 0 for built-in operators. */
  readonly customName: number | undefined
}

/** A call through a pointer, as the processor makes it: AAPCS32 6.4. */
export interface IndirectCall {
  /** Without the Thumb bit. */
  readonly callee: number
  readonly r0: number
  readonly r1: number
}

const MOST_OPERATORS = 1 << 16
const MOST_SUBGRAPHS = 1 << 10

export class InterpreterReader {
  readonly #read: ReadMemory
  readonly #of: StructLayouts

  constructor(read: ReadMemory, layouts: StructLayouts) {
    this.#read = read
    this.#of = layouts
  }

  /** The interpreter that a context belongs to; undefined unless all its parts point at each other. */
  atContext(context: number): InterpreterView | undefined {
    const interpreter = this.#struct('MicroInterpreter')
    const offset = interpreter?.members['context_']
    return offset === undefined ? undefined : this.atObject(context - offset)
  }

  atObject(object: number): InterpreterView | undefined {
    const interpreter = this.#struct('MicroInterpreter')
    if (interpreter === undefined || !isInRam(object)) return undefined
    const { members } = interpreter
    const context = at(object, members['context_'])
    const model = this.#member(object, interpreter, 'model_')
    const helper = this.#helper
    const implementation = this.#member(context, this.#struct('TfLiteContext'), 'impl_')
    const own = at(object, members['allocator_'])
    if (context === undefined || implementation === undefined || !model || own === undefined) return undefined
    // From May 2021 to January 2022 a context points at its interpreter itself.
    if (!helper && implementation !== object) return undefined
    const allocator = helper ? this.#member(implementation, helper, 'allocator_') : word(this.#read, own)
    if (!allocator || !isInRam(allocator)) return undefined
    // A member until September 2020, a reference since.
    if (own !== allocator && word(this.#read, own) !== allocator) return undefined
    const view = { object, context, model, allocator }
    return this.#agrees(view, implementation, helper) ? view : undefined
  }

  /** What a call invokes; undefined unless it is an operator's, of an interpreter's node array. */
  operator({ callee, r0: context, r1: node }: IndirectCall): OperatorView | undefined {
    const entry = this.#plain('NodeAndRegistration')
    const registrationLayout =
      this.#plain('TFLMRegistration') ??
      this.#plain('TfLiteRegistration_V1') ??
      this.#plain('TfLiteRegistration')
    if (entry === undefined || registrationLayout === undefined || !isInRam(context) || !isInRam(node))
      return undefined
    const view = this.atContext(context)
    const place = view && this.#nodes(view)
    if (!view || !place) return undefined
    const first = at(place.nodes, entry.members['node'])
    const index = first === undefined ? -1 : (node - first) / entry.bytes
    if (!Number.isInteger(index) || index < 0 || index >= MOST_OPERATORS) return undefined
    const registration = this.#member(place.nodes + index * entry.bytes, entry, 'registration')
    const invoke = this.#member(registration, registrationLayout, 'invoke')
    if (invoke === undefined || (invoke & ~1) >>> 0 !== callee) return undefined
    return {
      ...view,
      subgraph: place.subgraph,
      index,
      builtinCode: this.#member(registration, registrationLayout, 'builtin_code'),
      customName: this.#member(registration, registrationLayout, 'custom_name'),
    }
  }

  #nodes(view: InterpreterView): { nodes: number; subgraph: number } | undefined {
    const interpreter = this.#struct('MicroInterpreter')
    const direct = this.#member(view.object, interpreter, 'node_and_registrations_')
    if (direct !== undefined) return { nodes: direct, subgraph: 0 }
    const graph = at(view.object, interpreter?.members['graph_'])
    const layout = this.#graph
    const subgraph = this.#member(graph, layout, 'current_subgraph_index_')
    const allocations = this.#member(graph, layout, 'subgraph_allocations_')
    const one = this.#struct('SubgraphAllocations')
    if (subgraph === undefined || subgraph >= MOST_SUBGRAPHS || allocations === undefined || !one)
      return undefined
    const nodes = this.#member(allocations + subgraph * one.bytes, one, 'node_and_registrations')
    return nodes === undefined ? undefined : { nodes, subgraph }
  }

  /** Every other pointer to the model, the context and the allocator says the same. */
  #agrees(
    view: InterpreterView,
    implementation: number | undefined,
    helper: StructLayout | undefined,
  ): boolean {
    const graph = at(view.object, this.#struct('MicroInterpreter')?.members['graph_'])
    const same = (
      object: number | undefined,
      layout: StructLayout | undefined,
      name: string,
      value: number,
    ): boolean => layout?.members[name] === undefined || this.#member(object, layout, name) === value
    return (
      same(implementation, helper, 'model_', view.model) &&
      same(implementation, helper, 'graph_', graph ?? -1) &&
      (graph === undefined ||
        (same(graph, this.#graph, 'context_', view.context) &&
          same(graph, this.#graph, 'model_', view.model) &&
          same(graph, this.#graph, 'allocator_', view.allocator))) &&
      same(view.allocator, this.#struct('MicroAllocator'), 'context_', view.context)
    )
  }

  /** What context->impl_ points at: since September 2023, since January 2022, and before. */
  get #helper(): StructLayout | undefined {
    return [
      this.#struct('MicroInterpreterContext'),
      this.#struct('MicroContext'),
      this.#struct('internal::ContextHelper'),
    ].find((one) => one?.members['allocator_'] !== undefined)
  }

  get #graph(): StructLayout | undefined {
    return [this.#struct('MicroInterpreterGraph'), this.#struct('MicroGraph')].find(
      (one) => one?.members['subgraph_allocations_'] !== undefined,
    )
  }

  #struct(name: string): StructLayout | undefined {
    return this.#of[`tflite::${name}`] ?? this.#of[name]
  }

  #plain(name: string): StructLayout | undefined {
    return this.#of[name] ?? this.#of[`tflite::${name}`]
  }

  #member(object: number | undefined, layout: StructLayout | undefined, name: string): number | undefined {
    return word(this.#read, at(object, layout?.members[name]))
  }
}

const at = (object: number | undefined, offset: number | undefined): number | undefined =>
  object === undefined || offset === undefined ? undefined : object + offset
