import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { cacheDirectory, produceFolder } from '../../src/toolchain/cache/cache.ts'

const requirements = 'test/model/requirements.txt'

/** The interpreter's Python, installed on first use; a string says why there is none. */
export async function findInterpreter(): Promise<{ python: string } | { missing: string }> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const venv = join(cacheDirectory(), 'tests', `venv-${wanted.slice(0, 12)}`)
  const python = join(venv, 'bin', 'python')
  if (existsSync(venv)) return { python }
  try {
    await produceFolder(venv, async (building) => {
      await execa('python3', ['-m', 'venv', building])
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes']
      await execa(join(building, 'bin', 'python'), [...pip, '--only-binary=:all:', '-r', requirements])
    })
    return { python }
  } catch (error) {
    // In continuous integration a golden test that did not run is a failure.
    if (process.env['CI']) throw error
    return { missing: error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : String(error) }
  }
}

/**
 * Runs a model over inputs with tflite-micro. Returns, for each input, the bytes of the tensors asked for,
 * one after the other.
 */
export async function interpret(
  python: string,
  model: Uint8Array,
  inputs: readonly Uint8Array[],
  tensors: readonly string[] = ['output'],
): Promise<Uint8Array[]> {
  const folder = await mkdtemp(join(tmpdir(), 'boardless-'))
  try {
    const file = join(folder, 'model.tflite')
    await writeFile(file, model)
    const { stdout } = await execa(python, ['test/model/interpret.py', file, ...tensors], {
      input: Buffer.concat(inputs),
      encoding: 'buffer',
      maxBuffer: 1e8,
    })
    const size = stdout.length / inputs.length
    return inputs.map((_, index) => stdout.slice(index * size, (index + 1) * size))
  } finally {
    await rm(folder, { recursive: true })
  }
}

export interface ModelRun {
  readonly model: Uint8Array
  readonly inputs: readonly Uint8Array[]
  /** Tensors whose bytes are wanted. */
  readonly tensors: readonly number[]
}

/** Many models with one Python. For each: for each input the tensors' bytes; a string says why it was refused. */
export async function interpretAll(
  python: string,
  runs: readonly ModelRun[],
): Promise<(Uint8Array[] | string)[]> {
  const folder = await mkdtemp(join(tmpdir(), 'boardless-'))
  const file = (index: number, extension: string) => join(folder, `${index}.${extension}`)
  try {
    for (const [index, { model, inputs, tensors }] of runs.entries()) {
      await writeFile(file(index, 'tflite'), model)
      await writeFile(file(index, 'in'), Buffer.concat(inputs))
      await writeFile(file(index, 'tensors'), tensors.join('\n'))
    }
    await execa(python, ['test/model/interpret_all.py', folder])
    return await Promise.all(
      runs.map(async ({ inputs }, index) => {
        if (existsSync(file(index, 'error'))) return await readFile(file(index, 'error'), 'utf8')
        const bytes = new Uint8Array(await readFile(file(index, 'out')))
        const size = bytes.length / inputs.length
        return inputs.map((_, place) => bytes.slice(place * size, (place + 1) * size))
      }),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
