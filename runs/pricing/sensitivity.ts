import type { DutyModel } from './duty-model.ts'
import { resolve, type Resolved } from './evaluate.ts'
import { changesOf } from './price.ts'
import { ratesOf, stateOf } from './sensors.ts'
import type { DutySettings } from './settings.ts'
import { regulators } from './settings.ts'
import { whyNot } from './why-not.ts'
import { rateWords } from './words.ts'

/** What one change by itself would do to the average current. */
export interface Effect {
  readonly title: string
  /** To be laid over the settings that it is an effect on. */
  readonly change: DutySettings
  /** Microamps; below nothing is saved. Both ends at each end of every coefficient. */
  readonly typical: number
  readonly low: number
  readonly high: number
}

/** Microamps that are worth a row. */
const LEAST = 0.005

/** Each setting's change alone, what saves most first. */
export function effects(model: DutyModel, settings: DutySettings): readonly Effect[] {
  return changesFrom(model, settings)
    .map((one) => ({ ...one, after: { ...settings, ...one.change } }))
    .filter(({ after }) => whyNot(model, after).length === 0)
    .map(({ title, change, after }) => {
      const { byPart } = changesOf(model, after, settings)
      const sum = (end: 'typical' | 'low' | 'high'): number =>
        [...byPart.values()].reduce((total, one) => total + one[end], 0)
      const ends = [sum('typical'), sum('low'), sum('high')] as const
      return { title, change, typical: ends[0], low: Math.min(...ends), high: Math.max(...ends) }
    })
    .filter(({ low, high }) => Math.max(Math.abs(low), Math.abs(high)) >= LEAST)
    .sort((a, b) => a.typical - b.typical || (a.title < b.title ? -1 : 1))
}

interface Change {
  readonly title: string
  readonly change: DutySettings
}

function changesFrom(model: DutyModel, settings: DutySettings): readonly Change[] {
  const now = resolve(model, settings)
  const lit = model.lights.filter((light) => (now.leds[light] ?? 0) > 0)
  const dark = Object.fromEntries(lit.map((light) => [light, 0]))
  return [
    ...(now.rate === undefined || model.whyNoRate !== null
      ? []
      : [0.5, 2].map((by) => rateChange(now.rate ?? 0, by))),
    ...(now.samples === undefined ? [] : [samplesChange(now.samples)]),
    ...regulators
      .filter((one) => one !== now.regulator)
      .map((regulator) => ({
        title: regulator === 'dcdc' ? 'DC/DC converter' : 'LDO',
        change: { regulator },
      })),
    ...(['on', 'constant-latency'] as const)
      .filter((one) => one !== now.sleep && now.sleep !== 'off')
      .map((sleep) => ({
        title: sleep === 'on' ? 'sleep in low-power mode' : 'sleep with constant latency',
        change: { sleep },
      })),
    ...(now.sleep === 'busy'
      ? []
      : [
          now.cache === 'on'
            ? { title: 'instruction cache off in sleep', change: { cache: 'off' as const } }
            : { title: 'instruction cache on in sleep', change: { cache: 'on' as const } },
        ]),
    now.hfxo === 'on'
      ? { title: 'crystal oscillator off', change: { hfxo: 'off' as const } }
      : { title: 'crystal oscillator on', change: { hfxo: 'on' as const } },
    ...(now.lfclk === undefined
      ? []
      : (['LFRC', 'LFXO'] as const)
          .filter((one) => one !== now.lfclk)
          .map((lfclk) => ({ title: `low-frequency clock ${lfclk}`, change: { lfclk } }))),
    ...(now.peripherals === 'kept'
      ? [
          {
            title: 'timers and receivers stopped between windows',
            change: { peripherals: 'stopped' as const },
          },
        ]
      : []),
    ...(now.magnetometer === undefined || now.magnetometer === 'off'
      ? []
      : [{ title: 'magnetometer off', change: { magnetometer: 'off' as const } }]),
    ...sensorChanges(model, now),
    ...(now.between === 'off' || now.window === undefined
      ? []
      : [{ title: 'sensor off between windows', change: { between: 'off' as const } }]),
    ...(lit.length > 0 ? [{ title: 'all lights off', change: { leds: { ...settings.leds, ...dark } } }] : []),
    ...model.lights
      .filter((light) => light === 'LED power' && now.leds[light] === 0)
      .map((light) => ({ title: 'power light on', change: { leds: { ...settings.leds, [light]: 1 } } })),
  ]
}

const rateChange = (rate: number, by: number): Change => ({
  title: `${by < 1 ? 'half' : 'twice'} the rate: ${rateWords(rate * by)}`,
  change: { rate: rate * by },
})

const samplesChange = (samples: number): Change => ({
  title: `half the readings: ${rateWords(samples / 2)}`,
  change: { samples: samples / 2 },
})

function sensorChanges({ sensor }: DutyModel, now: Resolved): readonly Change[] {
  if (!sensor) return []
  return sensor.modes.modes.flatMap((mode) => {
    if (mode.mode === 'off') return []
    const rates = ratesOf(mode)
    const hertz = rates.length === 0 ? undefined : rates.find((one) => stateOf(mode, one) !== undefined)
    if (mode.mode === now.sensor && hertz === now.odr) return []
    return [
      {
        title: `sensor: ${mode.title}${hertz === undefined ? '' : ` at ${hertz} Hz`}`,
        change: { sensor: mode.mode, ...(hertz !== undefined && { odr: hertz }) },
      },
    ]
  })
}
