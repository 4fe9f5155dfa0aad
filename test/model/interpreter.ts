import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { findPython } from '../python.ts'

/** The interpreter's Python, installed on first use; a string says why there is none. */
export const findInterpreter = (): ReturnType<typeof findPython> => findPython('test/model/requirements.txt')

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
