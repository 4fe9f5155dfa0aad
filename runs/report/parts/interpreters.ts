import { shortName } from '../../image/demangle.ts'
import type { FirmwareImage } from '../../image/image.ts'
import { describeModel } from '../../tflite/describe.ts'
import type { OperatorDescription } from '../../tflite/describe.ts'
import { builtinNames } from '../../tflite/schema.ts'
import type { TfliteModel } from '../../tflite/schema.ts'
import type { Registration } from '../../tflm/watch.ts'
import type { EmbeddedModel } from './models.ts'
import type { Observation, ObservedInterpreter } from '../observation.ts'
import { nameOf, variableName } from './places.ts'
import type { InterpreterReport, OperatorReport } from '../run-report.ts'
import { reasonsOf } from './reasons.ts'
import { ratio, spread } from './spread.ts'

/** The models in flash, then those that interpreters had in RAM and that are nowhere else. */
export function modelsOf(
  inFlash: readonly EmbeddedModel[],
  interpreters: readonly ObservedInterpreter[],
): readonly EmbeddedModel[] {
  const models = [...inFlash]
  for (const { model } of interpreters) {
    if (typeof model === 'string' || models.some(({ contentSha256 }) => contentSha256 === model.sha256))
      continue
    models.push({ ...model, contentSha256: model.sha256, description: describeModel(model.model) })
  }
  return models
}

export function describeInterpreters(
  observation: Pick<Observation, 'interpreters' | 'reasons'>,
  models: readonly EmbeddedModel[],
  image: FirmwareImage,
  clockHz: number,
): readonly InterpreterReport[] {
  const { interpreters } = observation
  const names = interpreters.map((one) => modelName(one, models, image))
  return interpreters.map((one, i) => {
    const name = names[i] ?? ''
    const isShared = names.filter((other) => other === name).length > 1
    const { model } = one
    const index = typeof model === 'string' ? -1 : indexOf(model.sha256, model.address, models)
    return {
      name: isShared ? `${name} in ${nameOf(image, one.object, one.stackPointer)}` : name,
      address: one.object,
      model: index < 0 ? null : index,
      modelUnknown: typeof model === 'string' ? model : null,
      ...spread(one, clockHz),
      own: {
        ...spread(one.own, clockHz),
        share: Math.min(ratio(one.own.totalCycles, one.totalCycles), 1),
        reasons: reasonsOf(observation, one.ownCounts),
      },
      reasons: reasonsOf(observation, one.counts),
      operators: describeOperators(one, observation, image, clockHz),
    }
  })
}

/** The same contents at the same address, else anywhere: a copy in RAM of a model in flash is that model. */
function indexOf(sha256: string, address: number, models: readonly EmbeddedModel[]): number {
  const isSame = (one: EmbeddedModel): boolean => one.contentSha256 === sha256
  const there = models.findIndex((one) => isSame(one) && one.address === address)
  return there >= 0 ? there : models.findIndex(isSame)
}

function modelName(
  { model, object, stackPointer }: ObservedInterpreter,
  models: readonly EmbeddedModel[],
  image: FirmwareImage,
): string {
  if (typeof model === 'string') return nameOf(image, object, stackPointer)
  const inFlash = models[indexOf(model.sha256, model.address, models)]?.address ?? model.address
  const symbol = [model.address, inFlash].map((address) => image.symbols.objectAt(address)).find((one) => one)
  return symbol ? variableName(symbol.name) : nameOf(image, model.address, stackPointer)
}

function describeOperators(
  { operators, totalCycles, model, registrations }: ObservedInterpreter,
  observation: Pick<Observation, 'reasons'>,
  image: FirmwareImage,
  clockHz: number,
): readonly OperatorReport[] {
  const subgraphs = new Map<number, readonly OperatorDescription[]>()
  const describe = (subgraph: number): readonly OperatorDescription[] => {
    let known = subgraphs.get(subgraph)
    if (!known) {
      known = typeof model === 'string' ? [] : describeSubgraph(model.model, subgraph)
      subgraphs.set(subgraph, known)
    }
    return known
  }
  return operators.map(({ path, subgraph, evalAddress, counts, ...cycles }) => {
    const index = path.at(-1) ?? 0
    const owner = image.symbols.functionAt(evalAddress)
    const described = subgraph === undefined ? undefined : describe(subgraph)[index]
    const registration = registrations.get(`${subgraph}.${index}`)
    const type = typeOf(registration) ?? described?.type ?? null
    // What the registration contradicts is not that operator.
    const known = described?.type === type ? described : undefined
    return {
      index: path.join('.'),
      kernel: owner ? shortName(owner.name) : `0x${evalAddress.toString(16)}`,
      subgraph: subgraph ?? null,
      type,
      outputShape: known?.outputShape ?? null,
      macs: known?.macs ?? null,
      macsNotCounted: known?.macsNotCounted ?? null,
      ...spread(cycles, clockHz),
      cyclesPerMac: known?.macs ? cycles.medianCycles / known.macs : null,
      share: Math.min(ratio(cycles.totalCycles, totalCycles), 1),
      reasons: reasonsOf(observation, counts),
    }
  })
}

function describeSubgraph(model: TfliteModel, index: number): readonly OperatorDescription[] {
  const subgraph = model.subgraphs[index]
  return subgraph ? describeModel({ ...model, ...subgraph, subgraphs: [subgraph] }).operators : []
}

function typeOf(registration: Registration | undefined): string | undefined {
  if (!registration) return undefined
  const { builtinCode, customName } = registration
  const name = builtinCode === undefined ? undefined : builtinNames[builtinCode]
  if (name !== 'CUSTOM') return name
  return customName === undefined ? undefined : `CUSTOM:${customName}`
}
