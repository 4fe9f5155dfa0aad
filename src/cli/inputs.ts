import { AudioRecording } from '../../emulator/trace/audio.ts'
import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { appTable } from '../toolchain/apps.ts'
import { AUDIO_RATE, keywordSamples } from '../toolchain/audio.ts'
import { heldOutRecording } from './project.ts'
import { loadRecording } from './recording.ts'
import type { SimulateOptions } from './simulate.ts'

/** What one of our apps is played where the user names nothing, and the wires that it needs. */
export async function inputOf(
  app: string,
  end: EndPolicy,
  recordingFile?: string,
): Promise<Pick<SimulateOptions, 'recording' | 'audio' | 'wires'>> {
  const known = appTable[app]
  const file = recordingFile ?? (known?.input === 'imu' ? heldOutRecording() : undefined)
  return {
    ...(file !== undefined && { recording: await loadRecording(file, end) }),
    ...(known?.input === 'audio' && {
      audio: new AudioRecording(await keywordSamples(), AUDIO_RATE, { endPolicy: end }),
    }),
    ...(known && known.wires.length > 0 && { wires: known.wires }),
  }
}
