import { expect, it } from 'vitest'
import { groupName } from '../keys.ts'
import type { Measurement } from '../measurement.ts'
import type { LabContext, Technique } from '../technique.ts'
import { planOf } from './plan.ts'
import { mergeShards, parseShard, parseShardFile, shardOf, type ShardFile } from './shard.ts'

const variants = ['float32', 'int8'].map((name) => ({ name, convert: {} }))
const folds = ['dense-100000', 'dense-1000', 'convolution-8'].flatMap((architecture) =>
  [0, 1, 2, 3, 4].flatMap((fold) =>
    variants.map((variant): Measurement => {
      return { kind: 'fold', architecture, input: 'full', seed: 1, fold, folds: 5, variant }
    }),
  ),
)
const technique = { applies: () => null, plan: () => folds } as unknown as Technique
const plan = planOf([technique], {} as LabContext)

it.each([1, 2, 4, 7])('%i shards have everything once, and whole groups', (count) => {
  const shards = Array.from({ length: count }, (_, at) => shardOf(plan, { index: at + 1, count }))
  expect(new Set(shards.flat().map(({ key }) => key)).size).toBe(plan.length)
  expect(shards.flat()).toHaveLength(plan.length)
  const groups = shards.map((shard) => new Set(shard.map(({ measurement }) => groupName(measurement))))
  expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(15)
  if (count <= 4) for (const shard of shards) expect(shard.length).toBeGreaterThan(plan.length / count / 3)
})

it.each(['0/4', '5/4', '1', 'a/b', '1/0', '-1/2'])('--shard %s is refused', (text) => {
  expect(() => parseShard(text)).toThrow(/--shard .*such as 1\/4/)
})

const file = (index: number, count = 2, change: Partial<ShardFile> = {}): ShardFile => ({
  schemaVersion: 1,
  kind: 'lab-shard',
  shard: { index, count },
  contextKey: 'same',
  version: '0.1.0',
  only: [],
  command: 'boardless lab',
  criteria: { maxLossPoints: 1, maxLatencyMicroseconds: null },
  context: {} as LabContext,
  seconds: index,
  fromCache: 0,
  results: { [`key ${index}`]: { result: index } },
  ...change,
})

it('merges shards in any order', () => {
  const named = [2, 1].map((index) => ({ name: `${index}.json`, file: file(index) }))
  const { results, seconds } = mergeShards(named)
  expect([...results.keys()].sort()).toEqual(['key 1', 'key 2'])
  expect(seconds).toBe(3)
})

it.each([
  ['a missing one', [file(1)], /shard 2 of 2 is missing/],
  ['one twice', [file(1), file(1)], /1\.json: shard 1 of 2, as 0\.json is/],
  ['one of another division', [file(1), file(2, 3)], /shard 2 of 3; 0\.json is one of 2/],
  ['one of other data', [file(1), file(2, 2, { contextKey: 'other' })], /of another lab than 0\.json/],
  [
    'a measurement twice',
    [file(1), file(2, 2, { results: { 'key 1': { result: 1 } } })],
    /another shard has/,
  ],
  ['nothing', [], /give the files of all shards/],
])('refuses %s', (_, files, expected) => {
  expect(() => mergeShards(files.map((one, at) => ({ name: `${at}.json`, file: one })))).toThrow(expected)
})

it.each([
  ['a cut file', JSON.stringify(file(1)).slice(0, -9), /not JSON, or cut off/],
  ['a list', '[]', /not what boardless lab --shard writes/],
  ['null', 'null', /not what/],
  ['a lab report', '{"schemaVersion":1,"kind":"lab"}', /not what/],
])('refuses %s', (_, text, expected) => {
  expect(() => parseShardFile(text, 'x.json')).toThrow(expected)
})
