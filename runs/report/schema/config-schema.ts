import { NAMED_FIGURES, PLAIN_FIGURES, SEVERITIES, STATISTICS } from '../../budget/config.ts'
import type { Schema } from './schema-parts.ts'

const text = (description: string): Schema => ({ type: 'string', minLength: 1, description })
const texts = (description: string): Schema => ({
  type: 'array',
  items: { type: 'string', minLength: 1 },
  minItems: 1,
  description,
})
const either = (...values: readonly string[]): Schema => ({ enum: values })
const closed = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length > 0 && { required }),
})

const choices: Readonly<Record<string, Schema>> = {
  build: text('a shell command that makes the file, such as make'),
  sources: text('of an app: a folder in place of the package’s own firmware/'),
  model: text('int8, float32, or a .tflite file'),
  kernels: either('reference', 'cmsis-nn'),
  resolver: either('all', 'mutable'),
  optimise: either('Os', 'O2', 'O3'),
  arena: { anyOf: [{ type: 'integer', minimum: 16 }, { const: 'auto' }] },
  preprocess: either('loop', 'unrolled', 'cmsis-dsp', 'folded'),
  board: text('nano33ble (default), nano33blesenserev2, nrf52840dk or xiao'),
  at: text('where a raw binary goes, such as 0x10000'),
  boot: text('what runs first, or none'),
  recording: text('what the IMU feels: docs/recordings.md'),
  columns: text('which columns of the recording are what'),
  rate: text('samples a second of the recording, such as 100Hz'),
  audio: text('what the microphone hears, WAV'),
  end: either('stop', 'loop', 'hold'),
  stdin: text('a file: what arrives on the serial console'),
  wire: texts('wires of your own, such as LSM9DS1.INT1=P1.11'),
  cell: text('CR2032, 2xAAA, or lipo:500 for 500 mAh'),
  currents: text('a file with coefficients of your own'),
  onFault: either('stop', 'handler'),
  timing: either('nrf52840', 'zero-wait'),
  set: { type: 'object', additionalProperties: { type: 'number' } },
  for: text('simulated time, such as 20s'),
  until: text('a regular expression: the run ends when a whole line of the console matches'),
  phase: texts('NAME=FROM..TO: phases that the firmware does not mark'),
  measure: texts('FUNCTION or FROM..TO: passages that are measured'),
}

const amount: Schema = { $ref: '#/$defs/amount' }
const limit: Schema = { $ref: '#/$defs/limit' }
const budget: Schema = { $ref: '#/$defs/budget' }

const amountSchema: Schema = {
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', minLength: 1 },
  ],
}
const limitSchema: Schema = {
  anyOf: [
    amount,
    closed({
      max: amount,
      min: amount,
      change: amount,
      of: either(...STATISTICS),
      severity: either(...SEVERITIES),
      end: either('estimate', 'worse'),
      matches: text('of the console: a line must match'),
      lacks: text('of the console: no line may match'),
    }),
  ],
}
const budgetSchema: Schema = { anyOf: [limit, { type: 'array', items: limit, minItems: 1 }] }

/** For editors: `boardless.config.json` and `.yaml`; config-schema.json is this, written out. */
export const configSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'boardless.config.json: what is run, and what it may cost',
  $defs: { amount: amountSchema, limit: limitSchema, budget: budgetSchema },
  ...closed(
    {
      $schema: { type: 'string' },
      baseline: text('the file that figures are kept in (default: boardless.baseline.json)'),
      defaults: closed(choices),
      targets: {
        type: 'object',
        minProperties: 1,
        propertyNames: { pattern: '^[^\\s,=]+$' },
        additionalProperties: closed(
          {
            firmware: { anyOf: [text('a file'), texts('several that go into one chip')] },
            app: text('in place of a file: an app of boardless by name, or a folder of sources'),
            ...choices,
            budgets: {
              type: 'object',
              minProperties: 1,
              properties: Object.fromEntries(PLAIN_FIGURES.map((name) => [name, budget])),
              patternProperties: {
                // ajv's strict mode wants no name in both.
                [`^(?!charge of an inference$)(${NAMED_FIGURES.join('|')}) .+$`]: budget,
              },
              additionalProperties: false,
            },
          },
          ['budgets'],
        ),
      },
    },
    ['targets'],
  ),
}
