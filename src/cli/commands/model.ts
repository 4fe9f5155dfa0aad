import { ExitCode } from '../../../runs/errors.ts'
import type { Proportion } from '../../model/statistics.ts'
import { describeModel } from '../../../runs/tflite/describe.ts'
import type { ModelDescription, TensorDescription } from '../../../runs/tflite/describe.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import { registrationCode, resolverApis, type ResolverApi } from '../../../runs/tflite/registration.ts'
import type { TfliteModel } from '../../../runs/tflite/schema.ts'
import { TRAINED_FOLDER, trainingRecordings } from '../../project.ts'
import { readInput } from '../../read-input.ts'
import { grouped } from '../../../runs/report/show/format.ts'
import { macsCell, macsText } from '../../../runs/report/show/macs.ts'
import { facts, heading, number, spare, table, text } from '../../../runs/report/show/style.ts'
import { visible, visibleLines, visibleText } from '../../../runs/report/show/visible.ts'
import { supportedOperators } from '../../toolchain/generate/resolver.ts'
import { printReport, writeOutput } from '../output.ts'
import { showProgress, styleFor } from '../terminal.ts'

interface Loaded {
  readonly model: TfliteModel
  readonly description: ModelDescription
  readonly bytes: number
}

async function load(file: string): Promise<Loaded> {
  const bytes = await readInput(file, 'a .tflite file')
  const model = readModel(bytes, file)
  return { model, description: describeModel(model), bytes: bytes.length }
}

async function writeJson(file: string | undefined, value: unknown): Promise<void> {
  if (file !== undefined) await writeOutput(file, `${JSON.stringify(value, undefined, 2)}\n`)
}

const shape = (dimensions: readonly number[]): string =>
  dimensions.length === 0 ? 'scalar' : dimensions.join('x')

export interface OpsOptions {
  readonly json?: string
  /** Whose resolver the code to paste is for; both unless said. */
  readonly api?: ResolverApi | 'both'
}

/** Operators, tensors, sizes, and the resolver to paste. */
export async function modelOps(file: string, options: OpsOptions): Promise<number> {
  const { model, description, bytes } = await load(file)
  const wanted = resolverApis.filter((api) => [api, 'both'].includes(options.api ?? 'both'))
  const registrations = wanted.map((api) => registration(model, description, api))
  await writeJson(options.json, {
    schemaVersion: 2,
    kind: 'model-ops',
    ...description,
    fileBytes: bytes,
    registration: Object.fromEntries(registrations.map(({ api, code }) => [api, code])),
  })
  const style = styleFor(process.stdout)
  const { operators, totals, tensors } = visible(description)
  const lines = [
    heading(
      'Operators',
      `${operators.length}; ${macsText(totals)}, ${grouped(bytes)} bytes`,
      style,
    ).trimStart(),
    table(
      [
        number('#'),
        text('operator'),
        ...['code', 'version'].map((title) => spare(number(title))),
        ...['inputs', 'output', 'type'].map(text),
        spare(text('activation')),
        ...['MACs', 'constant bytes'].map(number),
      ],
      operators.map((one) => [
        String(one.index),
        one.type,
        String(one.builtinCode),
        String(one.version),
        one.inputs.join(' '),
        shape(one.outputShape),
        one.outputType,
        one.activation === 'NONE' ? '' : one.activation,
        macsCell(one),
        one.constantBytes > 0 ? grouped(one.constantBytes) : '',
      ]),
      style,
    ),
    heading('Tensors', '', style),
    table(
      [number('#'), ...['name', 'type', 'shape'].map(text), number('bytes'), text('quantisation')],
      tensors.map((tensor) => [
        String(tensor.index),
        tensor.name,
        tensor.type,
        shape(tensor.shape),
        tensor.bytes === undefined ? '?' : grouped(tensor.bytes),
        quantisation(tensor),
      ]),
      style,
    ),
    ...registrations.flatMap(({ title, code, note }) => [
      heading('Resolver', title, style),
      visibleLines(code.trimEnd()),
      ...(note === undefined ? [] : [`// ${visibleText(note)}`]),
    ]),
  ]
  printReport(`${lines.join('\n')}\n`)
  return ExitCode.fine
}

