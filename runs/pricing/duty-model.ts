import { cellCalled } from '../../emulator/power/battery.ts'
import { ASLEEP } from '../../emulator/power/summary.ts'
import type { PartPowerReport, PhasePowerReport, PowerReport } from '../report/power-report.ts'
import type { RunReport } from '../report/run-report.ts'
import { boardOf, Coefficients, type StateUse } from './coefficients.ts'
import { MAGNETOMETER, MAGNETOMETER_STATES, modeOf, SENSORS, type SensorModes } from './sensors.ts'
import { magnetometers } from './settings.ts'
import type { DutySettings, LowClock, Magnetometer, Regulator, Sleep } from './settings.ts'

/** Work that comes again and again: a phase that the firmware marks, or the invocations of its interpreters. */
export interface Activity {
  readonly name: string
  readonly passes: number
  /** Of all passes. */
  readonly cycles: number
  /** With each window, with each reading of a sensor, or once. */
  readonly paced: 'windows' | 'samples' | 'time'
  readonly microcoulombsByPart: Readonly<Record<string, number>>
}

/** What a part does while nothing happens, and while it is used. */
export interface PartModel {
  readonly report: PartPowerReport
  /** undefined: off. */
  readonly rest: StateUse | undefined
  readonly others: readonly StateUse[]
  /** Independent of what the processor does. */
  readonly isBackground: boolean
  /** Cycles out of rest, in each activity and outside of all. */
  readonly byActivity: readonly number[]
  readonly unmarked: number
}

/** The processor has a third state: asleep while a peripheral is at work. */
export interface CpuModel {
  /** While nothing happens: asleep, or awake in a loop. */
  readonly rest: StateUse
  readonly awake: readonly StateUse[]
  readonly naps: readonly StateUse[]
  readonly awakeBy: readonly number[]
  readonly napBy: readonly number[]
  readonly unmarkedAwake: number
  readonly unmarkedNap: number
  /** Of a processor that never sleeps: cycles outside of all activities, at work or in a waiting loop. */
  readonly hidden: number
}

export interface OwnSettings {
  readonly rate: number | undefined
  readonly samples: number | undefined
  readonly regulator: Regulator
  readonly sleep: Sleep
  readonly cache: 'on' | 'off'
  readonly hfxo: 'on' | 'off'
  readonly lfclk: LowClock | undefined
  readonly peripherals: 'kept' | 'stopped'
  readonly sensor: string | undefined
  readonly magnetometer: Magnetometer | undefined
  readonly odr: number | undefined
  readonly leds: Readonly<Record<string, number>>
  readonly cell: string | undefined
}

/** What a run says of its duty cycle. */
export interface DutyModel {
  readonly report: RunReport
  readonly seconds: number
  readonly coefficients: Coefficients
  readonly own: OwnSettings
  readonly activities: readonly Activity[]
  readonly cpu: CpuModel | undefined
  readonly parts: readonly PartModel[]
  readonly sensor: { readonly modes: SensorModes; readonly part: PartModel } | undefined
  /** Names of the board's lights. */
  readonly lights: readonly string[]
  /** Why rate, sampling and sleep cannot be priced anew; null where they can. */
  readonly whyNoRate: string | null
}

/** Phases of these names read a sensor, whatever their number. */
const READS = new Set(['sensor', 'listen'])
/** A phase that is passed more often than this for each window goes with the readings. */
const OFTEN = 1.5
/** Parts of the chip that a processor’s work does not switch. */
const BACKGROUND = /^(RAM|POWER|LFCLK|HFXO|RTC\d*|WDT\d*|REG[01]|ICACHE|POFCON|GPIO.*|DEBUG)$/

