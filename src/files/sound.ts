import type { EndPolicy } from '../../emulator/trace/recording.ts'
import { UserError } from '../../runs/errors.ts'
import { readSound, type LoadedSound } from '../../runs/simulation/sound.ts'
import { wholeFile } from './file-source.ts'

/** Reads what the microphone hears from a WAV file. @throws UserError naming the file */
export async function loadSound(file: string, atEnd: EndPolicy): Promise<LoadedSound> {
  try {
    return await readSound(await wholeFile(file), atEnd)
  } catch (cause) {
    if (cause instanceof UserError) throw cause
    throw new UserError(`${file}: cannot be read for --audio. Give a WAV file.`, undefined, { cause })
  }
}
