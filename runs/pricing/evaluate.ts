import { NOTHING, type Level, type StateUse } from './coefficients.ts'
import { keepsClock, type CpuModel, type DutyModel, type PartModel } from './duty-model.ts'
import { MAGNETOMETER, MAGNETOMETER_STATES, stateOf } from './sensors.ts'
import type { DutySettings, Regulator, Sleep } from './settings.ts'

/** What the run leaves open; each is one way that it can be. */
export interface Scenario {
  /** What work outside of all phases goes with. */
  readonly unmarked: 'windows' | 'samples' | 'time'
  /** What needs the clock outside of phases comes one after the other, or at once. */
  readonly clock: 'sum' | 'max'
  /** Of a processor that never slept: whether what it did outside of phases was work. */
  readonly isHiddenWork: boolean
}

export const TYPICAL: Scenario = { unmarked: 'windows', clock: 'sum', isHiddenWork: false }

export const SCENARIOS: readonly Scenario[] = (['windows', 'samples', 'time'] as const).flatMap((unmarked) =>
  (['sum', 'max'] as const).flatMap((clock) =>
    [false, true].map((isHiddenWork) => ({ unmarked, clock, isHiddenWork })),
  ),
)

export interface Evaluated {
  /** Average current of each part. */
  readonly parts: ReadonlyMap<string, Level>
  /** The most that each part draws in a state, typical microamps. */
  readonly most: ReadonlyMap<string, number>
  /** Share of the time that the processor is at work, above one where it cannot be. */
  readonly busyShare: number
}

/** Settings where nothing is left out that the run knows. */
export type Resolved = ReturnType<typeof resolve>

export const resolve = ({ own }: DutyModel, settings: DutySettings) => ({
  ...own,
  ...settings,
  leds: { ...own.leds, ...settings.leds },
})

interface Wanted {
  readonly settings: Resolved
  readonly scenario: Scenario
  /** By how much more often windows, readings and what belongs to neither come. */
  readonly pace: Readonly<Record<Scenario['unmarked'], number>>
}

interface CpuShares {
  readonly awake: number
  readonly nap: number
}

/** Average current of every part, with all coefficients at each end of their intervals. */
export function evaluate(model: DutyModel, settings: DutySettings, scenario: Scenario): Evaluated {
  const resolved = resolve(model, settings)
  const pace = (wanted: number | undefined, own: number | undefined): number =>
    wanted === undefined || own === undefined ? 1 : wanted / own
  const wanted: Wanted = {
    settings: resolved,
    scenario,
    pace: {
      windows: pace(resolved.rate, model.own.rate),
      samples: pace(resolved.samples, model.own.samples),
      time: 1,
    },
  }
  const shares = cpuShares(model, wanted)
  const busyShare = shares.awake + shares.nap
  const parts = new Map<string, Level>()
  const most = new Map<string, number>()
  const put = (name: string, average: Level, levels: readonly Level[]): void => {
    parts.set(name, average)
    most.set(name, Math.max(0, ...levels.map(({ typical }) => typical)))
  }
  for (const part of model.parts) {
    const name = part.report.part
    const { average, levels } =
      name === 'CPU' && model.cpu
        ? cpuLevel(model, model.cpu, wanted, shares)
        : partLevel(model, part, wanted, busyShare)
    put(name, average, levels)
  }
  for (const [name, level] of newParts(model, wanted)) if (!parts.has(name)) put(name, level, [level])
  return { parts, most, busyShare }
}

function cpuShares(
  { cpu, activities, report, own }: DutyModel,
  { settings, scenario, pace }: Wanted,
): CpuShares {
  if (!cpu) return { awake: 0, nap: 0 }
  const { cycles } = report.run
  const of = (byActivity: readonly number[], unmarked: number): number =>
    (activities.reduce((sum, { paced }, i) => sum + (byActivity[i] ?? 0) * pace[paced], 0) +
      unmarked * pace[scenario.unmarked]) /
    cycles
  const hidden =
    own.sleep === 'busy' && settings.sleep !== 'busy' && scenario.isHiddenWork
      ? (cpu.hidden * pace.windows) / cycles
      : 0
  const wakes = Math.max(settings.rate ?? 0, settings.samples ?? 0)
  const starts = settings.sleep === 'off' && own.sleep !== 'off' ? wakes * (settings.start ?? 0) : 0
  return { awake: of(cpu.awakeBy, cpu.unmarkedAwake) + hidden + starts, nap: of(cpu.napBy, cpu.unmarkedNap) }
}

interface Drawn {
  readonly average: Level
  readonly levels: readonly Level[]
}

function cpuLevel(model: DutyModel, cpu: CpuModel, { settings }: Wanted, { awake, nap }: CpuShares): Drawn {
  const { regulator, sleep, cache } = settings
  const level = (uses: readonly StateUse[]): Level => model.coefficients.mean('CPU', uses, regulator)
  const running = level(cpu.awake)
  const napping = level(cpu.naps.length > 0 ? cpu.naps : [cpu.rest])
  const resting = cpuRest(model, cpu, sleep, cache, regulator, running)
  const rest = Math.max(0, 1 - awake - nap)
  return {
    average: weighted([awake, running], [nap, napping], [rest, resting]),
    levels: [running],
  }
}