/** @returns a sentence where the run says nothing of current */
export function dutyModel(report: RunReport): DutyModel | string {
  const { power, run, board } = report
  const lists: readonly unknown[] = [power.parts, power.phases, power.feeds, power.coefficients]
  if (!lists.every((one) => Array.isArray(one))) return 'The report has no current.'
  if (run.cycles === 0 || power.parts.length === 0)
    return 'No time has passed in this run: current is charge by time.'
  const seconds = run.cycles / board.clockHz
  const regulator = cyclesIn(power.parts, 'REG1', 'DC/DC') > run.cycles / 2 ? 'dcdc' : 'ldo'
  const coefficients = new Coefficients(report, regulator)
  const cpuPart = power.parts.find(({ part }) => part === 'CPU')
  const { activities, windows, why } = activitiesOf(report, cpuPart, coefficients)
  const cpu = cpuPart && cpuModel(cpuPart, activities, board.clockHz, coefficients)
  const whole = { parts: power.parts, activities, cycles: run.cycles, clockHz: board.clockHz, coefficients }
  const parts = power.parts.map((part) => partModel(part, whole))
  const modes = SENSORS.find(({ part }) => parts.some(({ report: { part: name } }) => name === part))
  const sensorPart = modes && parts.find(({ report: { part } }) => part === modes.part)
  const samples = Math.max(
    0,
    ...activities.filter(({ paced }) => paced === 'samples').map(({ passes }) => passes),
  )
  const sensorMode = modes && sensorPart?.rest && modeOf(modes, sensorPart.rest.state)
  const low = power.parts.find(({ part }) => part === 'LFCLK')?.states ?? []
  const magnetometer = parts.find(({ report: { part } }) => part === MAGNETOMETER)?.rest?.state
  const lights = lightsOf(report)
  return {
    report,
    seconds,
    coefficients,
    activities,
    cpu,
    parts,
    sensor: modes && sensorPart && { modes, part: sensorPart },
    lights,
    whyNoRate: why,
    own: {
      rate: windows === 0 ? undefined : windows / seconds,
      samples: samples === 0 ? undefined : samples / seconds,
      regulator,
      sleep: sleepOf(power.parts, cpu, run.cycles),
      cache: cacheOf(cpu, power.parts, run.cycles),
      hfxo: cyclesIn(power.parts, 'HFXO', 'running') > run.cycles / 2 ? 'on' : 'off',
      lfclk: low.find(({ cycles }) => cycles > run.cycles / 2)?.state as LowClock | undefined,
      peripherals: parts.some((part) => keepsClock(part, coefficients)) ? 'kept' : 'stopped',
      sensor: sensorMode?.mode,
      magnetometer: magnetometers.find((one) => MAGNETOMETER_STATES[one] === magnetometer),
      odr: sensorMode?.odr,
      leds: Object.fromEntries(
        lights.map((light) => [light, litShare(power.parts, light, coefficients, run.cycles)]),
      ),
      cell: cellCalled(power.battery?.cell)?.name,
    },
  }
}

/** Whether firmware could stop it between windows, and the high-frequency clock with it. */
export const keepsClock = ({ report: { part }, rest }: PartModel, coefficients: Coefficients): boolean =>
  /^(TIMER|UARTE)\d/.test(part) &&
  rest !== undefined &&
  (coefficients.of(part, rest.state)?.requests.includes('HFCLK') ?? false)

const cyclesIn = (parts: readonly PartPowerReport[], part: string, state: string): number =>
  parts.find((one) => one.part === part)?.states.find((one) => one.state === state)?.cycles ?? 0

const lightsOf = (report: RunReport): readonly string[] => {
  const onBoard = boardOf(report)?.parts.flatMap((part) => (part.kind === 'led' ? [part.name] : [])) ?? []
  const inRun = report.power.parts.map(({ part }) => part).filter((part) => part.startsWith('LED'))
  return [...new Set([...onBoard, ...inRun])]
}

function litShare(
  parts: readonly PartPowerReport[],
  light: string,
  coefficients: Coefficients,
  cycles: number,
): number {
  const on = parts.find(({ part }) => part === light)?.states.find(({ state }) => state === 'on')
  const full = coefficients.of(light, 'on')?.dcdc ?? 0
  if (!on || full === 0) return 0
  return Math.min(1, (on.averageMicroamps * on.cycles) / (full * cycles))
}

