import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtinNames } from '../model/tflite/schema.ts'
import { layout, tflmPackage } from './packages.ts'
import { checkOperators, resolverSource, supportedOperators } from './resolver.ts'
import { ensureSources } from './sources.ts'

describe('supportedOperators', () => {
  it("is what TFLM's own AllOpsResolver registers", async () => {
    const directory = await ensureSources(tflmPackage)
    const source = readFileSync(join(directory, layout.lite, 'micro/kernels/all_ops_resolver.cc'), 'utf8')
    const code = source.replaceAll(/\/\*.*?\*\//g, '')
    const registrations = code.matchAll(/AddBuiltin\(\s*BuiltinOperator_(\w+),\s*Register_\w+\(\)([^)]*)\);/g)
    const registered = [...registrations].map(([, name, versions]) => [
      name,
      Number(/(\d+)\s*$/.exec(versions ?? '')?.[1] ?? 1),
    ])
    expect(registered.length).toBeGreaterThan(50)
    expect(Object.fromEntries(registered)).toEqual(supportedOperators)
  })

  it('has only operators of the schema', () => {
    expect(Object.keys(supportedOperators).filter((name) => !builtinNames.includes(name))).toEqual([])
  })
})

describe('checkOperators', () => {
  it('names the operator that is missing, or its version', () => {
    expect(() => checkOperators([{ builtin: 'LSTM', version: 1 }], 'm.tflite')).toThrow(
      /^m\.tflite: .* no operator LSTM$/,
    )
    expect(() => checkOperators([{ builtin: 'CUSTOM:foo', version: 1 }], 'm.tflite')).toThrow('CUSTOM:foo')
    expect(() => checkOperators([{ builtin: 'SOFTMAX', version: 3 }], 'm.tflite')).toThrow(
      'SOFTMAX version 3 is newer than version 2',
    )
    expect(() => checkOperators([{ builtin: 'SOFTMAX', version: 2 }], 'm.tflite')).not.toThrow()
  })
})

describe('resolverSource', () => {
  it('registers each operator and version of the model once', () => {
    const source = resolverSource('mutable', [
      { builtin: 'SOFTMAX', version: 2 },
      { builtin: 'FULLY_CONNECTED', version: 4 },
      { builtin: 'FULLY_CONNECTED', version: 1 },
      { builtin: 'FULLY_CONNECTED', version: 4 },
    ])
    expect(source).toContain('MicroMutableOpResolver<3>')
    expect(source.match(/AddBuiltin\(.*\);/g)).toEqual(
      [
        ['FULLY_CONNECTED', 1],
        ['FULLY_CONNECTED', 4],
        ['SOFTMAX', 2],
      ].map(
        ([name, version]) =>
          `AddBuiltin(tflite::BuiltinOperator_${name}, tflite::ops::micro::Register_${name}(), ${version});`,
      ),
    )
    expect(resolverSource('mutable', [])).toContain('MicroMutableOpResolver<1>')
  })

  it('takes every operator of TFLM when asked to', () => {
    expect(resolverSource('all', [{ builtin: 'SOFTMAX', version: 2 }])).toContain('AllOpsResolver')
  })
})