function cpuRest(
  { own, coefficients }: DutyModel,
  { rest }: CpuModel,
  sleep: Sleep,
  cache: 'on' | 'off',
  regulator: Regulator,
  running: Level,
): Level {
  if (sleep === 'busy') return running
  if (sleep === 'off') return NOTHING
  if (own.sleep !== 'busy' && own.sleep !== 'off' && cache === own.cache)
    return coefficients.level('CPU', rest, regulator)
  return coefficients.levelOf('CPU', cache === 'on' ? 'asleep, cache on' : 'asleep', regulator) ?? NOTHING
}

const weighted = (...levels: readonly (readonly [share: number, level: Level])[]): Level => {
  const sum = (end: keyof Level): number =>
    levels.reduce((total, [share, level]) => total + share * level[end], 0)
  return { typical: sum('typical'), low: sum('low'), high: sum('high') }
}

function partLevel(model: DutyModel, part: PartModel, wanted: Wanted, busyShare: number): Drawn {
  const name = part.report.part
  const { settings } = wanted
  const { regulator } = settings
  const active = model.coefficients.mean(name, part.others, regulator)
  const isOff = settings.sleep === 'off' && model.own.sleep !== 'off' && part.report.group === 'chip'
  const asRest = part.rest ? model.coefficients.level(name, part.rest, regulator) : NOTHING
  const all = (average: Level): Drawn => ({ average, levels: [average] })
  const replaced = replacedLevel(model, part, wanted, asRest, busyShare)
  if (replaced) return all(replaced)
  const busy = activeShare(model, part, wanted)
  const others = part.others.reduce((sum, { cycles }) => sum + cycles, 0)
  const idle = model.report.run.cycles - others
  const here = idle > 0 ? (part.rest?.cycles ?? 0) / idle : 0
  if (name === 'HFCLK') {
    const share = clockShare(model, part, wanted, busyShare)
    if (share !== undefined) return all(weighted([share, clockLevel(model, part, regulator)]))
  }
  const isStopped = settings.peripherals === 'stopped' && keepsClock(part, model.coefficients)
  const resting = isStopped ? NOTHING : (sensorLevel(model, part, wanted) ?? asRest)
  const rest = here * Math.max(0, 1 - busy) * (isOff ? Math.min(1, busyShare) : 1)
  const shown = isOff && part.isBackground ? busy * Math.min(1, busyShare) : busy
  return { average: weighted([shown, active], [rest, resting]), levels: [active, resting] }
}

/**
 * How much of what a part did outside of phases is left. Of a processor that never slept that is its waiting, such as
 * asking a sensor again and again: it ends where it sleeps instead.
 */
function unmarkedPace({ own }: DutyModel, { settings, pace, scenario }: Wanted): number {
  if (own.sleep !== 'busy') return pace[scenario.unmarked]
  if (settings.sleep === 'busy') return scenario.isHiddenWork ? pace[scenario.unmarked] : 1
  return scenario.isHiddenWork ? pace.windows : 0
}

function activeShare(model: DutyModel, part: PartModel, wanted: Wanted): number {
  const { activities, report } = model
  const { pace } = wanted
  const { cycles } = report.run
  if (part.isBackground) return part.others.reduce((sum, one) => sum + one.cycles, 0) / cycles
  const marked = activities.reduce((sum, { paced }, i) => sum + (part.byActivity[i] ?? 0) * pace[paced], 0)
  return Math.min(1, (marked + part.unmarked * unmarkedPace(model, wanted)) / cycles)
}

/** Of parts that a setting switches; undefined where they are as in the run. */
function replacedLevel(
  { own, coefficients, lights }: DutyModel,
  part: PartModel,
  { settings }: Wanted,
  asRest: Level,
  busyShare: number,
): Level | undefined {
  const name = part.report.part
  const { regulator, sleep } = settings
  const at = (state: string): Level => coefficients.levelOf(name, state, regulator) ?? NOTHING
  const asleep = Math.max(0, 1 - busyShare)
  if (name === 'POWER' && sleep !== own.sleep) {
    if (sleep === 'off') return weighted([asleep, at('systemOff')], [1 - asleep, at('lowPower')])
    if (sleep === 'constant-latency') return at('constantLatency')
    return own.sleep === 'constant-latency' || own.sleep === 'off' ? at('lowPower') : asRest
  }
  const isOff = sleep === 'off' && own.sleep !== 'off'
  const whileOn = isOff ? Math.min(1, busyShare) : 1
  if (name === 'HFXO' && settings.hfxo !== own.hfxo)
    return settings.hfxo === 'on' ? weighted([whileOn, at('running')]) : NOTHING
  if (name === 'LFCLK' && settings.lfclk !== own.lfclk && settings.lfclk !== undefined)
    return weighted([whileOn, at(settings.lfclk)])
  if (name === MAGNETOMETER && settings.magnetometer !== own.magnetometer && settings.magnetometer)
    return at(MAGNETOMETER_STATES[settings.magnetometer])
  if (lights.includes(name) && settings.leds[name] !== own.leds[name])
    return weighted([settings.leds[name] ?? 0, at('on')])
  return undefined
}