function sleepOf(parts: readonly PartPowerReport[], cpu: CpuModel | undefined, cycles: number): Sleep {
  if (cpu?.rest.state === 'off') return 'off'
  if (cpu && !ASLEEP.has(cpu.rest.state)) return 'busy'
  return cyclesIn(parts, 'POWER', 'constantLatency') > cycles / 2 ? 'constant-latency' : 'on'
}

function cacheOf(cpu: CpuModel | undefined, parts: readonly PartPowerReport[], cycles: number): 'on' | 'off' {
  if (cpu && ASLEEP.has(cpu.rest.state)) return cpu.rest.state === 'asleep, cache on' ? 'on' : 'off'
  return cyclesIn(parts, 'ICACHE', 'on') > cycles / 2 ? 'on' : 'off'
}

interface Activities {
  readonly activities: readonly Activity[]
  readonly windows: number
  readonly why: string | null
}

function activitiesOf(
  { power, interpreters, run, board }: RunReport,
  cpu: PartPowerReport | undefined,
  coefficients: Coefficients,
): Activities {
  const invocations = interpreters.reduce((sum, { count }) => sum + count, 0)
  const marked = power.phases.filter(({ passes }) => passes > 0)
  const inference = marked.find(({ phase }) => phase === 'inference')?.passes
  if (marked.length > 0) {
    const windows = inference ?? (invocations || Math.min(...marked.map(({ passes }) => passes)))
    return {
      activities: [...ofStart(power), ...marked.map((phase) => ofPhase(phase, windows))],
      windows,
      why: null,
    }
  }
  if (invocations > 0 && cpu)
    return {
      activities: [ofInterpreters(interpreters, cpu, coefficients, board.clockHz)],
      windows: invocations,
      why: null,
    }
  return {
    activities: [],
    windows: 0,
    why:
      run.cycles === 0
        ? 'Nothing has run yet.'
        : 'The run has neither phases nor an inference: what a window costs is not known, so rate, sampling and sleep stay as they are.',
  }
}

/** Once, before the first phase; not of reports that do not tell it. */
const ofStart = ({ start }: PowerReport): readonly Activity[] =>
  start && start.cycles > 0 ? [{ name: 'start', passes: 1, paced: 'time', ...start }] : []

const ofPhase = (
  { phase, passes, cycles, microcoulombsByPart }: PhasePowerReport,
  windows: number,
): Activity => ({
  name: phase,
  passes,
  cycles,
  paced: READS.has(phase) || passes > OFTEN * windows ? 'samples' : 'windows',
  microcoulombsByPart,
})

/** Of firmware without phases: awake while an interpreter is invoked, as it was on average. */
function ofInterpreters(
  interpreters: RunReport['interpreters'],
  cpu: PartPowerReport,
  coefficients: Coefficients,
  clockHz: number,
): Activity {
  const cycles = interpreters.reduce((sum, { totalCycles }) => sum + totalCycles, 0)
  const awake = cpu.states.filter(({ state }) => !ASLEEP.has(state))
  const microamps = coefficients.mean('CPU', awake)
  const clock = coefficients.of('HFCLK', 'on')
  const charge = (current: number): number => (current * cycles) / clockHz
  return {
    name: 'inference',
    passes: interpreters.reduce((sum, { count }) => sum + count, 0),
    cycles,
    paced: 'windows',
    microcoulombsByPart: {
      CPU: charge(microamps.typical),
      ...(clock && { HFCLK: charge(clock[coefficients.regulator]) }),
    },
  }
}

