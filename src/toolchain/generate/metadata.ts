import { UserError } from '../../../runs/errors.ts'
import { elementCount, type TfliteModel } from '../../../runs/tflite/schema.ts'

/** What the gesture app must know of its model beyond the .tflite: models/gesture/metadata.json. */
export interface GestureMetadata {
  readonly labels: readonly string[]
  readonly channels: readonly string[]
  /** For each channel: acceleration in g, rate in degrees a second. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
  /** What our training wrote of them. */
  readonly channelUnits?: readonly string[]
  readonly windowSamples: number
  /** null: not known, or not a whole number; no app samples so. */
  readonly sampleRateHz: number | null
}

/** Throws UserError when `text` is not such metadata; `name` begins the message. */
export function parseMetadata(text: string, name: string): GestureMetadata {
  const fail = (what: string): never => {
    throw new UserError(`${name}: ${what}`)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    fail('not JSON')
  }
  if (typeof json !== 'object' || json === null) return fail('not a JSON object')
  const fields = json as Readonly<Record<string, unknown>>
  const strings = (key: string) => {
    const value = fields[key]
    if (!isArrayOf(value, (item) => typeof item === 'string') || value.length === 0) {
      return fail(`"${key}" must be a list of strings`)
    }
    return value as readonly string[]
  }
  const channels = strings('channels')
  const perChannel = (key: string) => {
    const value = fields[key]
    if (!isArrayOf(value, Number.isFinite) || value.length !== channels.length) {
      return fail(`"${key}" must be a list of ${channels.length} numbers, one for each channel`)
    }
    return value as readonly number[]
  }
  const count = (key: string) => {
    const value = fields[key]
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 10000) {
      return fail(`"${key}" must be a whole number from 1 to 10000`)
    }
    return value
  }
  const std = perChannel('std')
  if (std.some((deviation) => deviation <= 0)) fail('"std" must be above 0')
  return {
    labels: strings('labels'),
    channels,
    mean: perChannel('mean'),
    std,
    windowSamples: count('windowSamples'),
    sampleRateHz: fields['sampleRateHz'] === null ? null : count('sampleRateHz'),
  }
}

/** Names of a model's outputs: a list in JSON, the "labels" of a metadata.json, or a line each. @throws UserError */
export function parseLabels(text: string, name: string): readonly string[] {
  const isJson = /^\s*[[{]/.test(text)
  let found: unknown = text.split(/\r?\n/).map((line) => line.trim())
  if (isJson) {
    try {
      const json: unknown = JSON.parse(text)
      found = Array.isArray(json) ? json : (json as Readonly<Record<string, unknown>>)['labels']
    } catch {
      throw new UserError(`${name}: not JSON`)
    }
  }
  const labels = isArrayOf(found, (one) => typeof one === 'string')
    ? (found as readonly string[]).filter((one) => one !== '')
    : []
  if (labels.length === 0) throw new UserError(`${name}: no labels; give a line for each, or a list in JSON`)
  return labels
}

/** What the gesture apps want to know of a model, in a sentence. */
export const wantedMetadata =
  'the gesture apps take from it "labels" (of the outputs), "channels" (ax, ay, az, gx, gy, gz or the first of these), ' +
  '"mean" and "std" (a number for each channel), "windowSamples" and "sampleRateHz"; --metadata-template FILE writes one to fill in'

/** As much of it as the model says; a rate of null is one that is still to be filled in. @throws UserError */
export function metadataTemplate(model: TfliteModel, path: string): GestureMetadata {
  const [inputs = 0, outputs = 0] = [model.inputs, model.outputs].map((ends) =>
    elementCount(model.tensors[ends[0] ?? -1]?.shape ?? [0]),
  )
  const channels = [6, 3, 1].find((count) => inputs % count === 0) ?? 1
  const windowSamples = inputs / channels
  if (!Number.isInteger(windowSamples) || windowSamples < 1 || outputs < 1)
    throw new UserError(
      `${path}: ${inputs} inputs and ${outputs} outputs; the gesture apps take a classifier of windows`,
    )
  return {
    labels: Array.from({ length: outputs }, (_, index) => `label ${index}`),
    channels: felt.slice(0, channels),
    mean: Array.from({ length: channels }, () => 0),
    std: Array.from({ length: channels }, () => 1),
    windowSamples,
    sampleRateHz: null,
  }
}

const felt = ['ax', 'ay', 'az', 'gx', 'gy', 'gz']

/** @throws UserError for a model that the gesture apps would give other channels than it was trained on */
export function checkFelt({ channels, sampleRateHz }: GestureMetadata, name: string): void {
  if (channels.some((channel, index) => channel !== felt[index])) {
    throw new UserError(
      `${name}: channels ${channels.join(', ')}; the gesture apps feel ${felt.join(', ')} or the first of these: run such a model in the app infer`,
    )
  }
  if (sampleRateHz === null)
    throw new UserError(
      `${name}: "sampleRateHz" is null; the gesture apps take a whole number: run such a model in the app infer`,
    )
}

function isArrayOf(value: unknown, is: (item: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.every(is)
}

/** generated/metadata.h: the same as C++ constants. */
export function metadataHeader(metadata: GestureMetadata): string {
  const { labels, channels, mean, std } = metadata
  const floats = (values: readonly number[]) => values.map((value) => `${floatLiteral(value)}f`).join(', ')
  return `#pragma once

namespace metadata {

constexpr int kLabels = ${labels.length};
constexpr int kChannels = ${channels.length};
constexpr int kWindowSamples = ${metadata.windowSamples};
constexpr int kSampleRateHz = ${metadata.sampleRateHz ?? 0};
constexpr const char* kLabelNames[kLabels] = {${labels.map(stringLiteral).join(', ')}};
constexpr float kMean[kChannels] = {${floats(mean)}};
constexpr float kStd[kChannels] = {${floats(std)}};

}  // namespace metadata
`
}

/** The shortest decimal that reads back as the same float32, always with a point or an exponent. */
function floatLiteral(value: number): string {
  const single = Math.fround(value)
  for (let digits = 1; digits < 9; digits++) {
    const text = single.toPrecision(digits)
    if (Math.fround(Number(text)) === single)
      return text.includes('.') || text.includes('e') ? text : `${text}.0`
  }
  return single.toExponential(8)
}

/** Any text as a C string literal: what is not plain ASCII becomes its UTF-8 bytes in three-digit octal. */
function stringLiteral(text: string): string {
  const characters = [...Buffer.from(text, 'utf8')].map((byte) => {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f
    return plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`
  })
  return `"${characters.join('')}"`
}
