import { count, list, map, nullable, object, oneOf, quantity, share, text } from './schema-parts.ts'

const charge = {
  averageMicroamps: quantity,
  lowMicroamps: quantity,
  highMicroamps: quantity,
  chargeMicrocoulombs: quantity,
  energyMicrojoules: quantity,
}

const evidence = oneOf('published', 'measured', 'derived', 'estimate')

const current = object({ ...charge, medianMicroamps: quantity, peakMicroamps: quantity })

export const powerSchema = object({
  supplyVolts: quantity,
  feeds: list(
    object({
      feed: text,
      volts: quantity,
      averageMicroamps: quantity,
      lowMicroamps: quantity,
      highMicroamps: quantity,
      source: text,
      evidence,
    }),
  ),
  board: current,
  chip: current,
  parts: list(
    object({
      part: text,
      group: oneOf('chip', 'board'),
      ...charge,
      peakMicroamps: quantity,
      share,
      estimate: { type: 'boolean' },
      states: list(
        object({ state: text, cycles: count, averageMicroamps: quantity, chargeMicrocoulombs: quantity }),
      ),
      events: list(object({ event: text, count, chargeMicrocoulombs: quantity })),
    }),
  ),
  phases: list(
    object({
      phase: text,
      passes: count,
      cycles: count,
      ...charge,
      chipMicrocoulombs: quantity,
      microcoulombsByPart: map(quantity),
    }),
  ),
  start: nullable(object({ cycles: count, microcoulombsByPart: map(quantity) })),
  inference: nullable(
    object({
      count,
      chargeMicrocoulombs: nullable(quantity),
      energyMicrojoules: nullable(quantity),
      runMicrocoulombs: quantity,
      runMicrojoules: quantity,
    }),
  ),
  awakeShare: share,
  estimatedShare: share,
  battery: nullable(
    object({
      cell: text,
      feed: nullable(text),
      hours: quantity,
      lowHours: quantity,
      highHours: quantity,
      usableMilliampHours: quantity,
      overloaded: { type: 'boolean' },
      source: text,
    }),
  ),
  coefficients: list(
    object({
      part: text,
      state: text,
      unit: oneOf('microamps', 'picocoulombs'),
      value: quantity,
      low: quantity,
      high: quantity,
      ldoMicroamps: nullable(quantity),
      conditions: text,
      source: text,
      evidence,
    }),
  ),
  assumptions: list(text),
  unknownStates: list(text),
  timeline: list(
    object({
      startCycle: count,
      cycles: count,
      minimumMicroamps: quantity,
      averageMicroamps: quantity,
      maximumMicroamps: quantity,
    }),
  ),
})
