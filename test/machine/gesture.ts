import { join } from 'node:path'
import { loadRecording } from '../../src/files/recording.ts'
import { buildFirmware } from '../../src/toolchain/build.ts'
import { projectRoot } from '../../src/toolchain/paths.ts'

export const CYCLES_PER_SECOND = 64_000_000

/** The gesture app as `npm start` builds it. @returns the path of its ELF */
export async function gestureFirmware(kernels: 'reference' | 'cmsis-nn'): Promise<string> {
  const model = join(projectRoot(), 'models', 'gesture', 'gesture_int8.tflite')
  const { elfPath } = await buildFirmware({
    app: 'gesture',
    model,
    kernels,
    resolver: 'mutable',
    optimise: '-O2',
    console: 'uarte',
  })
  return elfPath
}

/** What the board's sensor feels in these tests: the recordings that were kept out of training. */
export const heldOut = () =>
  loadRecording(join(projectRoot(), 'traces', 'basic-motions', 'heldout.csv'), { atEnd: 'stop' })
