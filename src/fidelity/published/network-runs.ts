import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NANO_33_BLE_SENSE } from '../../../emulator/boards/nano33blesense.ts'
import { pipelineTiming, type TimingParameters } from '../../../emulator/cpu/timing/timing.ts'
import { createMachine } from '../../../emulator/machine.ts'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import type { FirmwareImage } from '../../../runs/image/image.ts'
import { loadImage } from '../../files/image.ts'
import { convertToFloat32 } from '../../model/convert/convert.ts'
import type { Dense } from '../../model/infer/graph.ts'
import { seededRandom } from '../../model/random.ts'
import { buildFirmware } from '../../toolchain/build.ts'
import { buildDirectory, produce } from '../../toolchain/cache/cache.ts'
import { projectRoot, type Progress } from '../../toolchain/paths.ts'
import { networkFigures, type Network, type NetworkCycles, type NetworkFigure } from './networks.ts'
import { openParameters } from '../../../runs/open-parameters/parameters.ts'

/** What `docs/networks.json` holds. */
export interface NetworkRuns {
  readonly schemaVersion: 1
  readonly kind: 'networks'
  readonly timing: TimingParameters
  readonly compiler: string
  readonly results: readonly NetworkCycles[]
}

const INFERENCES = 5
const LIMIT_CYCLES = 64_000_000
const BEGIN_PORT = 1

/** Weights do not matter to the time of a dense layer; those of the publication are not used. */
function modelOf({ features, hidden, classes }: Network): Uint8Array {
  const random = seededRandom(1)
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => random() - 0.5)
  const widths = [features, ...hidden, classes]
  const layers = widths.slice(1).map((outputs, i): Dense => ({
    kind: 'dense',
    name: `dense_${i}`,
    inputs: widths[i] ?? 0,
    outputs,
    weights: values((widths[i] ?? 0) * outputs),
    bias: values(outputs),
    activation: i === hidden.length ? 'NONE' : 'RELU',
  }))
  const graph = { inputShape: [features], layers: [...layers, { kind: 'softmax', name: 'softmax' } as const] }
  return convertToFloat32(graph, 'a network of the published shape')
}

/** As an Arduino sketch is built: -Os, TFLM's reference kernels. @throws UserError */
export async function buildNetwork({
  name,
  network,
}: NetworkFigure): Promise<{ elf: string; compiler: string }> {
  const model = join(buildDirectory(), 'networks', `${name.replace(/\W+/g, '_')}.tflite`)
  await produce(model, (temporary) => writeFile(temporary, modelOf(network)))
  const { elfPath, compiler } = await buildFirmware({
    app: 'infer',
    model,
    kernels: 'reference',
    resolver: 'mutable',
    optimise: '-Os',
    console: 'semihosting',
  })
  return { elf: elfPath, compiler: `${compiler.name} ${compiler.version}` }
}

/** Cycles of an inference that is not the first. @throws UserError */
export function inferenceCycles(
  { segments, vectorTable }: Pick<FirmwareImage, 'segments' | 'vectorTable'>,
  { network }: NetworkFigure,
  timing: TimingParameters,
): number {
  const inputs = Float32Array.from({ length: INFERENCES * network.features }, (_, i) => (i % 7) / 7)
  let began = 0
  let cycles: number | undefined
  const machine = createMachine({
    board: NANO_33_BLE_SENSE,
    segments,
    vectorTable,
    timing,
    profile: false,
    strict: false,
    stdin: new Uint8Array(inputs.buffer),
    onConsole: () => undefined,
    onStimulus: (port) => {
      if (port === BEGIN_PORT) began = machine.now
      else cycles = machine.now - began
    },
  })
  const stop = machine.run(LIMIT_CYCLES)
  if (stop.kind !== 'exit' || cycles === undefined)
    throw new UserError(
      `the network's firmware did not get to its end: ${stop.kind}`,
      ExitCode.firmwareCrashed,
    )
  return cycles
}

/** Builds and runs every network. Needs TFLM's sources. @throws UserError */
export async function runNetworks(progress: Progress = () => undefined): Promise<NetworkRuns> {
  const range = openParameters.find(({ name }) => name === 'flashReadWait')?.range
  if (!range) throw new Error('flashReadWait has a range')
  const results: NetworkCycles[] = []
  let compiledBy = ''
  for (const [i, figure] of networkFigures.entries()) {
    progress(figure.name, i / networkFigures.length)
    const { elf, compiler } = await buildNetwork(figure)
    compiledBy = compiler
    const image = await loadImage(elf)
    const [cycles = 0, lowest = 0, highest = 0] = [pipelineTiming.flashReadWait, ...range].map(
      (flashReadWait) => inferenceCycles(image, figure, { ...pipelineTiming, flashReadWait }),
    )
    results.push({ name: figure.name, cycles, lowest, highest })
  }
  return { schemaVersion: 1, kind: 'networks', timing: pipelineTiming, compiler: compiledBy, results }
}

/** The runs that the documentation shows. */
export async function documentedNetworks(): Promise<NetworkRuns> {
  return JSON.parse(await readFile(join(projectRoot(), 'docs', 'networks.json'), 'utf8')) as NetworkRuns
}
