import { UserError } from '../../runs/errors.ts'
import { fuzzInputs } from '../formats/fuzz-inputs.ts'
import { fuzzSnapshots } from '../snapshot/fuzz.ts'
import { readArguments, runCommand } from './arguments.ts'
import { Comparison } from './compare.ts'
import { ExceptionComparison } from './exceptions/compare.ts'
import { Ours } from './ours.ts'
import { entrySubjects, families, runSubject, type Subject } from './run.ts'
import { Unicorn } from './unicorn.ts'

const USAGE = `Runs random instructions on the emulated processor and on libunicorn and compares what they leave; then random
programs whose exception handlers edit what is stacked, beside qemu-system-arm. With --only snapshots: goes on from
random moments of all apps, as a run that never stopped. With --only inputs: reads damaged files of measured currents
(.ppk2, CSV) and of sensors (RESD, CSV, JSON): each is read, or refused in one line.
  --cases N     cases altogether, shared among the entries of the instruction table (1000000)
  --seed N      another seed, other cases (1)
  --programs N  programs with exceptions (100000)
  --first N     the first of them (0)
  --moments N   to go on from (2000)
  --files N     damaged files (20000)
  --only NAME   entries whose name contains NAME, the families "sequence", "if-then" and "exceptions", "snapshots" or
                "inputs"
  --case N      only the Nth case of each
  --keep-going  do not stop at the first entry with differences`

/** Cases of one subject at a time: progress is shown between. */
const CHUNK = 2000

interface Options {
  readonly cases: number
  readonly programs: number
  readonly moments: number
  readonly files: number
  readonly first: number
  readonly seed: number
  readonly only: string | undefined
  readonly oneCase: number | undefined
  readonly keepGoing: boolean
}

function number(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new UserError(`--${name} takes a whole number, not '${text}'`)
  return value
}

function readOptions(args: string[]): Options | undefined {
  const options = {
    cases: { type: 'string', default: '1000000' },
    programs: { type: 'string', default: '100000' },
    first: { type: 'string', default: '0' },
    moments: { type: 'string', default: '2000' },
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    case: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values } = readArguments({ args, options, strict: true }, USAGE)
  if (values.help) return undefined
  return {
    cases: number('cases', values.cases),
    programs: number('programs', values.programs),
    moments: number('moments', values.moments),
    files: number('files', values.files),
    first: number('first', values.first),
    seed: number('seed', values.seed),
    only: values.only,
    oneCase: values.case === undefined ? undefined : number('case', values.case),
    keepGoing: values['keep-going'],
  }
}

function subjectsFor(only: string | undefined): readonly Subject[] {
  const all = [...entrySubjects(), ...families]
  const exact = all.filter(({ name }) => name === only)
  const found = exact.length > 0 ? exact : all.filter(({ name }) => only === undefined || name.includes(only))
  if (found.length === 0)
    throw new UserError(`no instruction is called '${only ?? ''}'; names are like "ADD (immediate) T3"`)
  return found
}

const tty = process.stderr.isTTY

function fuzz(options: Options): boolean {
  const subjects = subjectsFor(options.only)
  const comparison = new Comparison(new Ours(), new Unicorn())
  const perSubject = options.oneCase === undefined ? Math.ceil(options.cases / subjects.length) : 1
  const first = options.oneCase ?? 0
  const began = Date.now()
  let cases = 0
  let failing = 0
  const failed = new Set<Subject>()
  const unreachable: string[] = []
  for (let done = 0; done < perSubject; done += CHUNK)
    for (const subject of subjects) {
      if (failed.has(subject)) continue
      const count = Math.min(CHUNK, perSubject - done)
      const result = runSubject(comparison, subject, options.seed, first + done, count)
      cases += result.cases
      if (result.unreachable && done === 0) unreachable.push(subject.name)
      if (tty) process.stderr.write(`\r\x1b[K${cases} cases, ${failed.size} entries differ: ${subject.name}`)
      if (result.differing === 0) continue
      failed.add(subject)
      failing += result.differing
      const head = `${subject.name}: ${result.differing} of ${result.cases} cases differ`
      process.stdout.write(`${head}\n${result.differences.map(({ text }) => `  ${text}\n`).join('')}`)
      if (!options.keepGoing) return false
    }
  if (tty) process.stderr.write('\r\x1b[K')
  if (unreachable.length > 0) process.stdout.write(`no case can be made for: ${unreachable.join(', ')}\n`)
  const seconds = (Date.now() - began) / 1000
  process.stdout.write(
    `${cases} cases of ${subjects.length} entries and families, seed ${options.seed}, ${seconds.toFixed(1)} s: ${failing} differences\n`,
  )
  return failing === 0
}

