import { UserError } from '../errors.ts'

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
