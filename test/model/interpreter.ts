import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'

const requirements = 'test/model/requirements.txt'
const venv = '.boardless/venv'
const stamp = join(venv, 'requirements.sha256')

async function isCurrent(wanted: string): Promise<boolean> {
  return existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted
}

/** The interpreter's Python, installed on first use; a string says why there is none. */
export async function findInterpreter(): Promise<{ python: string } | { missing: string }> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const python = join(venv, 'bin', 'python')
  if (await isCurrent(wanted)) return { python }
  const building = `${venv}.${process.pid}`
  try {
    await execa('python3', ['-m', 'venv', building])
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes']
    await execa(join(building, 'bin', 'python'), [...pip, '--only-binary=:all:', '-r', requirements])
    await writeFile(join(building, 'requirements.sha256'), wanted)
    // Another test file may have been quicker; what it is running must stay where it is.
    if (await isCurrent(wanted)) await rm(building, { recursive: true })
    else {
      await rm(venv, { recursive: true, force: true })
      await rename(building, venv)
    }
    return { python }
  } catch (error) {
    await rm(building, { recursive: true, force: true })
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
