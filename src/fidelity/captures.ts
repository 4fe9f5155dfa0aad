import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { UserError } from '../../runs/errors.ts'
import { parseMicrobench, type Measurement } from './measurement.ts'

/** What a real board made of the microbenchmarks: `captures/*.json`, described in captures/README.md. */
export interface Capture {
  readonly schemaVersion: 1
  readonly kind: 'microbench'
  /** As its owner calls it, with whatever tells it from others. */
  readonly board: string
  /** FICR INFO.PART, as in "52840". */
  readonly part: string
  /** Fingerprint of the kernels that ran. */
  readonly kernels: string
  readonly note: string
  readonly measurements: readonly Measurement[]
}

const text = { type: 'string' } as const

/** JSON Schema (draft 2020-12); captures/schema.json is this, written out. */
export const captureSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Boardless capture of the microbenchmarks on a board',
  type: 'object',
  required: ['schemaVersion', 'kind', 'board', 'part', 'kernels', 'note', 'measurements'],
  additionalProperties: false,
  properties: {
    schemaVersion: { const: 1 },
    kind: { const: 'microbench' },
    board: { type: 'string', minLength: 1 },
    part: { type: 'string', pattern: '^[0-9a-f]+$' },
    kernels: { type: 'string', pattern: '^[0-9a-f]{8}$' },
    note: text,
    measurements: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['kernel', 'cycles', 'bodies'],
        additionalProperties: false,
        properties: {
          kernel: { type: 'string', pattern: '^[a-z0-9_]+$' },
          cycles: { type: 'integer' },
          bodies: { type: 'integer', minimum: 1 },
        },
      },
    },
  },
} as const

const validate = new Ajv2020({ allErrors: false }).compile<Capture>(captureSchema)

/** @throws UserError naming the file and the first thing wrong with it */
export function parseCapture(content: string, file: string): Capture {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : ''
    throw new UserError(`${file}: not JSON (${why}). Give a file that --import wrote.`, undefined, { cause })
  }
  if (!validate(value)) {
    const [error] = validate.errors ?? []
    const where = error?.instancePath === '' ? 'the top' : (error?.instancePath ?? '')
    throw new UserError(`${file}: not a capture: at ${where}: ${error?.message ?? 'invalid'}.`)
  }
  const names = value.measurements.map(({ kernel }) => kernel)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UserError(`${file}: ${twice} is there twice.`)
  return value
}

/** @throws UserError */
export async function readCapture(file: string): Promise<Capture> {
  return parseCapture(await readText(file), file)
}

/** Makes a capture of a log of the board's UART. @throws UserError */
export async function importLog(file: string, board: string, note = ''): Promise<Capture> {
  if (board.trim() === '') throw new UserError('--board needs the name of the board.')
  const { part, kernels, measurements } = parseMicrobench(await readText(file), file)
  return { schemaVersion: 1, kind: 'microbench', board, part, kernels, note, measurements }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why =
      { ENOENT: 'no such file', EISDIR: 'is a folder', EACCES: 'not allowed' }[code] ?? String(cause)
    throw new UserError(`${file}: cannot be read: ${why}.`, undefined, { cause })
  }
}
