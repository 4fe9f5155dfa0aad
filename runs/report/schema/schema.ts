import { powerSchema } from './power-schema.ts'
import { usbSchema } from './usb-schema.ts'
import { count, list, map, nullable, object, oneOf, quantity, share, text } from './schema-parts.ts'
import type { Schema } from './schema-parts.ts'

const address: Schema = { type: 'integer', minimum: 0, maximum: 0xffff_ffff }
const sha256: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' }
const word = address
const figure: Schema = { anyOf: [{ type: 'number' }, text] }

const spread = {
  count,
  totalCycles: count,
  minimumCycles: count,
  medianCycles: count,
  maximumCycles: count,
  minimumMicroseconds: quantity,
  medianMicroseconds: quantity,
  maximumMicroseconds: quantity,
}

const reasons = map({ type: 'integer' })

const inexact = { medianErrorCycles: count }

const four = object({ total: quantity, minimum: quantity, median: quantity, maximum: quantity })
const measure = object(
  {
    name: text,
    ...spread,
    instructions: four,
    chargeNanocoulombs: four,
    reasons,
  },
  inexact,
)
const functionCalls = object(
  {
    totalCycles: count,
    calls: count,
    returned: count,
    minimumCycles: count,
    medianCycles: count,
    maximumCycles: count,
  },
  inexact,
)
const call = object({
  parent: nullable(count),
  function: text,
  address: nullable(address),
  exception: nullable(text),
  calls: count,
  selfCycles: count,
  totalCycles: count,
})

const firmwareFormat = oneOf('elf', 'hex', 'bin', 'uf2', 'dfu', 'several')

const stopKinds = [
  'time',
  'recording-end',
  'until',
  'exit',
  'fault',
  'asleep-for-ever',
  'breakpoint',
  'reset-loop',
  'unmodelled',
  'interrupted',
]

const operator = object(
  {
    index: { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)*$' },
    kernel: text,
    subgraph: nullable(count),
    type: nullable(text),
    outputShape: nullable(list({ type: 'integer' })),
    macs: nullable(count),
    macsNotCounted: nullable(text),
    ...spread,
    cyclesPerMac: nullable(quantity),
    share,
    reasons,
  },
  inexact,
)

const interpreter = object(
  {
    name: text,
    address,
    model: nullable(count),
    modelUnknown: nullable(text),
    ...spread,
    own: object({ ...spread, share, reasons }, inexact),
    reasons,
    operators: list(operator),
  },
  inexact,
)

const memory = object({
  flashBytes: count,
  staticRamBytes: nullable(count),
  sections: list(object({ name: text, flashBytes: count, ramBytes: count })),
  arenas: list(
    object({
      name: text,
      address: nullable(address),
      bytes: nullable(count),
      usedBytes: nullable(count),
      nonPersistentBytes: nullable(count),
      persistentBytes: nullable(count),
      temporaryBytes: nullable(count),
      writtenBytes: nullable(count),
      source: oneOf('allocator', 'recording allocator output', 'written since main', 'unknown'),
      unknown: nullable(text),
      interpreters: list(count),
    }),
  ),
  stack: nullable(object({ bytes: nullable(count), highWaterBytes: count, exact: { type: 'boolean' } })),
  heap: nullable(object({ bytes: count, highWaterBytes: count })),
})

const fault = object({
  summary: text,
  causes: list(text),
  cfsr: word,
  hfsr: word,
  mmfar: nullable(word),
  bfar: nullable(word),
  pc: address,
  instruction: text,
  registers: { type: 'array', items: word, minItems: 16, maxItems: 16 },
  xpsr: word,
  callStack: list(object({ address, function: text, source: nullable(text), guessed: { type: 'boolean' } })),
})

