import type { AwayReport } from '../../parts/away.ts'
import type { RunReport, SoundReport } from '../../run-report.ts'
import { bytes, count, duration, grouped, hexadecimal, percent } from '../format.ts'
import { macsText } from '../macs.ts'
import { resetLines } from '../render-resets.ts'
import { usbLines } from './usb.ts'

/** What ran, of what it was made and how it ended, each with its name. */
export function runFacts(report: RunReport): readonly (readonly [name: string, text: string])[] {
  const { firmware, run, models } = report
  const built = [
    firmware.app !== 'unknown' ? `app ${firmware.app}` : '',
    firmware.kernels !== 'unknown' ? `kernels ${firmware.kernels}` : '',
    firmware.resolver !== 'unknown' ? `resolver ${firmware.resolver}` : '',
  ].filter(Boolean)
  return [
    ['firmware', `${filesText(firmware)}${built.length ? `\n${built.join(', ')}` : ''}`],
    ['compiler', compilerText(firmware)],
    ['libraries', librariesText(firmware)],
    ...models.map((model) => ['model', modelLine(model)] as const),
    ...(report.recording ? [['recording', recordingLine(report.recording)] as const] : []),
    ...(report.sound ? [['sound', soundLine(report.sound)] as const] : []),
    ['timing model', timingLine(report)],
    ...(report.away.length > 0 ? [['changed', awayLines(report)] as const] : []),
    ...beganRow(report),
    ['ran', runLine(report)],
    ...(report.resets.length > 0 ? [['was reset', resetLines(report)] as const] : []),
    ...(report.usb ? [['USB', usbLines(report.usb, report).join('\n')] as const] : []),
    ['stopped', run.stopDetail + (run.exitCode === null ? '' : ` (exit code ${run.exitCode})`)],
  ]
}

/** Nothing of a chip that begins as all do. */
function beganRow({ run: { began } }: RunReport): readonly (readonly [name: string, text: string])[] {
  const at = hexadecimal(began.vectorTable)
  if (began.how === 'reset') return []
  if (began.how === 'bare') return [['began', `at ${at}, everything else as after a reset`]]
  return [
    [
      'began',
      `at ${at}, as ${began.bootloader ?? 'a bootloader'} leaves the board: ${began.leaves.join(', ')}; --boot none begins bare`,
    ],
  ]
}

/** Each file by itself, and what was noticed of where it goes. */
function filesText({ file, sha256, files, notes }: Firmware): string {
  const short = (hash: string): string => `sha256 ${hash.slice(0, 16)}`
  const named =
    files.length === 0
      ? [`${file}  ${short(sha256)}`]
      : files.map((one) => `${one.file}  ${short(one.sha256)}`)
  return [...named, ...notes].join('\n')
}

export function timingLine({ timing }: RunReport): string {
  return timing.model
}

/** A line for each who put something away from its default, and what it is now. */
export function awayLines({ away }: RunReport): string {
  const whose = [...new Set(away.map(({ by }) => by))]
  return whose
    .map(
      (by) =>
        `${by}: ${away
          .filter((one) => one.by === by)
          .map(awayText)
          .join(', ')}`,
    )
    .join('\n')
}

function awayText({ what, value, default: usual, allowed, outside, by }: AwayReport): string {
  const notes = [
    ...(usual === null ? [] : [`default ${usual}`]),
    ...(outside && allowed && !by.startsWith('--timing ') ? [outsideOf(allowed)] : []),
  ]
  return `${what} ${value}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`
}

const outsideOf = ([lowest, highest]: readonly [number, number]): string =>
  lowest === highest ? 'the sources leave nothing open' : `the sources allow ${lowest} to ${highest}`

/** With what the rest was compiled, where that differs: figures of two compilers are not compared unawares. */
export function compilerText({
  compiler,
  compilerFlags,
  compilerFlagsUnknown,
  compilerFrom,
  compiledParts,
}: Firmware): string {
  if (compilerFrom === 'unknown') return 'unknown'
  if (compilerFrom === 'comment-section') return `${compiler}\nflags unknown: ${compilerFlagsUnknown}`
  if (compilerFrom === 'build') return `${compiler}\n${compilerFlags}`
  const all = compiledParts.length > 1
  return compiledParts
    .map(
      (one) =>
        `${one.compiler}${all || !one.parts.includes('main') ? ` for ${one.parts.join(', ')}` : ''}\n` +
        (one.compilerFlags === 'unknown' ? 'flags unknown' : one.compilerFlags),
    )
    .join('\n')
}

export function librariesText({ tflmVersion, cmsisNnVersion, libraries }: Firmware): string {
  const named = (name: string, version: string): string =>
    version === 'none' ? `no ${name}` : `${name} ${version}`
  if (tflmVersion === 'unknown' && cmsisNnVersion === 'unknown') return 'unknown: the file has no symbols'
  return [named('TFLM', tflmVersion), named('CMSIS-NN', cmsisNnVersion), ...libraries].join(', ')
}

type Firmware = RunReport['firmware']

export const modelLine = (model: RunReport['models'][number]): string =>
  `${model.description === '' ? 'TensorFlow Lite' : model.description}: ${count(model.operators, 'operator')}, ` +
  `${macsText(model)}, ${grouped(model.parameters)} parameters, ${bytes(model.bytes)}  ` +
  `sha256 ${model.sha256.slice(0, 16)}`

export function recordingLine(recording: NonNullable<RunReport['recording']>): string {
  const clipped = Object.entries(recording.clippedSamples).filter(([, samples]) => samples > 0)
  const note = clipped.map(([channel, samples]) => `${channel} clipped in ${count(samples, 'sample')}`)
  const size = `${count(recording.rows, 'row')}, ${duration(recording.durationSeconds)}`
  const rate =
    recording.sampleRateHz === null ? '' : ` at ${Number(recording.sampleRateHz.toPrecision(4))} Hz`
  const format = recording.format === 'CSV' ? '' : `, ${recording.format}`
  return [`${recording.file}: ${size}${rate}${format}`, ...unused(recording), ...note].join('; ')
}

const MOST_UNUSED = 6

function unused({ ignoredColumns }: NonNullable<RunReport['recording']>): readonly string[] {
  if (ignoredColumns.length === 0) return []
  const more = ignoredColumns.length - MOST_UNUSED
  return [
    `not used: ${ignoredColumns.slice(0, MOST_UNUSED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  ]
}

export const soundLine = ({ file, durationSeconds, atEnd }: SoundReport): string =>
  `${file}: ${duration(durationSeconds)}${atEnd === 'stop' ? '' : `, then ${atEnd === 'loop' ? 'again' : 'silence'}`}`

export function runLine({ run }: RunReport): string {
  const asleep = run.sleepCycles / Math.max(run.cycles, 1)
  const awake = run.cycles - run.sleepCycles
  const perInstruction = run.instructions > 0 ? `, ${(awake / run.instructions).toFixed(2)} cycles each` : ''
  return (
    `${duration(run.seconds)} simulated, ${grouped(run.cycles)} cycles (${percent(asleep)} asleep), ` +
    `${grouped(run.instructions)} instructions${perInstruction}`
  )
}
