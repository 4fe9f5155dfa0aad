import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../runs/errors.ts'
import { metadataHeader, parseMetadata } from './metadata.ts'

const good = {
  labels: ['walk', 'say "hi"\\ there??/ \u00e9 1'],
  channels: ['ax', 'ay'],
  mean: [0.1, -2],
  std: [1e-8, 123456789],
  windowSamples: 100,
  sampleRateHz: 10,
}

describe('metadataHeader', () => {
  it('says the same to a C++ compiler', () => {
    const directory = mkdtempSync(join(tmpdir(), 'boardless-metadata-'))
    writeFileSync(join(directory, 'metadata.h'), metadataHeader(parseMetadata(JSON.stringify(good), 'm')))
    const literals = good.labels.map((label) => `{${[...Buffer.from(label), 0].join(', ')}}`)
    writeFileSync(
      join(directory, 'test.cc'),
      `#include "metadata.h"
constexpr unsigned char expected[][40] = {${literals.join(', ')}};
constexpr bool same(int label) {
  for (int i = 0;; i++) {
    if (static_cast<unsigned char>(metadata::kLabelNames[label][i]) != expected[label][i]) return false;
    if (expected[label][i] == 0) return true;
  }
}
static_assert(same(0) && same(1));
static_assert(metadata::kLabels == 2 && metadata::kChannels == 2);
static_assert(metadata::kWindowSamples == 100 && metadata::kSampleRateHz == 10);
static_assert(metadata::kMean[0] == static_cast<float>(0.1) && metadata::kMean[1] == -2);
static_assert(metadata::kStd[0] == static_cast<float>(1e-8) && metadata::kStd[1] == static_cast<float>(123456789));
`,
    )
    execFileSync('arm-none-eabi-g++', ['-std=c++17', '-fsyntax-only', 'test.cc'], { cwd: directory })
  })
})

describe('parseMetadata', () => {
  it.each([
    ['{', 'not JSON'],
    ['[]', '"channels" must be a list of strings'],
    ['null', 'not a JSON object'],
    [JSON.stringify({ ...good, labels: [] }), '"labels" must be a list of strings'],
    [JSON.stringify({ ...good, labels: [1] }), '"labels" must be a list of strings'],
    [JSON.stringify({ ...good, mean: [1] }), '"mean" must be a list of 2 numbers, one for each channel'],
    [JSON.stringify({ ...good, std: [1, 0] }), '"std" must be above 0'],
    [
      JSON.stringify({ ...good, windowSamples: 0.5 }),
      '"windowSamples" must be a whole number from 1 to 10000',
    ],
    [JSON.stringify({ ...good, sampleRateHz: undefined }), '"sampleRateHz" must be a whole number'],
  ])('refuses %s', (text, message) => {
    const parse = () => parseMetadata(text, 'metadata.json')
    expect(parse).toThrow(UserError)
    expect(parse).toThrow(`metadata.json: ${message}`)
  })
})