/** Of the motion sensor, when it is asked for otherwise. */
function sensorLevel(
  { sensor, own, coefficients }: DutyModel,
  part: PartModel,
  { settings }: Wanted,
): Level | undefined {
  if (sensor?.part !== part) return undefined
  const name = part.report.part
  const mode = sensor.modes.modes.find((one) => one.mode === settings.sensor)
  const isOwn = settings.sensor === own.sensor && settings.odr === own.odr
  const state = isOwn ? part.rest?.state : mode && stateOf(mode, settings.odr)
  if (state === undefined) return undefined
  const on =
    isOwn && part.rest
      ? coefficients.level(name, part.rest, settings.regulator)
      : coefficients.levelOf(name, state, settings.regulator)
  if (!on) return undefined
  if (settings.between !== 'off') return on
  const share = Math.min(1, (settings.window ?? 0) * (settings.rate ?? 0))
  const off = coefficients.levelOf(name, sensor.modes.off, settings.regulator) ?? NOTHING
  return weighted([share, on], [1 - share, off])
}

const CLOCK = 'HFCLK'

const clockLevel = ({ coefficients }: DutyModel, { report }: PartModel, regulator: Regulator): Level =>
  coefficients.levelOf(report.part, 'on', regulator) ?? NOTHING

/** Share of the time that the high-frequency clock is on, where that is not what the run had; undefined where it is. */
function clockShare(
  model: DutyModel,
  clock: PartModel,
  wanted: Wanted,
  busyShare: number,
): number | undefined {
  const { own } = model
  const rested = clock.rest?.state === 'on'
  const rests = isClockAsked(model, wanted.settings)
    ? true
    : isClockAsked(model, resolve(model, {}))
      ? false
      : rested
  if (wanted.settings.sleep === 'off' && own.sleep !== 'off') return Math.min(1, busyShare)
  if (rests === rested) return undefined
  if (rests) return 1
  const { activities, cpu, report, parts } = model
  const { pace, scenario } = wanted
  const { cycles } = report.run
  const marked = activities.reduce(
    (sum, one, i) => sum + (one.paced === 'time' ? (cpu?.awakeBy[i] ?? 0) : one.cycles) * pace[one.paced],
    0,
  )
  const hidden = own.sleep === 'busy' && scenario.isHiddenWork ? (cpu?.hidden ?? 0) * pace.windows : 0
  const asked = parts
    .filter((part) => !part.isBackground && part.report.part !== 'CPU' && part.unmarked > 0)
    .filter(({ report: { part }, others }) => others.some(({ state }) => asksForClock(model, part, state)))
    .map(({ unmarked }) => unmarked * unmarkedPace(model, wanted))
  const needs = [(cpu?.unmarkedAwake ?? 0) * pace[scenario.unmarked] + hidden, ...asked]
  const outside = scenario.clock === 'max' ? Math.max(...needs) : needs.reduce((sum, one) => sum + one, 0)
  return Math.min(1, (marked + outside) / cycles)
}

const asksForClock = ({ coefficients }: DutyModel, part: string, state: string): boolean =>
  coefficients.of(part, state)?.requests.includes(CLOCK) ?? false

/** Whether something keeps the clock on while nothing happens. */
function isClockAsked(model: DutyModel, settings: Resolved): boolean {
  const { sleep, lfclk, peripherals } = settings
  if (sleep === 'busy' || sleep === 'constant-latency') return true
  if (sleep === 'off') return false
  if (lfclk !== undefined && asksForClock(model, 'LFCLK', lfclk)) return true
  return model.parts.some(
    (one) =>
      one.rest !== undefined &&
      !['CPU', 'POWER', 'LFCLK'].includes(one.report.part) &&
      !(peripherals === 'stopped' && keepsClock(one, model.coefficients)) &&
      asksForClock(model, one.report.part, one.rest.state),
  )
}

/** Parts that the run never used, and that a setting switches on. */
function newParts(
  { coefficients, own, lights }: DutyModel,
  { settings }: Wanted,
): readonly (readonly [string, Level])[] {
  const at = (part: string, state: string): Level =>
    coefficients.levelOf(part, state, settings.regulator) ?? NOTHING
  return [
    ...(settings.hfxo === 'on' && own.hfxo === 'off' ? [['HFXO', at('HFXO', 'running')] as const] : []),
    ...(settings.lfclk !== undefined && own.lfclk === undefined
      ? [['LFCLK', at('LFCLK', settings.lfclk)] as const]
      : []),
    ...lights.flatMap((light) => {
      const lit = settings.leds[light] ?? 0
      return lit > 0 && lit !== own.leds[light] ? [[light, weighted([lit, at(light, 'on')])] as const] : []
    }),
  ]
}
