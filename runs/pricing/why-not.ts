import { didYouMean } from '../nearest.ts'
import { percent } from '../report/show/format.ts'
import type { DutyModel } from './duty-model.ts'
import { evaluate, resolve, TYPICAL } from './evaluate.ts'
import { ratesOf, stateOf } from './sensors.ts'
import { shortLight, type DutySettings } from './settings.ts'

/** Why a price is not known, a sentence each; none where it is. */
export function whyNot(model: DutyModel, settings: DutySettings): readonly string[] {
  const why = [
    ...rateReasons(model, settings),
    ...sensorReasons(model, settings),
    ...magnetometerReasons(model, settings),
    ...offReasons(model, settings),
    ...lightReasons(model, settings),
    ...clockReasons(model, settings),
  ]
  return why.length > 0 ? why : busyReasons(model, settings)
}

function rateReasons({ whyNoRate, own }: DutyModel, { rate, samples }: DutySettings): readonly string[] {
  if (rate !== undefined && rate !== own.rate && whyNoRate !== null) return [whyNoRate]
  if (samples !== undefined && own.samples === undefined)
    return [whyNoRate ?? 'The run has no phase that reads a sensor: how often it is read cannot be changed.']
  return []
}

function sensorReasons({ sensor, own }: DutyModel, settings: DutySettings): readonly string[] {
  const { between, window, rate = own.rate } = settings
  const asks = settings.sensor !== undefined || settings.odr !== undefined || between === 'off'
  if (!asks) return []
  if (!sensor) return ['The run has no motion sensor whose modes are known.']
  const { modes, part } = sensor.modes
  const name = settings.sensor ?? own.sensor
  const mode = modes.find((one) => one.mode === name)
  if (!mode) {
    const names = modes.map((one) => one.mode)
    return [
      name === undefined
        ? `Which mode the ${part} is in is not known: give one of ${names.join(', ')}.`
        : `${part} has no mode ${name}.${didYouMean(name, names, `Give one of ${names.join(', ')}.`)}`,
    ]
  }
  const reasons: string[] = []
  const rates = ratesOf(mode)
  const hertz = rates.length === 0 ? undefined : (settings.odr ?? (name === own.sensor ? own.odr : undefined))
  if (rates.length > 0 && hertz === undefined)
    reasons.push(`What ${part} draws as ${mode.mode} depends on its output data rate: choose one.`)
  else if (hertz !== undefined && !rates.includes(hertz))
    reasons.push(`${part} as ${mode.mode} has no ${hertz} Hz: it has ${rates.join(', ')}.`)
  else if (stateOf(mode, hertz) === undefined)
    reasons.push(
      `What ${part} draws as ${mode.mode} at ${hertz} Hz is unknown: no current of it is in the data.`,
    )
  if (between === 'off' && rate === undefined)
    reasons.push('How often windows come is not known: when the sensor could be off is not either.')
  else if (between === 'off' && window === undefined)
    reasons.push('For how long a window needs the sensor is not in a report: type the window’s seconds.')
  return reasons
}

function magnetometerReasons({ own }: DutyModel, { magnetometer }: DutySettings): readonly string[] {
  return magnetometer !== undefined && own.magnetometer === undefined ? ['The run has no magnetometer.'] : []
}

function offReasons(
  { own, whyNoRate }: DutyModel,
  { sleep = own.sleep, start }: DutySettings,
): readonly string[] {
  if (sleep === own.sleep) return []
  if (whyNoRate !== null) return [whyNoRate]
  if (sleep === 'off' && start === undefined)
    return [
      'System OFF ends in a reset, and what a start costs is not in a report: type how long it is awake.',
    ]
  return []
}

function lightReasons(model: DutyModel, settings: DutySettings): readonly string[] {
  const unknown = Object.keys(resolve(model, settings).leds).find((light) => !model.lights.includes(light))
  const short = model.lights.map(shortLight)
  return unknown === undefined
    ? []
    : [
        short.length === 0
          ? `The board has no light, and so no ${unknown}.`
          : `The board has no ${unknown}: it has ${short.join(', ')}.`,
      ]
}

function clockReasons({ report }: DutyModel, { hfxo }: DutySettings): readonly string[] {
  return hfxo === 'off' && report.power.parts.some(({ part }) => part === 'RADIO')
    ? ['The radio needs the crystal oscillator: HFXO cannot be off.']
    : []
}

function busyReasons(model: DutyModel, settings: DutySettings): readonly string[] {
  const { busyShare } = evaluate(model, settings, TYPICAL)
  return busyShare > 1 + 1e-9
    ? [`It cannot be: at that rate the processor would be at work for ${percent(busyShare)} of the time.`]
    : []
}
