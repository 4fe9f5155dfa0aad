import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ExitCode, UserError } from '../../../runs/errors.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import { writeModel } from '../../../runs/tflite/write.ts'
import { buildFirmware, type BuildOptions } from '../build.ts'
import { overflowOf } from './overflow.ts'
import { projectRoot } from '../paths.ts'

const scratch = mkdtempSync(join(tmpdir(), 'boardless-overflow-'))
const gesture = join(projectRoot(), 'models', 'gesture', 'gesture_int8.tflite')
const options: BuildOptions = {
  app: 'stock',
  model: gesture,
  kernels: 'reference',
  resolver: 'mutable',
  optimise: '-O2',
  console: 'uarte',
}

/** The gesture model with a buffer that nothing reads. */
function padded(name: string, bytes: number): string {
  const model = readModel(readFileSync(gesture))
  const file = join(scratch, name)
  writeFileSync(file, writeModel({ ...model, buffers: [...model.buffers, new Uint8Array(bytes)] }))
  return file
}

const said = (change: Partial<BuildOptions>): Promise<unknown> =>
  buildFirmware({ ...options, ...change }).then(
    () => 'built',
    (error: unknown) => (error instanceof UserError ? [error.message, error.exitCode] : error),
  )

const number = (text: string | undefined) => Number(text?.replaceAll(' ', ''))

describe('what does not fit is said in bytes', () => {
  it('a model that flash alone could not hold, before anything is compiled', async () => {
    const model = padded('huge.tflite', 1_100_000)
    const size = readFileSync(model).length
    const [message] = (await said({ model })) as [string]
    const [, bytes, there, over] =
      /huge\.tflite: a model of ([\d ]+) bytes does not fit in flash: ([\d ]+) there are, ([\d ]+) too many$/.exec(
        message,
      ) ?? []
    expect([bytes, there, over].map(number)).toEqual([size, 1_048_576, size - 1_048_576])
  })

  it('a model that leaves no room for the code', async () => {
    const fits = (await buildFirmware(options)).hexPath
    const model = padded('large.tflite', 1_020_000)
    const [message, exitCode] = (await said({ model })) as [string, number]
    const [, bytes, over] =
      /^app stock does not fit in flash: ([\d ]+) bytes, 1 048 576 there are, ([\d ]+) too many$/.exec(
        message,
      ) ?? []
    expect([number(over), exitCode]).toEqual([number(bytes) - 1_048_576, ExitCode.badInput])
    // What is not the model is the same in both: bytes of data records (type 00) of the HEX file.
    const data = readFileSync(fits, 'utf8').matchAll(/^:(\w\w)\w{4}00/gm)
    const code =
      [...data].reduce((sum, [, count]) => sum + parseInt(count!, 16), 0) - readFileSync(gesture).length
    expect(Math.abs(number(bytes) - readFileSync(model).length - code)).toBeLessThan(64)
  })

  it.each([
    ['beside the stack', 245_000],
    ['at all', 262_144],
  ])('an arena that RAM has no room for %s', async (_, arenaBytes) => {
    const [message] = (await said({ arenaBytes })) as [string]
    const [, bytes, over, data] =
      /^app stock does not fit in RAM: ([\d ]+) bytes, 262 144 there are, ([\d ]+) too many \(data ([\d ]+), an arena of 2[\d ]+ among it; stack 16 384\)$/.exec(
        message,
      ) ?? []
    expect([number(bytes), number(over)]).toEqual([number(data) + 16_384, number(data) + 16_384 - 262_144])
    expect(number(data)).toBeGreaterThan(arenaBytes)
  })

  it('any other error stays what it is', async () => {
    const error = new UserError("app x does not link: undefined reference to `main'")
    expect(await overflowOf(error, options, () => Promise.reject(new Error()))).toBe(error)
  })
})
