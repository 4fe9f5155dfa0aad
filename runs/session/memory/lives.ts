import type { FirmwareImage } from '../../image/image.ts'
import { findModels } from '../../report/parts/models.ts'
import { tensorBytes, type Subgraph, type TfliteModel } from '../../tflite/schema.ts'
import type { ModelLives, TensorLife } from './protocol.ts'

/** Of each model in flash, which tensors live in the arena while which operator runs. */
export const livesIn = (image: FirmwareImage): readonly ModelLives[] =>
  findModels(image.segments, (address) => image.symbols.objectBytesAt(address)).flatMap(
    ({ model, address }) => {
      const lives = livesOf(model)
      return lives ? [{ ...lives, address }] : []
    },
  )

/** Of its first subgraph; undefined where that invokes others, whose tensors live meanwhile too. */
export function livesOf(model: TfliteModel): Omit<ModelLives, 'address'> | undefined {
  const [graph] = model.subgraphs
  if (!graph || model.subgraphs.length > 1) return undefined
  const unknown: string[] = []
  const tensors = graph.tensors.flatMap(({ name, shape, type, isVariable, buffer }, index): TensorLife[] => {
    const span = spanOf(graph, index)
    if (!span || (model.buffers[buffer]?.length ?? 0) > 0) return []
    const bytes = tensorBytes(type, shape)
    if (bytes === undefined || isVariable) {
      unknown.push(name)
      return []
    }
    return [{ name, shape, type, bytes, ...span }]
  })
  const operators = graph.operators.map(({ type }) => type)
  const liveBytes = operators.map((_, operator) =>
    tensors.reduce((sum, { from, to, bytes }) => sum + (from <= operator && operator <= to ? bytes : 0), 0),
  )
  return { operators, tensors, liveBytes, unknown }
}

/** From the operator that writes it to the last one that reads it; undefined for what no operator touches. */
function spanOf(
  { inputs, outputs, operators }: Subgraph,
  tensor: number,
): Pick<TensorLife, 'from' | 'to'> | undefined {
  const writer = operators.findIndex((one) => one.outputs.includes(tensor))
  const isInput = inputs.includes(tensor)
  if (writer < 0 && !isInput) return undefined
  const reader = operators.findLastIndex((one) => one.inputs.includes(tensor))
  const last = outputs.includes(tensor) ? operators.length - 1 : Math.max(reader, writer, 0)
  return { from: isInput ? -1 : writer, to: last }
}
