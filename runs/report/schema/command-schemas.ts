/** JSON Schemas of what commands other than `run` and `lab` write with --json. */
import { baselineSchema, checkSchema, historySchema } from './check-schema.ts'
import { comparisonSchema } from './comparison-schema.ts'
import { count, list, map, nullable, object, oneOf, share, text, type Schema } from './schema-parts.ts'

const number: Schema = { type: 'number' }
const sha256: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' }
const indices = list({ type: 'integer', minimum: -1 })

const build = object(
  {
    schemaVersion: { const: 1 },
    kind: { const: 'build' },
    elfPath: text,
    hexPath: text,
    mapPath: text,
    compiler: object({ name: text, version: text, flags: list(text) }),
    versions: object({ tflm: text }, { cmsisNn: text, cmsisDsp: text }),
    flashBytes: count,
    staticRamBytes: count,
    arena: nullable(object({ bytes: count, neededBytes: nullable(count) })),
  },
  { modelPath: text, modelSha256: sha256 },
)

const tensor = object(
  {
    index: count,
    name: text,
    type: text,
    shape: list({ type: 'integer' }),
    isConstant: { type: 'boolean' },
  },
  {
    bytes: count,
    quantisation: object({ scale: list(number), zeroPoint: list(number), axis: { type: 'integer' } }),
  },
)

const operator = object({
  index: count,
  type: text,
  builtinCode: count,
  version: count,
  inputs: indices,
  outputs: indices,
  outputShape: list({ type: 'integer' }),
  outputType: text,
  activation: text,
  macs: nullable(count),
  macsNotCounted: nullable(text),
  constantBytes: count,
})

const model = (kind: string, more: Readonly<Record<string, Schema>> = {}): Schema =>
  object({
    schemaVersion: { const: 2 },
    kind: { const: kind },
    version: count,
    description: text,
    subgraphs: count,
    inputs: list(tensor),
    outputs: list(tensor),
    operators: list(operator),
    tensors: list(tensor),
    resolver: list(object({ type: text, builtinCode: count, version: count })),
    totals: object({
      macs: count,
      macsNotCounted: list(object({ operator: text, count, why: text })),
      parameters: count,
      constantBytes: count,
    }),
    fileBytes: count,
    ...more,
  })

const address: Schema = { type: 'integer', minimum: 0, maximum: 0xffff_ffff }
const spent = { cycles: count, share, reasons: nullable(map({ type: 'integer' })) }
const annotation = object({
  schemaVersion: { const: 1 },
  kind: { const: 'annotation' },
  tool: object({ name: { const: 'boardless' }, version: text }),
  firmware: object({ file: text, sha256 }),
  run: object({ cycles: count, awakeCycles: count, stop: text }),
  function: object({
    name: text,
    address,
    bytes: count,
    instructions: count,
    entries: nullable(count),
    shareOfRun: share,
    ...spent,
  }),
  copies: list(object({ function: text, address, bytes: count, instructions: count, ...spent })),
  inlined: list(object({ name: text, instructions: count, ...spent })),
  isSplitDwarf: { type: 'boolean' },
  files: list(object({ path: text, hasText: { type: 'boolean' } })),
  lines: list(
    object({
      file: nullable(text),
      line: count,
      function: nullable(text),
      text: nullable(text),
      executions: count,
      ...spent,
    }),
  ),
  instructions: list(
    object({
      address,
      text,
      executions: count,
      target: nullable(object({ address, name: nullable(text) })),
      isTarget: { type: 'boolean' },
      places: list(object({ function: nullable(text), file: text, line: count })),
      ...spent,
    }),
  ),
})

/** By `kind`; command-schemas.json is this, written out. */
export const commandSchemas: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title:
    'What boardless annotate, build, model info and model ops write with --json, check, compare and history with --format json, and a baseline',
  oneOf: [
    annotation,
    baselineSchema,
    build,
    checkSchema,
    comparisonSchema,
    historySchema,
    model('model-info'),
    model('model-ops', {
      registration: {
        type: 'object',
        propertyNames: oneOf('2020', 'today'),
        additionalProperties: text,
      },
    }),
  ],
}
