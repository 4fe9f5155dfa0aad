/** Models that were not trained here: the user's, and those that come with TensorFlow Lite Micro. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../../runs/errors.ts'
import { graphOfTflite } from '../../model/convert/import.ts'
import { testWindows, type Dataset, type TestWindow } from '../../model/data/windows.ts'
import { classifyFloat, classifyInt8, type Classify } from '../../model/evaluate.ts'
import type { Run, TrainedRun } from '../../model/experiment.ts'
import type { Graph } from '../../model/infer/graph.ts'
import { halfMelBins, int8Of } from '../../model/micro-speech.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import { layout, tflmPackage } from '../../toolchain/sources/packages.ts'
import { ensureSources } from '../../toolchain/sources/sources.ts'
import { CannotMeasure } from '../outcome.ts'
import type { GivenFile } from './bench.ts'

export interface GivenWindow extends TestWindow {
  readonly split: 'train' | 'heldout'
}

/** Every recording as it is, as the user's model takes it. */
export function givenWindows({ normalisation }: GivenFile, dataset: Dataset): GivenWindow[] {
  const plain = { mean: dataset.channels.map(() => 0), std: dataset.channels.map(() => 1) }
  return dataset.recordings.flatMap((recording) =>
    testWindows([recording], dataset.labels, normalisation ?? plain, 1).map((window) => ({
      ...window,
      split: recording.split,
    })),
  )
}

export function classifyGiven({ bytes, name }: GivenFile): Classify {
  const model = readModel(bytes, name)
  const quantised = model.tensors.some(({ type }) => type === 'INT8')
  return quantised ? classifyInt8(bytes) : classifyFloat(graphOf(bytes, name))
}

/** The user's network as if it had been trained here, so that variants of it can be made. */
export function givenRun(
  given: GivenFile,
  dataset: Dataset,
  tests: readonly TestWindow[],
): { readonly run: Run; readonly trained: TrainedRun } {
  const training = givenWindows(given, dataset).filter(({ split }) => split === 'train')
  const architecture = {
    name: given.sha256,
    kind: 'dense' as const,
    build: (): never => {
      throw new Error('the user’s model is not trained here')
    },
  }
  const run: Run = { dataset, architecture, split: { kind: 'heldout' }, seed: 1 }
  const plain = { mean: dataset.channels.map(() => 0), std: dataset.channels.map(() => 1) }
  const normalisation = given.normalisation ?? plain
  return { run, trained: { graph: graphOf(given.bytes, given.name), normalisation, training, tests } }
}

/** @throws CannotMeasure for a network that cannot be taken apart */
export function graphOf(bytes: Uint8Array, name: string): Graph {
  try {
    return graphOfTflite(bytes, name)
  } catch (error) {
    if (error instanceof UserError) throw new CannotMeasure(error.message)
    throw error
  }
}

/** In int8, which CMSIS-NN has kernels for: the file of TFLM is uint8. */
export async function stockModelBytes(name: 'micro_speech' | 'micro_speech-half-mel'): Promise<Uint8Array> {
  const folder = join(await ensureSources(tflmPackage, { environment: process.env }), layout.stockModels)
  const file = 'micro_speech.tflite'
  const int8 = int8Of(new Uint8Array(await readFile(join(folder, file))), file)
  return name === 'micro_speech' ? int8 : halfMelBins(int8, file)
}