/** JSON Schema of RunReport (draft 2020-12); schema.json is this, written out. */
export const runReportSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Boardless RunReport',
  ...object({
    schemaVersion: { const: 4 },
    tool: object({ name: { const: 'boardless' }, version: text }),
    board: object({
      name: text,
      chip: text,
      processor: text,
      clockHz: count,
      instructionCache: oneOf('on', 'off'),
      cacheOff: nullable(
        object({ cyclesPerInstruction: quantity, cyclesPerInstructionIfOn: quantity, comparedCycles: count }),
      ),
    }),
    timing: object({ model: text, parameters: map({ type: 'number' }) }),
    away: list(
      object({
        what: text,
        value: figure,
        default: nullable(figure),
        allowed: nullable({ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }),
        outside: { type: 'boolean' },
        by: text,
      }),
    ),
    firmware: object({
      file: text,
      format: firmwareFormat,
      sha256,
      files: list(object({ file: text, format: firmwareFormat, sha256 })),
      notes: list(text),
      app: text,
      kernels: text,
      resolver: text,
      compiler: text,
      compilerFlags: text,
      compilerFlagsUnknown: nullable(text),
      compilerFrom: oneOf('build', 'debug-information', 'comment-section', 'unknown'),
      compiledParts: list(object({ parts: list(text), compiler: text, compilerFlags: text })),
      tflmVersion: text,
      cmsisNnVersion: text,
      libraries: list(text),
    }),
    models: list(
      object({
        name: nullable(text),
        address,
        bytes: count,
        sha256,
        description: text,
        operators: count,
        macs: count,
        macsNotCounted: list(object({ operator: text, count, why: text })),
        parameters: count,
      }),
    ),
    recording: nullable(
      object({
        file: text,
        sha256,
        format: text,
        rows: count,
        durationSeconds: quantity,
        sampleRateHz: nullable(quantity),
        ignoredColumns: list(text),
        notes: list(object({ message: text, count, line: count })),
        atEnd: oneOf('stop', 'loop', 'hold'),
        clippedSamples: map(count),
      }),
    ),
    sound: nullable(
      object({
        file: text,
        sha256,
        durationSeconds: quantity,
        atEnd: oneOf('stop', 'loop', 'hold'),
      }),
    ),
    run: object({
      began: object({
        how: oneOf('reset', 'left-by-bootloader', 'bare'),
        vectorTable: address,
        bootloader: nullable(text),
        leaves: list(text),
      }),
      stop: oneOf(...stopKinds),
      stopDetail: text,
      exitCode: nullable({ type: 'integer' }),
      until: nullable(object({ pattern: text, metCycle: nullable(count), line: nullable(text) })),
      gaveUp: nullable(text),
      nothingWakesSinceCycle: nullable(count),
      waiting: nullable(
        object({
          kind: oneOf('asleep', 'off', 'loop'),
          sinceCycle: count,
          address,
          function: text,
          isUnchanging: { type: 'boolean' },
          reads: list(
            object({
              address,
              name: text,
              value: nullable(word),
              state: nullable(text),
              endsBy: nullable(text),
            }),
          ),
          wakes: list(text),
        }),
      ),
      cycles: count,
      seconds: quantity,
      instructions: count,
      sleepCycles: count,
    }),
    reasons,
    phases: list(
      object({ name: text, passes: count, source: oneOf('marker', 'option'), ...spread, reasons }, inexact),
    ),
    measures: list(measure),
    interpreters: list(interpreter),
    functions: list(
      object({
        name: text,
        address,
        selfCycles: count,
        share,
        instructions: count,
        entries: count,
        reasons,
        calls: nullable(functionCalls),
      }),
    ),
    calls: nullable(list(call)),
    resets: list(
      object({
        reason: oneOf('powerOn', 'pin', 'watchdog', 'software', 'lockup', 'systemOff', 'lpcomp', 'vbus'),
        address: nullable(address),
        function: nullable(text),
        exception: nullable(text),
        count,
        firstCycle: count,
        lastCycle: count,
      }),
    ),
    usb: nullable(usbSchema),
    memory,
    power: powerSchema,
    predictions: nullable(
      object({
        total: count,
        labelled: count,
        spanning: count,
        correct: nullable(count),
        windows: list(
          object({
            label: text,
            probability: nullable(share),
            expected: nullable(text),
            spansLabels: { type: 'boolean' },
          }),
        ),
      }),
    ),
    console: object({ text, droppedBytes: count }),
    interrupts: list(object({ number: count, name: text, count })),
    unmodelled: list(
      object({
        name: text,
        peripheral: text,
        isPolled: { type: 'boolean' },
        harmless: nullable(text),
        address,
        reads: count,
        writes: count,
        firstCycle: count,
      }),
    ),
    problems: list(object({ message: text, firstCycle: count, count })),
    fault: nullable(fault),
  }),
}
