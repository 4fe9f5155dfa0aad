import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { CR2032 } from '../../../emulator/power/battery.ts'
import { mergeCurrents } from '../../../emulator/power/coefficients.ts'
import { CURRENTS } from '../../../emulator/power/currents.ts'
import { ChargeLedger } from '../../../emulator/power/ledger.ts'
import { atSupply } from '../../../emulator/power/supply.ts'
import { describePower } from '../../report/parts/power.ts'
import type { RunReport } from '../../report/run-report.ts'

const SECOND = 64_000_000

/** A made-up board that does what it is told, by the tool’s own ledger: what it draws at other settings is known exactly. */
export interface DutyRun {
  readonly windows: number
  readonly seconds: number
  readonly readings: number
  readonly regulator: 'DC/DC' | 'LDO'
  readonly asleep: 'asleep' | 'asleep, cache on' | 'flash, cache on'
  readonly power: 'lowPower' | 'constantLatency'
  readonly sensor: string
  readonly crystal: boolean
  readonly light: boolean
  /** Cycles of printing after each window, in no phase, while the processor naps. */
  readonly printing: number
  readonly marked: boolean
}

export const usual: DutyRun = {
  windows: 10,
  seconds: 10,
  readings: 100,
  regulator: 'DC/DC',
  asleep: 'asleep',
  power: 'lowPower',
  sensor: 'accelerometer',
  crystal: false,
  light: false,
  printing: 0,
  marked: true,
}

const READING = 4000
const WORK = 2_000_000

/** @param like what else the report holds: names, models and the rest */
export function dutyRun(like: RunReport, changes: Partial<DutyRun> = {}): RunReport {
  const run = { ...usual, ...changes }
  const ledger = new ChargeLedger(
    atSupply(mergeCurrents(CURRENTS, NANO_33_BLE_SENSE.currents ?? {}), NANO_33_BLE_SENSE.supplyVolts),
  )
  const end = run.seconds * SECOND
  const awake = (cycle: number): void => ledger.enter('CPU', 'flash, cache on', cycle)
  const rest = (cycle: number): void => ledger.enter('CPU', run.asleep, cycle)
  const passes = (name: string, cycle: number, long: number): void => {
    awake(cycle)
    if (run.marked) ledger.beginPhase(name, cycle)
    if (run.marked) ledger.endPhase(name, cycle + long)
    rest(cycle + long)
  }
  ledger.enter('REG1', run.regulator, 0)
  ledger.enter('POWER', run.power, 0)
  ledger.enter('RAM', 'powered', 0, 256)
  ledger.enter('RTC1', 'running', 0)
  ledger.enter('LFCLK', 'LFRC', 0)
  ledger.enter('LSM9DS1 inertial', run.sensor, 0)
  ledger.enter('Regulator', 'MPM3610, idle', 0)
  if (run.crystal) ledger.enter('HFXO', 'running', 0)
  if (run.light) ledger.enter('LED power', 'on', 0)
  rest(0)
  const events = [
    ...Array.from({ length: run.readings }, (_, i) => ({
      at: Math.round((i * end) / run.readings),
      what: 'sensor',
    })),
    ...Array.from({ length: run.windows }, (_, i) => ({
      at: Math.round((i * end) / run.windows) + 2 * READING,
      what: 'inference',
    })),
  ].sort((a, b) => a.at - b.at)
  let free = 0
  for (const { at, what } of events) {
    const cycle = Math.max(at, free)
    if (what === 'sensor') passes('sensor', cycle, READING)
    else passes('inference', cycle, WORK)
    free = cycle + (what === 'sensor' ? READING : WORK)
    if (what === 'sensor' || run.printing === 0) continue
    ledger.enter('UARTE0', 'transmit', free)
    ledger.enter('CPU', 'asleep, cache on', free)
    free += run.printing
    ledger.enter('UARTE0', 'off', free)
    rest(free)
  }
  return {
    ...like,
    interpreters: run.marked
      ? []
      : like.interpreters
          .slice(0, 1)
          .map((one) => ({ ...one, count: run.windows, totalCycles: run.windows * WORK })),
    memory: { ...like.memory, arenas: run.marked ? [] : like.memory.arenas },
    run: { ...like.run, cycles: end, seconds: run.seconds },
    fault: null,
    power: describePower(
      {
        ledger,
        supplyVolts: NANO_33_BLE_SENSE.supplyVolts,
        feeds: NANO_33_BLE_SENSE.feeds,
        cell: CR2032,
        assumptions: [],
      },
      end,
      run.windows,
    ),
  }
}