const EXCEPTIONS = 'exceptions'
const SNAPSHOTS = 'snapshots'
const INPUTS = 'inputs'

function fuzzExceptions({ programs, first, seed, oneCase, keepGoing }: Options): boolean {
  const comparison = new ExceptionComparison()
  const began = Date.now()
  let failing = 0
  let ran = 0
  for (const { done, differences } of comparison.run(
    seed,
    oneCase ?? first,
    oneCase === undefined ? programs : 1,
  )) {
    ran = done
    failing += differences.length
    if (tty) process.stderr.write(`\r\x1b[K${done} programs, ${failing} differ`)
    for (const { text } of differences) process.stdout.write(`${text}\n`)
    if (failing > 0 && !keepGoing) break
  }
  if (tty) process.stderr.write('\r\x1b[K')
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  process.stdout.write(
    `${ran} programs with exceptions beside QEMU, seed ${seed}, ${seconds} s: ${failing} differences\n`,
  )
  return failing === 0
}

async function goOnFromSnapshots({ moments: wanted, seed, keepGoing }: Options): Promise<boolean> {
  const began = Date.now()
  const clear = tty ? '\r\x1b[K' : ''
  const { moments, failing } = await fuzzSnapshots({
    moments: wanted,
    seed,
    keepGoing,
    onProgress: (text) => tty && process.stderr.write(`${clear}${text}`),
    onDifference: (text) => process.stdout.write(`${clear}${text}\n`),
  })
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  process.stdout.write(
    `${clear}${moments} moments, seed ${seed}, ${seconds} s: ${failing} went on otherwise\n`,
  )
  return failing === 0
}

async function damageInputs({ files: wanted, first, oneCase, seed, keepGoing }: Options): Promise<boolean> {
  const began = Date.now()
  const clear = tty ? '\r\x1b[K' : ''
  const { files, wrong } = await fuzzInputs({
    cases: oneCase === undefined ? wanted : 1,
    first: oneCase ?? first,
    seed,
    keepGoing,
    onProgress: (text) => tty && process.stderr.write(`${clear}${text}`),
    onWrong: (text) => process.stdout.write(`${clear}${text}\n`),
  })
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  process.stdout.write(
    `${clear}${files} damaged files, seed ${seed}, ${seconds} s: ${wrong} neither read nor refused in a line\n`,
  )
  return wrong === 0
}

await runCommand('fuzz', async () => {
  const options = readOptions(process.argv.slice(2))
  if (options?.only === SNAPSHOTS) return (await goOnFromSnapshots(options)) ? 0 : 1
  if (options?.only === INPUTS) return (await damageInputs(options)) ? 0 : 1
  if (options?.only === EXCEPTIONS) return fuzzExceptions(options) ? 0 : 1
  if (options) {
    const agrees = fuzz(options)
    const isAll = options.only === undefined && options.oneCase === undefined
    if (isAll && (agrees || options.keepGoing)) return fuzzExceptions(options) && agrees ? 0 : 1
    return agrees ? 0 : 1
  }
  process.stdout.write(`${USAGE}\n`)
  return 0
})
