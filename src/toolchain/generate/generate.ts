import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '../../../runs/errors.ts'
import { readModel } from '../../../runs/tflite/read.ts'
import { produceFolder } from '../cache/cache.ts'
import { checkFelt, metadataHeader, parseMetadata, wantedMetadata } from './metadata.ts'
import { tflmPackage } from '../sources/packages.ts'
import { touch } from '../cache/prune.ts'
import { resolverSource, type Resolver } from './resolver.ts'
import { checkModel, readSupport } from './tflm-support.ts'
import type { Tensor } from '../../../runs/tflite/schema.ts'
import { ensureSources, type SourceSettings } from '../sources/sources.ts'
import { sha256, type Root } from '../compile/units.ts'

/** A model to embed: read, and known to have only operators that this TFLM has. */
export interface EmbeddedModel {
  readonly path: string
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly resolverSource: string
  readonly input: Tensor | undefined
}

/** Throws UserError when the file is no sound model, or names all that this TFLM lacks of it. */
export async function loadModel(
  path: string,
  resolver: Resolver,
  settings: SourceSettings = {},
): Promise<EmbeddedModel> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new UserError(`model ${path} cannot be read (${code})`, undefined, { cause: error })
  }
  const model = readModel(bytes, path)
  const operators = model.operators.map(({ type, version }) => ({ builtin: type, version }))
  checkModel(model, await readSupport(await ensureSources(tflmPackage, settings)), path)
  return {
    path: resolve(path),
    bytes,
    sha256: sha256(bytes),
    resolverSource: resolverSource(resolver, operators),
    input: model.tensors[model.inputs[0] ?? -1],
  }
}

/** A folder named by its content, and the sources in it. */
export interface Generated {
  readonly root: Root
  readonly sources: readonly string[]
  readonly hash: string
}

/** The embedded model and model_resolver(), each apart: one may change without the other. */
export async function generateForModel(
  model: EmbeddedModel,
  directory: string,
): Promise<readonly Generated[]> {
  return [
    await write(directory, { 'model.tflite': model.bytes, 'model.S': modelSource(model.bytes.length) }, [
      'model.S',
    ]),
    await write(directory, { 'resolver.cc': model.resolverSource }, ['resolver.cc']),
  ]
}

/**
 * The header generated/metadata.h from metadata.json beside the model.
 * Throws UserError when that is malformed, or is missing and `needed`.
 */
export async function generateMetadata(
  model: EmbeddedModel,
  needed: boolean,
  directory: string,
): Promise<Generated | undefined> {
  const path = join(dirname(model.path), 'metadata.json')
  if (existsSync(path)) {
    const metadata = parseMetadata(await readFile(path, 'utf8'), path)
    if (needed) checkFelt(metadata, path)
    const header = metadataHeader(metadata)
    return write(directory, { 'generated/metadata.h': header }, [])
  }
  if (!needed) return undefined
  throw new UserError(`${path} is missing: ${wantedMetadata}`)
}

/** The header generated/quantisation.h: what the model's input is stored as. Throws UserError for other types. */
export async function generateQuantisation(model: EmbeddedModel, directory: string): Promise<Generated> {
  const { type = 'nothing', quantisation } = model.input ?? {}
  const isInt8 = type === 'INT8' && quantisation?.scale.length === 1
  if (!isInt8 && type !== 'FLOAT32') {
    throw new UserError(`${model.path}: the input is ${type}; the gesture apps give int8 or float32`)
  }
  const header = `#pragma once

namespace quantisation {

constexpr bool kInt8 = ${isInt8};
constexpr double kScale = ${isInt8 ? (quantisation.scale[0] ?? 1) : 1};
constexpr int kZeroPoint = ${isInt8 ? (quantisation.zeroPoint[0] ?? 0) : 0};

}  // namespace quantisation
`
  return write(directory, { 'generated/quantisation.h': header }, [])
}

async function write(
  directory: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  sources: readonly string[],
): Promise<Generated> {
  const hash = sha256(...Object.entries(files).flatMap(([name, content]) => [`${name}\n`, content]))
  const folder = join(directory, hash.slice(0, 24))
  if (!(await touch(folder))) {
    await produceFolder(folder, async (temporary) => {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(temporary, name)), { recursive: true })
        await writeFile(join(temporary, name), content)
      }
    })
  }
  return { root: { directory: folder, name: `generated-${hash.slice(0, 12)}` }, sources, hash }
}

/**
 * TFLite asks for 16-byte alignment of a model (the schema's force_align of buffers). Without .file the linker would
 * put the object's name, which changes with every header, into the symbol table.
 */
function modelSource(length: number): string {
  return `.file "model.S"
.section .rodata.g_model, "a", %progbits
.balign 16
.global g_model
.type g_model, %object
g_model:
.incbin "model.tflite"
.size g_model, . - g_model

.section .rodata.g_model_len, "a", %progbits
.balign 4
.global g_model_len
.type g_model_len, %object
g_model_len:
.word ${length}
.size g_model_len, . - g_model_len
`
}