function cpuModel(
  { states }: PartPowerReport,
  activities: readonly Activity[],
  clockHz: number,
  coefficients: Coefficients,
): CpuModel | undefined {
  const asleep = states.filter(({ state }) => ASLEEP.has(state))
  const awake = states.filter(({ state }) => !ASLEEP.has(state))
  const total = sum(awake.map((use) => use.cycles))
  const marked = sum(activities.map((one) => one.cycles))
  // More of the time outside of phases awake than asleep: it waits in a loop, and sleeps for a peripheral at most.
  const isBusy = total - marked > sum(asleep.map((use) => use.cycles))
  const rest = (isBusy ? undefined : longest(asleep)) ?? longest(awake)
  if (!rest) return undefined
  const naps = asleep.filter((use) => use !== rest)
  const sleeping = coefficients.mean('CPU', naps.length > 0 ? naps : asleep).typical
  const running = coefficients.mean('CPU', awake).typical
  const canNap = asleep.length > 0
  const awakeBy = activities.map(({ cycles: spent, microcoulombsByPart }) => {
    const charge = (microcoulombsByPart['CPU'] ?? 0) * clockHz - sleeping * spent
    return canNap && running > sleeping ? clamp(charge / (running - sleeping), 0, spent) : spent
  })
  const napBy = activities.map(({ cycles: spent }, i) => spent - (awakeBy[i] ?? 0))
  const unmarked = Math.max(0, total - sum(awakeBy))
  return {
    rest,
    awake,
    naps,
    awakeBy,
    napBy,
    unmarkedAwake: isBusy ? 0 : unmarked,
    unmarkedNap: naps.length === 0 ? 0 : Math.max(0, sum(naps.map((use) => use.cycles)) - sum(napBy)),
    hidden: isBusy ? unmarked : 0,
  }
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const longest = (uses: readonly StateUse[]): StateUse | undefined =>
  uses.reduce<StateUse | undefined>(
    (best, use) => (best && best.cycles >= use.cycles ? best : use),
    undefined,
  )

/** What nothing does by itself: somebody has begun it. */
const WORK = /^(transfer|transmit|writing|erasing)/

/** In which a part can be while nothing happens; a shared resource is on then if a part that asks for it is. */
function restingStates(report: PartPowerReport, whole: Whole): readonly PartPowerReport['states'][number][] {
  if (report.part !== 'EASYDMA' && report.part !== 'PCLK16M')
    return report.states.filter(({ state }) => !WORK.test(state))
  const isAsked = whole.parts.some(({ part, states }) =>
    states.some(
      ({ state, cycles }) =>
        cycles > whole.cycles / 2 &&
        !WORK.test(state) &&
        whole.coefficients.of(part, state)?.requests.includes(report.part),
    ),
  )
  return isAsked ? report.states : []
}

interface Whole {
  readonly parts: readonly PartPowerReport[]
  readonly activities: readonly Activity[]
  readonly cycles: number
  readonly clockHz: number
  readonly coefficients: Coefficients
}

function partModel(report: PartPowerReport, whole: Whole): PartModel {
  const { activities, cycles, coefficients, clockHz } = whole
  const used = sum(report.states.map((state) => state.cycles))
  const resting = longest(restingStates(report, whole))
  const rest = resting && resting.cycles >= cycles - used ? resting : undefined
  const others = report.states.filter((state) => state !== rest)
  const idle = rest ? coefficients.mean(report.part, [rest]).typical : 0
  const active = coefficients.mean(report.part, others).typical
  const byActivity = activities.map(({ cycles: spent, microcoulombsByPart }) => {
    const above = (microcoulombsByPart[report.part] ?? 0) * clockHz - idle * spent
    return active === idle ? 0 : clamp(above / (active - idle), 0, spent)
  })
  const total = sum(others.map((use) => use.cycles))
  return {
    report,
    rest,
    others,
    isBackground: report.group === 'board' ? !report.part.startsWith('I2C') : BACKGROUND.test(report.part),
    byActivity:
      total < sum(byActivity) ? byActivity.map((one) => (one * total) / sum(byActivity)) : byActivity,
    unmarked: Math.max(0, total - sum(byActivity)),
  }
}

/** What another run would have to be asked for, to be as this one. */
export const asSettings = ({ own }: DutyModel): DutySettings => ({
  ...(own.rate !== undefined && { rate: own.rate }),
  ...(own.samples !== undefined && { samples: own.samples }),
  regulator: own.regulator,
  sleep: own.sleep,
  cache: own.cache,
  hfxo: own.hfxo,
  ...(own.lfclk !== undefined && { lfclk: own.lfclk }),
  peripherals: own.peripherals,
  ...(own.magnetometer !== undefined && { magnetometer: own.magnetometer }),
  ...(own.sensor !== undefined && { sensor: own.sensor }),
  ...(own.odr !== undefined && { odr: own.odr }),
  leds: own.leds,
})
