/** Our reader beside the code that flatc generated from the schema, on our models and on those found here. */
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { readModel } from '../../runs/tflite/read.ts'
import {
  activations,
  optionsCodes,
  paddings,
  tensorTypes,
  type TfliteModel,
} from '../../runs/tflite/schema.ts'
import { paths, readBytes } from './golden.ts'
import { findInterpreter } from './interpreter.ts'

/** The four stock models of the tfmicro crate, once cargo has fetched it for the firmware. */
function stockModels(): string[] {
  const registry = join(process.env['CARGO_HOME'] ?? join(homedir(), '.cargo'), 'registry', 'src')
  if (!existsSync(registry)) return []
  return readdirSync(registry)
    .map((index) => join(registry, index, 'tfmicro-0.1.0', 'examples', 'models'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.tflite'))
}

function summary(model: TfliteModel) {
  const constantBytes = (buffer: number) => model.buffers[buffer]?.length ?? 0
  return {
    inputs: model.inputs,
    outputs: model.outputs,
    operators: model.operators.map(({ builtinCode, version, inputs, outputs, options }) => ({
      code: builtinCode,
      version,
      inputs,
      outputs,
      optionsCode: options.kind === 'other' ? options.code : optionsCodes[options.kind],
      activation: 'activation' in options ? activations.indexOf(options.activation) : 0,
      padding: 'padding' in options ? paddings.indexOf(options.padding) : 0,
      stride: 'strideHeight' in options ? [options.strideHeight, options.strideWidth] : [0, 0],
    })),
    tensors: model.tensors.map(({ name, shape, type, buffer, quantisation }) => ({
      name,
      shape,
      type: tensorTypes.indexOf(type),
      constantBytes: constantBytes(buffer),
      scale: quantisation?.scale ?? [],
      zeroPoint: quantisation?.zeroPoint ?? [],
    })),
  }
}

it('reads the same from every model', async (context) => {
  const found = await findInterpreter()
  if ('missing' in found) return context.skip(found.missing)
  const where = 'import tflite_micro.python.tflite_micro.runtime as r; print(r.__file__)'
  const { stdout: runtime } = await execa(found.python, ['-c', where])
  const files = [paths.int8, paths.float32, join(dirname(runtime), 'sine_float.tflite'), ...stockModels()]
  const { stdout } = await execa(found.python, ['test/model/dump.py', ...files], { maxBuffer: 1e8 })
  const expected = JSON.parse(stdout) as unknown[]
  files.forEach((file, index) =>
    expect(summary(readModel(readBytes(file), file)), file).toEqual(expected[index]),
  )
})
