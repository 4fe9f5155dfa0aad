import { resolve } from 'node:path'
import { pipelineTiming } from '../../emulator/cpu/timing/timing.ts'
import { CYCLES_PER_SECOND } from '../../emulator/time/ratio-clock.ts'
import type { Wire } from '../../emulator/boards/board.ts'
import type { ParsedTarget } from '../../runs/budget/parse-config.ts'
import { UserError } from '../../runs/errors.ts'
import { parseAddress } from '../../runs/image/files/address.ts'
import { didYouMean } from '../../runs/nearest.ts'
import { impossible } from '../../runs/open-parameters/possible.ts'
import { cyclesOf } from '../../runs/recording/instant.ts'
import { parseColumns, parseRate } from '../../runs/sensor-log/choices.ts'
import { parseMeasure, parsePhase, type PhaseSpec } from '../../runs/simulation/phase-specs.ts'
import type { TimingSettings } from '../../runs/simulation/timing-choice.ts'
import type { RunChoices } from '../running/run-request.ts'
import { apps } from '../toolchain/apps/app-table.ts'

/** A target as `boardless run` would have its options; files from `folder`. @throws UserError naming the target */
export function choicesOf({ name, config, budgets }: ParsedTarget, folder: string): RunChoices {
  const path = (file: string): string => resolve(folder, file)
  const whose = (what: string): string => `${name}: ${what}`
  const measures = [
    ...(config.measure ?? []),
    // What a budget is of is measured without being named twice.
    ...budgets
      .filter(({ key }) => key.startsWith('measure '))
      .map(({ key }) => key.slice('measure '.length))
      .filter((one) => !(config.measure ?? []).some((other) => parseMeasure(other).name === one)),
  ]
  const [, ...also] = typeof config.firmware === 'object' ? config.firmware : []
  return {
    profile: true,
    ...(config.for !== undefined && { for: seconds(config.for, whose('for')) }),
    ...(config.until !== undefined && { until: pattern(config.until, whose('until')) }),
    ...(config.phase && { phase: config.phase.map((one) => spec(parsePhase, one, whose('phase'))) }),
    ...(measures.length > 0 && {
      measure: [...new Set(measures)].map((one) => spec(parseMeasure, one, whose('measure'))),
    }),
    ...(also.length > 0 && { also: also.map(path) }),
    ...(config.board !== undefined && { board: config.board }),
    ...(config.at !== undefined && {
      at: given(parseAddress(config.at), whose('at: give an address, such as 0x10000')),
    }),
    ...(config.boot !== undefined && { boot: config.boot === 'none' ? 'none' : path(config.boot) }),
    ...(config.recording !== undefined && { recording: path(config.recording) }),
    ...(config.columns !== undefined && {
      columns: given(parseColumns(config.columns), whose('columns: give NAME=COLUMN, each name once')),
    }),
    ...(config.rate !== undefined && {
      rate: given(parseRate(config.rate), whose('rate: give samples a second, such as 100Hz')),
    }),
    ...(config.audio !== undefined && { audio: path(config.audio) }),
    ...(config.end !== undefined && { end: config.end }),
    ...(config.stdin !== undefined && { stdin: path(config.stdin) }),
    ...(config.wire && { wire: config.wire.map((one) => wire(one, whose('wire'))) }),
    ...(config.cell !== undefined && { cell: config.cell }),
    ...(config.currents !== undefined && { currents: path(config.currents) }),
    ...(config.onFault !== undefined && { onFault: config.onFault }),
    ...(config.timing !== undefined && { timing: config.timing }),
    ...(config.set && { set: settings(config.set, whose('set')) }),
    ...(config.model !== undefined && {
      model: ['int8', 'float32'].includes(config.model) ? config.model : path(config.model),
    }),
    ...(config.kernels !== undefined && { kernels: config.kernels }),
    ...(config.resolver !== undefined && { resolver: config.resolver }),
    ...(config.optimise !== undefined && { optimise: `-${config.optimise}` as const }),
    ...(config.arena !== undefined && { arena: config.arena }),
    ...(config.preprocess !== undefined && { preprocess: config.preprocess }),
    ...(config.sources !== undefined && { sources: path(config.sources) }),
  }
}

/** An app of ours by name, or a folder. */
export const appOf = (app: string, folder: string): string =>
  apps.includes(app) ? app : resolve(folder, app)

function given<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new UserError(`${otherwise}.`)
  return value
}

function seconds(text: string, whose: string): number {
  const found = cyclesOf(text) / CYCLES_PER_SECOND
  if (!(found > 0 && found < Infinity))
    throw new UserError(`${whose}: give a time with a unit: 10s, 200ms, 2min.`)
  return found
}

function pattern(text: string, whose: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw new UserError(`${whose}: ${text} is no JavaScript regular expression.`)
  }
}

function spec(parse: (text: string) => PhaseSpec, text: string, whose: string): PhaseSpec {
  try {
    return parse(text)
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${whose}: ${error.message}`) : error
  }
}

function wire(text: string, whose: string): Wire {
  const [, part, from, to] = /^(.+)\.(INT[12])=(P\d+\.\d+)$/.exec(text.trim()) ?? []
  if (part === undefined || to === undefined || (from !== 'INT1' && from !== 'INT2'))
    throw new UserError(`${whose}: give a wire as LSM9DS1.INT1=P1.11.`)
  return { part, from, to }
}

function settings(set: Readonly<Record<string, number>>, whose: string): TimingSettings {
  const known = Object.keys(pipelineTiming).filter((name) => name !== 'profile')
  for (const [name, value] of Object.entries(set)) {
    if (!known.includes(name)) throw new UserError(`${whose}: there is no ${name}.${didYouMean(name, known)}`)
    const cannot = impossible(name as Exclude<keyof typeof pipelineTiming, 'profile'>, value)
    if (cannot !== undefined) throw new UserError(`${whose}: ${name} is ${cannot}.`)
  }
  return set
}
