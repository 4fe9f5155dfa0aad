import { UserError } from '../errors.ts'
import { describeUnmodelled } from './parts/unmodelled.ts'
import { kindOf, readJson } from './read-json.ts'
import type { RunReport } from './run-report.ts'
import { runReportSchema } from './schema/schema.ts'
import type { Schema } from './schema/schema-parts.ts'
import { shortly, wrongIn, type Wrong } from './schema/validate.ts'

/** RunReports that this tool makes and shows. */
export const REPORT_VERSION: RunReport['schemaVersion'] = 4

const AGAIN = 'Write it again: run --json FILE.'

/** The report that `run --json` wrote. @param file for messages @throws UserError in one line */
export function readReport(text: string, file: string): RunReport {
  return asReport(readJson(text, file, 'a report, which run --json writes'), file, AGAIN)
}

/**
 * What JSON text became, as a report: all of it is as the schema has it, so that nothing which shows it can fail.
 * @param file for messages @param again what to do about it, a sentence
 * @throws UserError for what is none, and for one of another version
 */
export function asReport(value: unknown, file: string, again: string): RunReport {
  if (Array.isArray(value))
    throw new UserError(`${file}: a list of reports, and one is read. Give one, as run --json writes it.`)
  if (
    typeof value !== 'object' ||
    value === null ||
    !('schemaVersion' in value && Object.hasOwn(value, 'schemaVersion'))
  )
    throw new UserError(`${file}: not a RunReport. ${again}`)
  const { schemaVersion: version } = value
  const kind = kindOf(value)
  if (kind !== undefined)
    throw new UserError(`${file}: not a RunReport: its kind is ${shortly(kind)}. ${again}`)
  if (version !== REPORT_VERSION)
    throw new UserError(
      `${file}: its report is of version ${shortly(version)}, and this tool reads version ${REPORT_VERSION}. ${again}`,
    )
  const wrong = wrongIn(value, readable)
  if (wrong) throw new UserError(`${file}: its report is not whole: ${wrong.at} ${wrong.why}. ${again}`)
  const report = completed(value as RunReport)
  const pointsAside = wrongPlace(report)
  if (pointsAside)
    throw new UserError(`${file}: its report is not whole: ${pointsAside.at} ${pointsAside.why}. ${again}`)
  return report
}

/** What came later within this version: a report may be without it. `*` is each entry of a list. */
const CAME_LATER: readonly string[] = [
  'firmware.files',
  'firmware.notes',
  'phases.*.reasons',
  'power.start',
  'run.began',
  'run.waiting.reads.*.endsBy',
  'run.waiting.reads.*.state',
  'unmodelled.*.harmless',
  'unmodelled.*.isPolled',
  'unmodelled.*.peripheral',
  'usb',
]

const readable = CAME_LATER.reduce((schema, path) => without(schema, path.split('.')), runReportSchema)

/** The schema with a place in it that may be left out. */
function without(schema: Schema, [step = '', ...rest]: readonly string[]): Schema {
  const choices = schema['anyOf'] as readonly Schema[] | undefined
  if (choices)
    return {
      ...schema,
      anyOf: choices.map((one) => (one['type'] === 'null' ? one : without(one, [step, ...rest]))),
    }
  if (step === '*') return { ...schema, items: without(schema['items'] as Schema, rest) }
  if (rest.length === 0)
    return { ...schema, required: (schema['required'] as readonly string[]).filter((one) => one !== step) }
  const properties = schema['properties'] as Readonly<Record<string, Schema>>
  return { ...schema, properties: { ...properties, [step]: without(properties[step] ?? {}, rest) } }
}

/** As what came later was before. */
function completed(report: RunReport): RunReport {
  const { firmware, run, unmodelled, power, phases } = report
  const { waiting } = run
  const reads = waiting?.reads ?? []
  const parts = [
    [NO_FILES, [firmware]],
    [BARE, [run]],
    [NO_START, [power]],
    [NO_REASONS, phases],
    [UNSAID, reads],
    [UNDESCRIBED, unmodelled],
    [NO_USB, [report]],
  ] as const
  if (parts.every(([later, all]) => all.every((one) => hasAll(one, later)))) return report
  return {
    ...NO_USB,
    ...report,
    firmware: { ...NO_FILES, ...firmware },
    run: {
      ...BARE,
      ...run,
      waiting: waiting && { ...waiting, reads: reads.map((one) => ({ ...UNSAID, ...one })) },
    },
    phases: phases.map((phase) => ({ ...NO_REASONS, ...phase })),
    power: { ...NO_START, ...power },
    unmodelled: describeUnmodelled(unmodelled).map((described, i) => ({ ...described, ...unmodelled[i] })),
  }
}

const hasAll = (one: object, later: object): boolean =>
  Object.keys(later).every((name) => Object.hasOwn(one, name))

const NO_FILES = { files: [], notes: [] }
const NO_USB = { usb: null }
const NO_START = { start: null }
const NO_REASONS = { reasons: {} }
const UNSAID = { state: null, endsBy: null }
const UNDESCRIBED = { peripheral: '', isPolled: false, harmless: null }
const BARE: Pick<RunReport['run'], 'began'> = {
  began: { how: 'reset', vectorTable: 0, bootloader: null, leaves: [] },
}

/** What says which of a list it means must mean one that is there. */
function wrongPlace({ models, interpreters, memory, calls }: RunReport): Wrong | undefined {
  const wrong = (at: string, place: number, there: number): Wrong | undefined =>
    place < there ? undefined : { at, why: `is ${place}, and there are ${there}` }
  return first([
    ...interpreters.map(({ model }, i) =>
      model === null ? undefined : wrong(`interpreters[${i}].model`, model, models.length),
    ),
    ...memory.arenas.flatMap((arena, i) =>
      arena.interpreters.map((place, j) =>
        wrong(`memory.arenas[${i}].interpreters[${j}]`, place, interpreters.length),
      ),
    ),
    ...(calls ?? []).map(({ parent }, i) =>
      parent === null || parent < i
        ? undefined
        : { at: `calls[${i}].parent`, why: `is ${parent}, and callers come before those they called` },
    ),
  ])
}

const first = (wrongs: readonly (Wrong | undefined)[]): Wrong | undefined =>
  wrongs.find((wrong) => wrong !== undefined)
