/** What is optimised: a network trained anew in every fold, or the user's own file. */
import type { InputVariant } from '../../model/data/windows.ts'
import type { Outcome } from '../../model/evaluate.ts'
import type { Variant } from '../../model/experiment.ts'
import type {
  DeviceMeasurement,
  FoldMeasurement,
  GivenAccuracyMeasurement,
  Lookup,
  Measurement,
  ModelMeasurement,
  ModelSource,
} from '../measurement.ts'
import { whyNotFelt } from '../sensing.ts'
import type { LabContext } from '../technique.ts'

export interface Network {
  readonly kind: 'network'
  readonly architecture: string
  readonly input: InputVariant
}

export interface GivenFile {
  readonly kind: 'given'
}

export type Subject = Network | GivenFile

/** A subject, and how it becomes a file; null: the given file as it is. */
export interface Candidate {
  readonly subject: Subject
  readonly variant: Variant | null
}

/** The shipped gesture model's kind and size. */
export const baseline = 'dense-10000'

/** Epochs that the smaller dense nets take to be through: with 60 they look worse than they are. */
export const epochsOf: Readonly<Record<string, number>> = { 'dense-3000': 300, 'dense-1000': 300 }

export const network = (architecture: string, input: InputVariant = 'full'): Network => ({
  kind: 'network',
  architecture,
  input,
})

/** One of each kind: dense, convolution, separable. */
export const oneOfEachKind = ({ quick }: LabContext): readonly Network[] =>
  [baseline, ...(quick ? [] : ['convolution-8']), 'separable-8'].map((name) => network(name))

export type Level = DeviceMeasurement['optimise']

/** The compiler's. */
export const levelsOf = ({ quick }: LabContext): readonly Level[] =>
  quick ? ['-Os', '-O2'] : ['-Os', '-O2', '-O3']

export const given: GivenFile = { kind: 'given' }

/** The gesture app reads the motion sensor; what that does not feel, or a model of the user's, runs in `infer`. */
export const appOf = ({ given: file, dataset }: LabContext): 'gesture' | 'infer' =>
  file === null && whyNotFelt(dataset) === null ? 'gesture' : 'infer'

/** What differs between firmwares, where it is not as shipped. */
export type Choices = Partial<Pick<DeviceMeasurement, 'kernels' | 'resolver' | 'optimise' | 'preprocessing'>>

export const shipped = {
  kernels: 'cmsis-nn',
  resolver: 'mutable',
  optimise: '-O2',
  preprocessing: 'loop',
} as const

function sourceOf(context: LabContext, { subject, variant }: Candidate): ModelSource {
  if (subject.kind === 'given') {
    if (context.given === null) throw new Error('no model was given')
    return { ...context.given, variant }
  }
  if (variant === null) throw new Error(`${subject.architecture}: a network has no file of its own`)
  return {
    from: 'training',
    ...trainingOf(subject),
    seed: context.seeds[0] ?? 1,
    variant,
  }
}

const trainingOf = ({ architecture, input }: Network) => {
  const epochs = epochsOf[architecture]
  return { architecture, input, ...(epochs !== undefined && { epochs }) }
}

export const modelOf = (context: LabContext, candidate: Candidate): ModelMeasurement => ({
  kind: 'model',
  model: sourceOf(context, candidate),
})

/** float32 has no kernels in CMSIS-NN: reference ones are what runs. */
export const deviceOf = (
  context: LabContext,
  candidate: Candidate,
  choices: Choices = {},
): DeviceMeasurement => ({
  kind: 'device',
  model: sourceOf(context, candidate),
  app: appOf(context),
  ...shipped,
  ...(isFloat(context, candidate) && { kernels: 'reference' }),
  ...choices,
})

const isFloat = (context: LabContext, { variant }: Candidate): boolean =>
  variant === null ? context.given?.precision === 'float32' : variant.convert.precision === 'float32'

/** Every fold of every seed, or the given model on all recordings. */
export function accuracyPlan(
  context: LabContext,
  { subject, variant }: Candidate,
): readonly (FoldMeasurement | GivenAccuracyMeasurement)[] {
  if (subject.kind === 'given') {
    if (context.given === null) throw new Error('no model was given')
    return [{ kind: 'given-accuracy', model: { ...context.given, variant } }]
  }
  if (variant === null) throw new Error(`${subject.architecture}: a network has no file of its own`)
  return context.seeds.flatMap((seed) =>
    Array.from({ length: context.folds }, (_, fold) => {
      const place = { seed, fold, folds: context.folds, variant }
      return { kind: 'fold', ...trainingOf(subject), ...place } as const
    }),
  )
}

export const outcomesOf = (context: LabContext, candidate: Candidate, result: Lookup): readonly Outcome[] =>
  accuracyPlan(context, candidate).flatMap((measurement) => [...result(measurement).outcomes])

/** The model that the kernels are compared on: int8, quantised first where the user's is float32. */
export const givenCandidate = (context: LabContext, int8: Variant): Candidate => ({
  subject: given,
  variant: context.given?.precision === 'float32' ? int8 : null,
})

const inputNames: Readonly<Record<InputVariant, string>> = {
  full: '',
  'half-window': ' half window',
  'half-rate': ' half rate',
  'half-channels': ' half channels',
}

export const subjectName = (subject: Subject): string =>
  subject.kind === 'given' ? 'your model' : `${subject.architecture}${inputNames[subject.input]}`

export const candidateName = (context: LabContext, { subject, variant }: Candidate): string =>
  `${subjectName(subject)}, ${variant?.name ?? context.given?.precision ?? ''}`

/** All that a complete configuration needs measured. */
export const wholePlan = (
  context: LabContext,
  candidate: Candidate,
  choices: Choices = {},
): readonly Measurement[] => [
  ...accuracyPlan(context, candidate),
  modelOf(context, candidate),
  deviceOf(context, candidate, choices),
]
