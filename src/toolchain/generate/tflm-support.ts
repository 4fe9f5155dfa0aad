/** What a TFLM can run, read from its own sources, and what of a model is not among it. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../../runs/errors.ts'
import type { Operator, Tensor, TfliteModel } from '../../../runs/tflite/schema.ts'
import { layout, versions } from '../sources/packages.ts'

export interface TflmSupport {
  /** Highest version of each operator that AllOpsResolver registers. */
  readonly operators: ReadonlyMap<string, number>
  /** Types that a kernel tells apart in its data; none for one that takes any. */
  readonly kernelTypes: ReadonlyMap<string, ReadonlySet<string>>
  /** Types that a tensor may have: those whose size it knows. */
  readonly tensorTypes: ReadonlySet<string>
}

/** @param tflm the unpacked package */
export async function readSupport(tflm: string): Promise<TflmSupport> {
  const micro = join(tflm, layout.lite, 'micro')
  const source = async (path: string) => withoutComments(await readFile(join(micro, path), 'utf8'))
  const files = (await readdir(join(micro, 'kernels'))).filter(
    (file) => file.endsWith('.cc') && !file.endsWith('_test.cc') && file !== 'all_ops_resolver.cc',
  )
  const kernelTypes = new Map<string, ReadonlySet<string>>()
  for (const file of files.sort()) {
    const text = await source(join('kernels', file))
    const types = typesOf(text)
    for (const [, operator = ''] of text.matchAll(/\bRegister_(\w+)\s*\(/g)) kernelTypes.set(operator, types)
  }
  return {
    operators: registered(await source('kernels/all_ops_resolver.cc')),
    kernelTypes,
    tensorTypes: new Set(
      [...(await source('memory_helpers.cc')).matchAll(/case kTfLite(\w+):/g)].map(([, type = '']) =>
        type.toUpperCase(),
      ),
    ),
  }
}

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '')

/** AddBuiltin(operator, registration, [first version], [last version]) */
function registered(text: string): ReadonlyMap<string, number> {
  const calls = text.matchAll(/AddBuiltin\(\s*BuiltinOperator_(\w+),\s*Register_\w+\(\)([^)]*)\);/g)
  return new Map(
    [...calls].map(([, name = '', versions = '']) => [name, Number(/(\d+)\s*$/.exec(versions)?.[1] ?? 1)]),
  )
}

const comparison =
  /(?:\b([\w.>-]*?type)\s*==\s*|ENSURE_(?:TYPES_)?EQ\(\s*context,\s*([\w.>-]+type),\s*)kTfLite([A-Z]\w*)/g
const label = /switch\s*\(([^)]*)\)|case\s+kTfLite([A-Z]\w*):/g

/** Data is what a kernel calls input or, where it asks nothing of that, output; axes, sizes and weights have other names. */
function typesOf(text: string): ReadonlySet<string> {
  const found: { subject: string; type: string }[] = []
  for (const [, left, right, type = ''] of text.matchAll(comparison))
    found.push({ subject: left ?? right ?? '', type })
  let subject = ''
  for (const [, over, type] of text.matchAll(label)) {
    if (over !== undefined) subject = over
    else if (type !== undefined) found.push({ subject, type })
  }
  const types = (name: RegExp) =>
    new Set(found.filter((one) => name.test(one.subject)).map(({ type }) => type.toUpperCase()))
  const ofInput = types(/\binput1?(->|\.|_)type$|^type$/)
  return ofInput.size > 0 ? ofInput : types(/\boutput(->|\.|_)type$/)
}

/** Which of an operator's inputs is its data, where not the first. */
const dataInput: Readonly<Record<string, number>> = { SPLIT: 1 }
const weighted = ['FULLY_CONNECTED', 'CONV_2D', 'DEPTHWISE_CONV_2D']

/** Each once, with the operators that have it. @throws UserError one line that names all of them */
export function checkModel(model: TfliteModel, support: TflmSupport, path: string): void {
  const found = new Map<string, number[]>()
  const add = (what: string, operator: number): unknown =>
    found.get(what)?.push(operator) ?? found.set(what, [operator])
  model.operators.forEach((operator, index) => {
    for (const what of problemsOf(operator, model.tensors, support)) add(what, index)
  })
  const all = [
    ...[...found].map(([what, at]) => `${what} (operator${at.length > 1 ? 's' : ''} ${at.join(', ')})`),
    ...problemsOfTensors(model, support),
  ]
  if (all.length === 0) return
  throw new UserError(
    `${path}: TensorFlow Lite Micro of ${versions.tflm}, which is built in, cannot run it: ${all.join('; ')}`,
  )
}

function problemsOf(
  { type, version, inputs }: Operator,
  tensors: readonly Tensor[],
  { operators, kernelTypes }: TflmSupport,
): readonly string[] {
  if (type.startsWith('CUSTOM:'))
    return [`no custom operator ${JSON.stringify(type.slice('CUSTOM:'.length))}`]
  const highest = operators.get(type)
  if (highest === undefined) return [`no operator ${type}`]
  const data = tensors[inputs[dataInput[type] ?? 0] ?? -1]
  const weights = weighted.includes(type) ? tensors[inputs[1] ?? -1] : undefined
  const types = kernelTypes.get(type)
  const found: string[] = []
  if (version > highest) found.push(`${type} version ${version}, it has ${upTo(highest)}`)
  else if (data !== undefined && types !== undefined && types.size > 0 && !types.has(data.type))
    found.push(`${type} of ${data.type}, it has ${[...types].sort().join(', ')}`)
  else if (data !== undefined && weights !== undefined && weights.type !== data.type)
    found.push(
      `${type} with weights of ${weights.type} on ${data.type}: dynamic-range quantisation; convert to full int8, with a representative dataset`,
    )
  const scales = weights?.quantisation?.scale.length ?? 0
  if (type === 'FULLY_CONNECTED' && scales > 1)
    found.push(
      `FULLY_CONNECTED with ${scales} weight scales, it takes one: convert with _experimental_disable_per_channel_quantization_for_dense_layers`,
    )
  return found
}

const upTo = (version: number): string => (version === 1 ? 'version 1 alone' : `1 to ${version}`)

function problemsOfTensors(model: TfliteModel, { tensorTypes }: TflmSupport): readonly string[] {
  const named = (tensors: readonly Tensor[]) =>
    tensors
      .map(({ name }) => short(name))
      .slice(0, 3)
      .join(', ')
  const open = model.tensors.filter(({ shape }) => shape.includes(-1))
  const untyped = model.tensors.filter(({ type }) => !tensorTypes.has(type))
  const types = [...new Set(untyped.map(({ type }) => type))]
  return [
    ...(open.length > 0 ? [`a dimension is open in ${named(open)}: convert with a batch of 1`] : []),
    ...(untyped.length > 0 ? [`no tensors of ${types.join(', ')} (${named(untyped)})`] : []),
    ...(model.subgraphs.length > 1 ? [`${model.subgraphs.length} subgraphs, it takes one`] : []),
  ]
}

const short = (name: string): string =>
  name.length > 40 ? `${name.slice(0, 39)}…` : name || 'one without a name'
