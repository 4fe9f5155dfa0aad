import type { Configuration } from '../../../runs/lab-report/lab-report.ts'
import type { Lookup } from '../measurement.ts'
import type { LabContext } from '../technique.ts'
import { accuracy, bytes, microseconds, ramBytes, windowLatency } from './figures.ts'
import { candidateName, deviceOf, outcomesOf, shipped, type Candidate, type Choices } from './subject.ts'

export type Measured = Omit<Configuration, 'frontier'>

/** A candidate with all that `wholePlan` has asked for. */
export function configurationOf(
  context: LabContext,
  candidate: Candidate,
  result: Lookup,
  choices: Choices = {},
): Measured {
  const measurement = deviceOf(context, candidate, choices)
  const device = result(measurement)
  const { kernels, resolver, optimise, preprocessing } = measurement
  const { clockHz } = context.header
  return {
    name: [
      candidateName(context, candidate),
      kernels,
      resolver,
      optimise,
      ...(preprocessing === shipped.preprocessing ? [] : [preprocessing]),
    ].join(', '),
    device: measurement,
    accuracy: accuracy(outcomesOf(context, candidate, result)),
    latency: microseconds(windowLatency(device), clockHz),
    inference: microseconds(device.inference, clockHz),
    flash: bytes(device.flashBytes),
    ram: bytes(ramBytes(device)),
    energy: device.energy && {
      value: device.energy.microjoules,
      unit: 'uJ',
      interval: device.energy.interval,
    },
  }
}
