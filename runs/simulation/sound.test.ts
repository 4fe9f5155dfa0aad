import { mkdtemp, open, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ExitCode, UserError } from '../errors.ts'
import { wavFile } from '../../src/toolchain/apps/audio.ts'
import { loadSound } from '../../src/files/sound.ts'

const SHA256 = '785c22f9f5ef30ebd362d5be805c86852c2a3a5b75a5722fff77a80e993e1119'
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boardless-sound-'))
})

const save = async (bytes: Uint8Array): Promise<string> => {
  const file = join(folder, 'sound.wav')
  await writeFile(file, bytes)
  return file
}
/** Four samples; a field of the header is changed. */
const wav = (change: (bytes: Buffer) => void = () => undefined): Buffer => {
  const bytes = Buffer.from(wavFile(Int16Array.of(0, 1000, -1000, 500)))
  change(bytes)
  return bytes
}

describe('WAV files', () => {
  it('give their samples, and end as asked', async () => {
    const file = await save(wav())
    const { sound, facts } = await loadSound(file, 'stop')
    expect([...sound.samples]).toEqual([0, 1000, -1000, 500])
    expect(sound.endCycle).toBe(16_000)
    // printf '\0\0\xe8\3\x18\xfc\xf4\1' | sha256sum
    expect(facts).toEqual({ file: 'sound.wav', sha256: SHA256, durationSeconds: 0.00025, atEnd: 'stop' })
    expect((await loadSound(file, 'loop')).sound.endCycle).toBe(Infinity)
  })

  it('may have other chunks, of odd length too, and say PCM in the extended way', async () => {
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1')
    const plain = wav()
    const other = Buffer.concat([plain.subarray(0, 12), list, plain.subarray(12)])
    expect([...(await loadSound(await save(other), 'stop')).sound.samples]).toEqual([0, 1000, -1000, 500])
    const format = Buffer.concat([plain.subarray(12, 36), Buffer.alloc(24)])
    format.writeUInt32LE(40, 4)
    format.writeUInt16LE(0xfffe, 8)
    format.writeUInt16LE(1, 8 + 24)
    const extensible = Buffer.concat([plain.subarray(0, 12), format, plain.subarray(36)])
    expect((await loadSound(await save(extensible), 'stop')).sound.samples).toHaveLength(4)
  })

  it.each<readonly [string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(), /is empty/],
    ['something else', Buffer.from('ID3 and so on, a compressed file'), /is not a WAV file/],
    ['of another rate', wav((b) => b.writeUInt32LE(44_100, 24)), /has 44100 samples a second\. Convert it/],
    ['stereo', wav((b) => b.writeUInt16LE(2, 22)), /has 2 channels\. Convert it/],
    ['of 8 bits', wav((b) => b.writeUInt16LE(8, 34)), /has 8 bits a sample/],
    ['of floats', wav((b) => b.writeUInt16LE(3, 20)), /format 3, not as PCM/],
    ['cut off', wav().subarray(0, 48), /is cut off: 8 bytes of samples are announced, and 4 are there/],
    ['cut off in its header', wav().subarray(0, 30), /is cut off: it has no "fmt " chunk/],
    ['without data', wav().subarray(0, 36), /is cut off: it has no "data" chunk/],
    ['without samples', wav((b) => b.writeUInt32LE(0, 40)), /has no samples/],
    ['of half a sample', wav((b) => b.writeUInt32LE(7, 40)), /in the middle of a sample/],
    ['announcing 4 GB', wav((b) => b.writeUInt32LE(0xffff_ffff, 40)), /is cut off/],
  ])('%s: one line, exit code 2', async (_, bytes, message) => {
    const error: unknown = await loadSound(await save(bytes), 'stop').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).toMatch(message)
    expect((error as UserError).message).not.toContain('\n')
    expect((error as UserError).exitCode).toBe(ExitCode.badInput)
  })

  it('are refused when they are huge, or not there', async () => {
    const file = join(folder, 'huge.wav')
    const handle = await open(file, 'w')
    await handle.truncate(300 * 1024 * 1024)
    await handle.close()
    await expect(loadSound(file, 'stop')).rejects.toThrow(/315 MB of sound\. Give at most two hours/)
    await expect(loadSound(join(folder, 'none.wav'), 'stop')).rejects.toThrow(/cannot be read for --audio/)
    await expect(loadSound(folder, 'stop')).rejects.toThrow(/cannot be read for --audio/)
  })
})
