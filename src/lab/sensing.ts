/** How windows come to the network on the board: felt by the gesture app, or put in from outside. */
import { channels as imuChannels, channelUnits } from '../model/data/dataset.ts'
import type { Dataset } from '../model/data/windows.ts'

type Felt = Pick<Dataset, 'channels' | 'units' | 'sampleRateHz'>

/** Of the LSM9DS1 as the gesture app sets it up (firmware/parts/lsm9ds1.cc): it has nothing new more often. */
export const sensorRateHz = 119
/** Of the same: what is beyond is cut off. */
const sensorRange: Readonly<Record<string, number>> = { g: 4, dps: 2000 }
/** The app's timer counts whole samples a second: how much faster or slower a window may go by. */
const rateTolerance = 0.02

/** The app's whole number of samples a second, where it can sample as the recordings were. */
export function appRateHz({ sampleRateHz }: Pick<Felt, 'sampleRateHz'>): number | null {
  const rate = Math.round(sampleRateHz ?? 0)
  const near = sampleRateHz !== null && Math.abs(rate / sampleRateHz - 1) <= rateTolerance
  return near && rate >= 1 && rate <= sensorRateHz ? rate : null
}

/** null where the gesture app feels what was recorded; otherwise why it does not, as a clause. */
export function whyNotFelt(dataset: Felt): string | null {
  const { channels, units, sampleRateHz } = dataset
  const unnamed = channels.find(
    (channel, index) => units[index] === '' && (imuChannels as readonly string[]).includes(channel),
  )
  if (unnamed !== undefined) {
    const names = unnamed.startsWith('a') ? 'g or ax_ms2' : 'dps or gx_rads'
    return `the column ${unnamed} does not say its unit: name it as ${unnamed[0] ?? ''}x_${names} are`
  }
  const felt = channels.every(
    (channel, index) => channel === imuChannels[index] && units[index] === channelUnits[index],
  )
  if (!felt)
    return `it feels ${imuChannels.join(', ')}, or the first of these; the recordings have ${channels.join(', ')}`
  if (sampleRateHz === null) return 'the recordings have no column time_s, time_ms or time_us'
  if (appRateHz(dataset) === null)
    return `it samples a whole number of times a second, ${sensorRateHz} at most; the recordings have ${sampleRateHz} Hz`
  return null
}

/** For the report's header. */
export function sensingSentence(dataset: Dataset, given: boolean): string {
  if (given)
    return 'app infer: windows are put in from outside, as a model that is given has no preprocessing of ours'
  const why = whyNotFelt(dataset)
  if (why !== null)
    return `app infer: windows are put in from outside, normalised; the app gesture is not used: ${why}`
  const rows = dataset.recordings.flatMap(({ samples }) => samples)
  const beyond = rows.filter((row) =>
    row.some((value, channel) => Math.abs(value) > (sensorRange[dataset.units[channel] ?? ''] ?? Infinity)),
  )
  const share = (100 * beyond.length) / Math.max(1, rows.length)
  return (
    `app gesture: its motion sensor is sampled at ${appRateHz(dataset) ?? 0} Hz` +
    (beyond.length === 0
      ? ''
      : `; ${share < 0.1 ? 'under 0.1' : share.toFixed(1)} % of the samples are beyond 4 g or 2000 degrees a second, where it cuts off`)
  )
}