interface Registration {
  readonly api: ResolverApi
  readonly title: string
  readonly code: string
  readonly note?: string
}

function registration(model: TfliteModel, { resolver }: ModelDescription, api: ResolverApi): Registration {
  const title = { '2020': 'to paste, TFLM of July 2020', today: "to paste, today's TFLM" }[api]
  const code = registrationCode(model, api)
  // CIRCULAR_BUFFER has a kernel, which AllOpsResolver leaves out.
  const missing = resolver.filter(
    ({ type, version }) => type !== 'CUSTOM:CIRCULAR_BUFFER' && version > (supportedOperators[type] ?? 0),
  )
  if (api === 'today' || missing.length === 0) return { api, title, code }
  const names = missing.map(({ type, version }) => `${type} version ${version}`).join(', ')
  return { api, title, code, note: `TFLM of July 2020 does not have ${names}` }
}

function quantisation({ quantisation: found }: TensorDescription): string {
  const scale = found?.scale[0]
  if (!found || scale === undefined) return ''
  if (found.scale.length > 1) return `${found.scale.length} scales, axis ${found.axis}`
  return `scale ${scale.toPrecision(6)}, zero point ${found.zeroPoint[0] ?? 0}`
}

/** What the model is, in a few lines. */
export async function modelInfo(file: string, options: { readonly json?: string }): Promise<number> {
  const { description: found, bytes } = await load(file)
  await writeJson(options.json, { schemaVersion: 2, kind: 'model-info', ...found, fileBytes: bytes })
  const description = visible(found)
  const { totals, operators } = description
  const ends = (tensors: readonly TensorDescription[]): string =>
    tensors
      .map((tensor) =>
        `${tensor.name} ${tensor.type} ${shape(tensor.shape)}  ${quantisation(tensor)}`.trimEnd(),
      )
      .join('\n')
  const rows: readonly (readonly [string, string])[] = [
    ['file', `${visibleText(file)}, ${grouped(bytes)} B`],
    ['description', description.description],
    ['input', ends(description.inputs)],
    ['output', ends(description.outputs)],
    [
      'operators',
      `${operators.length}: ${description.resolver.map(({ type, version }) => `${type} v${version}`).join(', ')}`,
    ],
    [
      'cost',
      `${macsText(totals)}, ${grouped(totals.parameters)} parameters in ${grouped(totals.constantBytes)} B`,
    ],
  ]
  printReport(`${facts(rows, styleFor(process.stdout))}\n`)
  return ExitCode.fine
}

export interface TrainOptions {
  readonly recordings?: string
  readonly out?: string
  readonly seed?: number
  readonly hidden?: number
  readonly epochs?: number
  readonly json?: string
}

/** Trains the gesture model and writes its files. */
export async function modelTrain(options: TrainOptions): Promise<number> {
  const { trainGestureModelFiles } = await import('../../model/train-gesture.ts')
  const { seed, hidden, epochs } = options
  const out = options.out ?? TRAINED_FOLDER
  const progress = showProgress('training')
  const { metadata } = await trainGestureModelFiles(
    options.recordings ?? trainingRecordings(),
    out,
    {
      ...(seed !== undefined && { seed }),
      ...(hidden !== undefined && { hidden }),
      ...(epochs !== undefined && { epochs }),
    },
    ({ stage, step, steps }) => progress.update(step / steps, stage),
  ).finally(() => progress.done())
  await writeJson(options.json, metadata)
  const { accuracy } = metadata
  const rows: readonly (readonly [string, string])[] = [
    ['written to', out],
    ['labels', metadata.labels.join(', ')],
    ['parameters', grouped(metadata.parameters)],
    ['held out, float32', proportion(accuracy.heldOutFloat32)],
    ['held out, int8', proportion(accuracy.heldOutInt8)],
    [
      'cross-validated',
      `${proportion(accuracy.crossValidatedFloat32)}, ${accuracy.crossValidatedFloat32.folds} folds`,
    ],
    ['note', accuracy.note],
  ]
  printReport(`${facts(rows, styleFor(process.stdout))}\n`)
  return ExitCode.fine
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
const proportion = ({ correct, total, value, interval95 }: Proportion): string =>
  `${correct} of ${total}: ${percent(value)} (95 %: ${interval95.map(percent).join(' to ')})`
