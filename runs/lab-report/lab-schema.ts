import {
  count,
  list,
  map,
  nullable,
  object,
  oneOf,
  text,
  type Schema,
} from '../report/schema/schema-parts.ts'
import { verdicts } from '../verdict.ts'
import { preprocessings } from './preprocessing.ts'
import { techniqueIds } from './technique-ids.ts'

const number: Schema = { type: 'number' }
const sha256: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' }
const interval: Schema = { type: 'array', items: number, minItems: 2, maxItems: 2 }

/** An object some of whose properties may be left out. */
const partly = (
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>>,
): Schema => ({
  ...object({ ...required, ...optional }),
  required: Object.keys(required),
})

const units = ['', 'us', 'cycles', 'B', 'uJ', 'uA', 'mA', '%', 'points', 'x', 'cycles/MAC', 'h']
const unit = oneOf(...units)
const quantity = object({ value: number, unit, interval: nullable(interval) })

const header = object({
  board: text,
  chip: text,
  clockHz: count,
  timingModel: text,
  timingParameters: map(number),
  compiler: text,
  compilerFlags: text,
  libraries: list(text),
  sensing: text,
  dataset: object({
    name: text,
    sha256,
    labels: list(text),
    channels: list(text),
    samples: count,
    recordings: count,
  }),
  folds: count,
  seeds: list(count),
  quick: { type: 'boolean' },
  intervals: list(text),
})

const comparison = object({
  case: text,
  metric: text,
  before: quantity,
  after: quantity,
  ratio: nullable(quantity),
  difference: nullable(quantity),
  main: { type: 'boolean' },
})

const claim = object({
  claim: text,
  source: text,
  ours: text,
  verdict: oneOf(...verdicts),
  because: text,
})

const table = object({
  title: text,
  columns: list(object({ title: text, number: { type: 'boolean' } })),
  rows: list(list({ anyOf: [text, number, quantity, { type: 'null' }] })),
})

const axis = object({ title: text, unit, scale: oneOf('linear', 'log', 'category') })
const point = partly({ x: { anyOf: [number, text] }, y: number }, { interval, label: text })
const chart = object({
  title: text,
  kind: oneOf('bars', 'points', 'stacked-bars'),
  x: axis,
  y: axis,
  series: list(partly({ name: text, points: list(point) }, { line: { type: 'boolean' } })),
})

const technique = object({
  id: oneOf(...techniqueIds),
  row: { type: 'integer', minimum: 1, maximum: 11 },
  title: text,
  changed: text,
  command: text,
  comparisons: list(comparison),
  claims: list(claim),
  tables: list(table),
  charts: list(chart),
  notes: list(text),
})

/** Which network, as src/lab/measurement.ts has it: its variants are the lab's own affair. */
const model: Schema = {
  type: 'object',
  required: ['from'],
  properties: { from: oneOf('training', 'file', 'stock') },
}

const device = object({
  kind: { const: 'device' },
  model,
  app: oneOf('gesture', 'infer', 'keyword'),
  kernels: oneOf('reference', 'cmsis-nn'),
  resolver: oneOf('all', 'mutable'),
  optimise: oneOf('-Os', '-O2', '-O3'),
  preprocessing: oneOf(...preprocessings),
})

const configuration = partly(
  {
    name: text,
    accuracy: quantity,
    latency: quantity,
    inference: quantity,
    flash: quantity,
    ram: quantity,
    energy: nullable(quantity),
    frontier: { type: 'boolean' },
  },
  { device },
)

const recommendation = object({
  configuration: text,
  criteria: object({ accuracyLossPoints: number, latencyMicroseconds: nullable(number) }),
  reasons: list(text),
  command: text,
})

/** JSON Schema of LabReport (draft 2020-12); lab-schema.json is this, written out. */
export const labSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Boardless LabReport',
  ...object({
    schemaVersion: { const: 1 },
    kind: { const: 'lab' },
    tool: object({ name: { const: 'boardless' }, version: text }),
    command: text,
    header,
    techniques: list(technique),
    configurations: list(configuration),
    recommendation: nullable(recommendation),
  }),
}
