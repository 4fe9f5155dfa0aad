import { grouped } from '../report/show/format.ts'
import type { DutyModel } from './duty-model.ts'
import { resolve } from './evaluate.ts'
import type { DutySettings } from './settings.ts'

/** What a price takes for granted, a sentence each; none where nothing is changed. */
export function assumptionsOf(model: DutyModel, settings: DutySettings): readonly string[] {
  const { own } = model
  const asked = resolve(model, settings)
  const isRate = asked.rate !== own.rate
  const isSamples = asked.samples !== own.samples
  const isSleep = asked.sleep !== own.sleep
  const isSensor = asked.sensor !== own.sensor || asked.odr !== own.odr
  const isLit = model.lights.some((light) => asked.leds[light] !== own.leds[light])
  const isOther =
    asked.cache !== own.cache ||
    asked.hfxo !== own.hfxo ||
    asked.lfclk !== own.lfclk ||
    asked.peripherals !== own.peripherals ||
    asked.magnetometer !== own.magnetometer
  const isOff = asked.between === 'off'
  const isAny =
    isRate ||
    isSamples ||
    isSleep ||
    isSensor ||
    isLit ||
    isOther ||
    isOff ||
    asked.regulator !== own.regulator
  if (!isAny) return []
  return [
    ...(isRate ? ['A window’s work does not depend on the rate.'] : []),
    ...(isRate && own.samples !== undefined && !isSamples
      ? [`The sensor is still read ${perSecond(own.samples)} times a second.`]
      : []),
    ...(isSamples ? ['A reading costs what it cost in the run.'] : []),
    ...((isRate || isSamples) && (model.cpu?.unmarkedAwake ?? 0) + (model.cpu?.unmarkedNap ?? 0) > 0
      ? [
          'Work outside of all phases, such as printing, comes with each window; the interval also holds that it comes with ' +
            'each reading, or with time alone.',
        ]
      : []),
    ...(isSleep && own.sleep === 'busy'
      ? [
          'Outside of phases the processor only waited, and sleeps instead; the upper end holds that all of it was a window’s work.',
        ]
      : []),
    ...(isSleep && asked.sleep === 'off'
      ? [
          'Each window, and each reading where there are more, begins with a reset and a start; something outside the chip wakes it. RAM is not retained.',
        ]
      : []),
    ...(asked.regulator !== own.regulator
      ? [
          'The processor is as fast with either regulator; its currents go as ICPU1 to ICPU0 where no row says otherwise.',
        ]
      : []),
    ...(asked.peripherals !== own.peripherals
      ? ['Timers and receivers that only kept the clock on are stopped, and started again at no cost.']
      : []),
    ...(isSensor ? ['The firmware reads the sensor as before, and its results are not looked at.'] : []),
    ...(isOff
      ? ['The sensor is ready at once when it is switched on, and off while no window needs it.']
      : []),
    ...(asked.hfxo !== own.hfxo && asked.hfxo === 'off'
      ? ['Nothing needs the precision of the crystal oscillator.']
      : []),
    'Currents of states that the run was not in are those of docs/currents.md.',
    'The start of the run is in the average, as it is in the run’s own.',
  ]
}

const perSecond = (value: number): string => grouped(value, value >= 100 ? 0 : value >= 1 ? 2 : 4)
