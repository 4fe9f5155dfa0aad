/** A run from bytes to its report and its recording, by what `runs` has alone: the same in Node, in a page, in a worker. */
import type { ByteSource } from '../../runs/bytes/byte-source.ts'
import { sha256Of } from '../../runs/bytes/host.ts'
import { readImage } from '../../runs/image/image.ts'
import { beginRecording } from '../../runs/recording/record.ts'
import { serialise } from '../../runs/report/serialise.ts'
import { readSensorLog } from '../../runs/sensor-log/sensor-log.ts'
import { FELT, recordingOf } from '../../runs/simulation/recording.ts'
import { simulate } from '../../runs/simulation/simulate.ts'

export interface Ran {
  readonly report: string
  /** SHA-256 of the `.boardless` file. */
  readonly recorded: string
  /** Turns that others had while it ran. */
  readonly turns: number
}

export async function aRun(firmware: ByteSource, log: ByteSource, seconds: number): Promise<Ran> {
  const options = {
    image: await readImage(firmware),
    recording: recordingOf(await readSensorLog(log, FELT), log.name, 'stop'),
    seconds,
    functions: true,
  }
  const { hooks, finish } = beginRecording([])
  let turns = 0
  const report = await simulate({ ...options, ...hooks, onProgress: () => (turns += 1) })
  const file = await finish(options, report, async () => ({
    file: firmware.name,
    bytes: await firmware.read(0, firmware.size),
  }))
  return { report: serialise(report), recorded: sha256Of(file), turns }
}
